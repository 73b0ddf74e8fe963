"""The measure that answers are held against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any

from thalweg.errors import InputError, suggest


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The solver's aim and the judge's measure, made once at the front door.

    Attributes
    ----------
    gap : float
        Largest distance between objective and bound, relative to the larger of the two (without constant term).
    feasibility : float
        Largest violation of a row, relative to the sizes of its own terms.
    absolute : float
        Added to the allowed gap, in units of the objective.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.Tolerance.of(1e-10)
    Tolerance(gap=1e-10, feasibility=1e-10, absolute=0.0)
    """

    gap: float = 1e-6
    feasibility: float = 1e-9
    absolute: float = 0.0

    def __post_init__(self) -> None:
        for name in ("gap", "feasibility", "absolute"):
            value = _as_number(getattr(self, name))
            if not 0 <= value < math.inf:
                raise InputError(f"tolerance {name} is {getattr(self, name)!r}; it must be a finite number >= 0.")
            object.__setattr__(self, name, value)  # a number as Python knows it, whatever was handed over

    @classmethod
    def of(cls, tol: Tolerance | float | None) -> Tolerance:
        """Read what users write: None (the defaults), a number t (gap t, feasibility min(1e-9, t)), or a Tolerance."""
        if tol is None:
            return _USUAL
        if isinstance(tol, Tolerance):
            return tol
        gap = _as_number(tol)
        if not 0 <= gap < math.inf:
            raise InputError(f"tol is {tol!r}; pass a finite number >= 0, such as 1e-9, or a tw.Tolerance.")
        return cls(gap=gap, feasibility=min(1e-9, gap))


def _as_number(value: Any) -> float:
    """NaN for what is no number, or too large for one."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


_USUAL = Tolerance()


class Effort(Enum):
    """How hard a judge looks for a proof.

    QUICK spares the search for a better bound where it would take as long as solving; ASSUMPTION_FREE also climbs what
    only turns "within tolerance" into "proved".
    """

    QUICK = "quick"
    USUAL = "usual"
    ASSUMPTION_FREE = "assumption-free"

    @classmethod
    def of(cls, proof: Any) -> Effort:
        """Read what users write in ``proof=...``."""
        wanted = {effort.value: effort for effort in (cls.USUAL, cls.ASSUMPTION_FREE)}
        if not isinstance(proof, str) or proof not in wanted:
            raise InputError(f"proof is {proof!r}. {suggest(str(proof), wanted)}")
        return wanted[proof]
