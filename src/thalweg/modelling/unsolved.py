"""What linear and quadratic expressions share: arrays give way to them, and nobody gets numbers out before solving."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from thalweg.errors import InputError


class Unsolved:
    """An expression without values yet."""

    __slots__ = ()
    __array_ufunc__ = None  # NumPy arrays on the left give way
    __array_priority__ = 1000.0
    __pandas_priority__ = 10_000  # so do tables and series, but for @

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """Answer SciPy, whose sparse matrices ask for an array before they give way; refuse everybody else."""
        if sys._getframe(1).f_globals.get("__name__", "").startswith("scipy.sparse"):
            wrapped = np.empty((), dtype=object)
            wrapped[()] = self
            return wrapped
        raise InputError(
            "an expression has no values before its model is solved; afterwards solution.value(expression) has them. "
            "For a product with a table or series of pandas write x.weighted(table) instead of table @ x."
        )

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Refuse NumPy's functions, most of which would go through the entries one by one."""
        raise InputError(
            f"np.{function.__name__} takes numbers, and an expression has none before its model is solved. Write "
            "x.sum(), A @ x, c * x, x[1:] - x[:-1] or x.square(), which give expressions."
        )

    def __abs__(self) -> Any:
        raise InputError(
            "absolute values are not linear. To minimise them add variables t with t >= x and t >= -x, and minimise "
            "t.sum()."
        )

    def __bool__(self) -> bool:
        raise InputError("an expression is neither true nor false before its model is solved.")

    def __lt__(self, other: Any) -> Any:
        raise InputError("limits include their ends: write <= or >= instead of < or >.")

    __gt__ = __lt__

    def __rtruediv__(self, other: Any) -> Any:
        raise InputError("dividing by an expression is not linear; models hold linear and quadratic expressions only.")
