"""What the command line of ``thalweg fit`` says of the model, and what was chosen where it is silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True)
class Wishes:
    """Options of the model; None where the command line says nothing.

    ``target``, ``weights`` and ``drop`` name columns, ``nonnegative`` coefficients; limits are pairs of name and value,
    constraints texts of linear rows on coefficients.

    Raises
    ------
    click.UsageError
        Options contradict each other.
    """

    target: str
    weights: str | None
    drop: tuple[str, ...]
    loss: str | None
    alpha: float | None
    l1_ratio: float
    nonnegative: tuple[str, ...]
    lower: tuple[tuple[str, float], ...]
    upper: tuple[tuple[str, float], ...]
    constraint: tuple[str, ...]
    no_intercept: bool

    def __post_init__(self) -> None:
        if self.target == self.weights:
            raise click.UsageError(f'--target and --weights name the same column "{self.target}". Which one is it?')
        for option, name in (("--target", self.target), ("--weights", self.weights)):
            if name in self.drop:
                raise click.UsageError(f'{option} and --drop name the same column "{name}". Which one is it?')
        lower, upper = self.limits()
        for name in lower:
            if lower[name] > upper.get(name, lower[name]):
                raise click.UsageError(f'"{name}" has limits that contradict: {lower[name]:g} to {upper[name]:g}.')

    def limits(self) -> tuple[dict[str, float], dict[str, float]]:
        """Lower and upper limits by name."""
        low = [*self.lower, *((name, 0.0) for name in self.nonnegative)]
        return _by_name(low, "lower"), _by_name(self.upper, "upper")


@dataclass(frozen=True)
class Choices:
    """What was decided where the options were silent, and why; ``classes`` are the labels that 0 and 1 stand for."""

    loss: str
    why: str
    alpha: float
    alpha_why: str
    classes: tuple[Any, Any] | None

    def as_json(self) -> dict[str, Any]:
        """Return the same for JSON."""
        classes = None if self.classes is None else [str(label) for label in self.classes]
        return {
            "loss": self.loss,
            "loss_chosen": self.why,
            "alpha": self.alpha,
            "classes": classes,
        }

    def remarks(self, wishes: Wishes) -> list[tuple[str, str]]:
        """Lines for the report: what was asked, with what was chosen."""
        lines = [("target", wishes.target)]
        if wishes.weights is not None:
            lines.append(("weights", f'column "{wishes.weights}", divided by their sum'))
        if wishes.drop:
            lines.append(("left out", ", ".join(dict.fromkeys(wishes.drop))))
        lines.append(("loss", f"{self.loss} ({self.why})"))
        lines.append(("alpha", f"{self.alpha:.6g} ({self.alpha_why})"))
        if self.alpha > 0:
            lines.append(("l1_ratio", f"{wishes.l1_ratio:g}"))
        if self.classes is not None:
            lines.append(("classes", f'0 is "{self.classes[0]}", 1 is "{self.classes[1]}"'))
        return lines


def _by_name(pairs: Iterable[tuple[str, float]], side: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in pairs:
        if name in found:
            raise click.UsageError(f'"{name}" has two {side} limits. Which one is meant?')
        found[name] = value
    return found
