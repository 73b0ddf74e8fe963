"""What the command line of ``thalweg fit`` says of the model, and what was chosen where it is silent."""

from __future__ import annotations

from dataclasses import dataclass

from thalweg.errors import InputError


@dataclass(frozen=True)
class Wishes:
    """Options of the model; None where the command line says nothing.

    Limits are texts NAME=VALUE, ``nonnegative`` names.
    """

    loss: str | None
    alpha: float | None
    l1_ratio: float
    nonnegative: tuple[str, ...]
    lower: tuple[str, ...]
    upper: tuple[str, ...]
    no_intercept: bool

    def limits(self) -> tuple[dict[str, float], dict[str, float]]:
        """Lower and upper limits by name."""
        low = [("--lower", text) for text in self.lower] + [("--nonnegative", f"{name}=0") for name in self.nonnegative]
        return _pairs(low, "lower"), _pairs([("--upper", text) for text in self.upper], "upper")


@dataclass(frozen=True)
class Choices:
    """What was decided where the options were silent."""

    loss: str
    why: str
    alpha: float
    classes: tuple[str, str] | None

    def remarks(self) -> list[tuple[str, str]]:
        """Lines for the report."""
        lines = [("loss", f"{self.loss} ({self.why})"), ("alpha", f"{self.alpha:.6g}")]
        if self.classes is not None:
            lines.append(("classes", f'0 is "{self.classes[0]}", 1 is "{self.classes[1]}"'))
        return lines


def _pairs(texts: list[tuple[str, str]], side: str) -> dict[str, float]:
    """Read NAME=VALUE; a name may hold equals signs itself."""
    found: dict[str, float] = {}
    for option, text in texts:
        name, _, value = text.rpartition("=")
        try:
            number = float(value)
        except ValueError:
            name = ""
        if not name:
            raise InputError(f'{option} "{text}" is not NAME=VALUE with a number, e.g. {option} age=0.')
        if name in found:
            raise InputError(f'"{name}" has two {side} limits. Which one is meant?')
        found[name] = number
    return found
