"""What the command line of ``thalweg fit`` says of the model, and what was chosen where it is silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True)
class Wishes:
    """Options of the model; None where the command line says nothing.

    ``target``, ``weights``, ``offset``, ``exposure`` and ``drop`` name columns, ``nonnegative`` coefficients; limits
    are pairs of name and value, constraints texts of linear rows on coefficients.

    Raises
    ------
    click.UsageError
        Options contradict each other.
    """

    target: str
    weights: str | None
    offset: str | None
    exposure: str | None
    drop: tuple[str, ...]
    loss: str | None
    alpha: float | None
    l1_ratio: float | None
    nonnegative: tuple[str, ...]
    lower: tuple[tuple[str, float], ...]
    upper: tuple[tuple[str, float], ...]
    constraint: tuple[str, ...]
    no_intercept: bool

    def __post_init__(self) -> None:
        if self.offset is not None and self.exposure is not None:
            raise click.UsageError("--offset and --exposure say the same: the logarithm of an exposure is an offset.")
        roles = {"--weights": self.weights, "--offset": self.offset, "--exposure": self.exposure}
        for option, name in roles.items():
            if self.target == name:
                raise click.UsageError(f'--target and {option} name the same column "{self.target}". Which one is it?')
        for option, name in {"--target": self.target, **roles}.items():
            if name in self.drop:
                raise click.UsageError(f'{option} and --drop name the same column "{name}". Which one is it?')
        lower, upper = self.limits()
        for name in lower:
            if lower[name] > upper.get(name, lower[name]):
                raise click.UsageError(f'"{name}" has limits that contradict: {lower[name]:g} to {upper[name]:g}.')

    @property
    def beside(self) -> str | None:
        """Column of the offset or of the exposure."""
        return self.exposure if self.offset is None else self.offset

    def limits(self) -> tuple[dict[str, float], dict[str, float]]:
        """Lower and upper limits by name."""
        low = [*self.lower, *((name, 0.0) for name in self.nonnegative)]
        return _by_name(low, "lower"), _by_name(self.upper, "upper")


@dataclass(frozen=True)
class Choices:
    """What was decided where the options were silent, and why; ``classes`` are the labels that 0, 1, ... stand for.

    ``loss`` is its name, and ``loss_parameter`` the number that the loss depends on, None if it depends on none.
    """

    loss: str
    loss_parameter: float | None
    why: str
    alpha: float
    alpha_why: str
    l1_ratio: float
    classes: tuple[Any, ...] | None

    @property
    def told(self) -> str:
        """The loss as the command line writes it."""
        return self.loss if self.loss_parameter is None else f"{self.loss}={self.loss_parameter:g}"

    def as_json(self) -> dict[str, Any]:
        """Return the same for JSON."""
        classes = None if self.classes is None else [str(label) for label in self.classes]
        return {
            "loss": self.loss,
            "loss_parameter": self.loss_parameter,
            "loss_chosen": self.why,
            "alpha": self.alpha,
            "l1_ratio": self.l1_ratio,
            "classes": classes,
        }

    def remarks(self, wishes: Wishes) -> list[tuple[str, str]]:
        """Lines for the report: what was asked, with what was chosen."""
        lines = [("target", wishes.target)]
        if wishes.weights is not None:
            lines.append(("weights", f'column "{wishes.weights}", divided by their sum'))
        if wishes.offset is not None:
            lines.append(("offset", f'column "{wishes.offset}"'))
        if wishes.exposure is not None:
            lines.append(("offset", f'logarithm of column "{wishes.exposure}"'))
        if wishes.drop:
            lines.append(("left out", ", ".join(dict.fromkeys(wishes.drop))))
        lines.append(("loss", f"{self.told} ({self.why})"))
        lines.append(("alpha", f"{self.alpha:.6g} ({self.alpha_why})"))
        if self.alpha > 0:
            lines.append(("l1_ratio", f"{self.l1_ratio:g}"))
        if self.classes is not None:
            told = [f'{k} is "{label}"' for k, label in enumerate(self.classes)]
            lines.append(("classes", ", ".join(told) if len(told) == 2 else ", ".join(map(str, self.classes))))
        return lines


def _by_name(pairs: Iterable[tuple[str, float]], side: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in pairs:
        if name in found:
            raise click.UsageError(f'"{name}" has two {side} limits. Which one is meant?')
        found[name] = value
    return found
