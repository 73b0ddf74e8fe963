"""What linear and quadratic expressions share: arrays give way to them, and nobody gets numbers out before solving."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.modelling.levels import weighting

OPERATORS = {  # of arrays: what the expression does on the left, and on the right
    np.add: ("__add__", "__radd__"),
    np.subtract: ("__sub__", "__rsub__"),
    np.multiply: ("__mul__", "__rmul__"),
    np.true_divide: ("__truediv__", "__rtruediv__"),
    np.matmul: ("__matmul__", "__rmatmul__"),
    np.power: ("__pow__", "__rpow__"),
    np.less_equal: ("__le__", "__ge__"),
    np.greater_equal: ("__ge__", "__le__"),
    np.equal: ("__eq__", "__eq__"),
    np.less: ("__lt__", "__gt__"),
    np.greater: ("__gt__", "__lt__"),
}


class Unsolved:
    """An expression without values yet."""

    __slots__ = ()
    __array_priority__ = 1000.0  # SciPy's sparse matrices on the left give way
    __pandas_priority__ = 10_000  # so do tables and series, but for @

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Take over from an array on the left; refuse NumPy's functions, in the words of `__array_function__`."""
        if ufunc not in OPERATORS or method != "__call__" or options:
            return self.__array_function__(ufunc, (), inputs, options)
        left, right = inputs
        if isinstance(left, Unsolved):
            return getattr(left, OPERATORS[ufunc][0])(right)
        return getattr(right, OPERATORS[ufunc][1])(left)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """Answer SciPy, whose sparse matrices ask for an array before they give way; refuse everybody else."""
        if sys._getframe(1).f_globals.get("__name__", "").startswith("scipy.sparse"):
            wrapped = np.empty((), dtype=object)
            wrapped[()] = self
            return wrapped
        raise InputError(
            "an expression has no values before its model is solved; afterwards solution.value(expression) has them. "
            "For a product with a table or series of pandas write x.weighted(table) instead of table @ x"
            f"{self._along()}."
        )

    def _along(self) -> str:
        """Say how a table stands in front of one level, where there are several."""
        own: Any = self
        if len(own.labels.levels) < 2:
            return ""
        return f"; here {weighting(own.labels, getattr(own, 'name', 'x'))} sums along one level and keeps the others"

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Refuse NumPy's functions, most of which would go through the entries one by one."""
        raise InputError(
            f"np.{function.__name__} takes numbers, and an expression has none before its model is solved. Write "
            "x.sum(), A @ x, c * x, x[1:] - x[:-1] or x.square(), which give expressions; for absolute values and the "
            "largest entry add variables t with t >= x and t >= -x."
        )

    def __abs__(self) -> Any:
        raise InputError(
            "absolute values are not linear. To minimise them add variables t with t >= x and t >= -x, and minimise "
            "t.sum()."
        )

    def __bool__(self) -> bool:
        raise InputError("an expression is neither true nor false before the model is solved.")

    def _no_number(self, *_: Any) -> Any:
        raise InputError(
            "an expression has no values before its model is solved; afterwards solution.value(expression) has them."
        )

    __float__ = __int__ = __round__ = __floor__ = __ceil__ = __trunc__ = _no_number

    def __lt__(self, other: Any) -> Any:
        raise InputError(
            "limits include their ends: write <= or >= instead of < or >. For the largest entry add a variable t with "
            "t >= x, and minimise it."
        )

    __gt__ = __lt__

    def __rtruediv__(self, other: Any) -> Any:
        raise InputError("dividing by an expression is not linear; models hold linear and quadratic expressions only.")

    def _not_linear(self, *_: Any) -> Any:
        raise InputError(
            "//, % and powers of numbers are not linear; models hold linear and quadratic expressions only."
        )

    __rpow__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _not_linear
