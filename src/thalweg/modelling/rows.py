"""Rows: a linear expression between limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thalweg.errors import InputError
from thalweg.result import Array

if TYPE_CHECKING:
    from thalweg.modelling.expression import Expression


@dataclass(frozen=True, eq=False)
class Rows:
    """lower <= expression <= upper, entry by entry; what a comparison of expressions gives, to be added to a model."""

    expression: Expression
    lower: Array
    upper: Array

    @classmethod
    def between(cls, expression: Expression, lower: Array | float, upper: Array | float) -> Rows:
        """Move the constant of the expression to the limits."""
        constant = expression.constant
        low, high = (np.broadcast_to(side, constant.shape) - constant for side in (lower, upper))
        return cls(expression, low, high)

    def __bool__(self) -> bool:
        raise InputError(
            "a comparison of expressions is neither true nor false before the model is solved. Add it to the model: "
            "m.add(x <= b). For a <= x <= b, which Python reads as (a <= x) and (x <= b), write m.add(x.between(a, b))."
        )

    def __repr__(self) -> str:
        return f"<{self.lower.size} row{'s' if self.lower.size != 1 else ''}, to be added to a model>"
