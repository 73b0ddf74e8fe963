"""What losses say about labels and parameters they cannot use: what, how many, where first, why, and the cure."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np

from thalweg.errors import InputError, ProblemError
from thalweg.result import Array


def demand(inside: Array, y: Array, outside: str, advice: str) -> None:
    """Raise unless every label is inside: "y has 3 values ``outside``, first -1 at row 4; ``advice``"."""
    wrong = np.flatnonzero(~inside)
    if wrong.size:
        first = int(wrong[0])
        raise InputError(f"y has {wrong.size} values {outside}, first {y[first]:g} at row {first}; {advice}")


def demand_counts(y: Array, loss: str, *, instead: str) -> None:
    """Labels are 0 or more, and not all 0: then the best mean is 0, and its logarithm is at minus infinity."""
    advice = (
        f"the {loss} loss needs counts or amounts, 0 or more. Look for codes of missing values such as -1{instead}."
    )
    demand(y >= 0, y, "below 0", advice)
    if y.size and not y.any():
        raise ProblemError(
            f"all {y.size} counts in y are 0; then the {loss} loss falls for ever as the intercept does, and no "
            "coefficients are best. Check the filter that produced y, or fit on more data."
        )


def parameter(value: Any, name: str, low: float, high: float = math.inf, *, hint: str = "") -> float:
    """Return the parameter of a loss as a float if low < value < high; else raise, ending with the hint."""
    allowed = f"above {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}, neither of them"
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    if not low < number < high:
        raise InputError(f"{name} is {value!r:.60}; expected a number {allowed}.{hint and ' '}{hint}")
    return number
