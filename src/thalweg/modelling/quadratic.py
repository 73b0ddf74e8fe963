"""Quadratic expressions: sums of products of linear ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from thalweg.errors import InputError
from thalweg.modelling.alignment import aligned, divisors, finite
from thalweg.modelling.labels import Labels
from thalweg.modelling.unsolved import Unsolved
from thalweg.result import Array

if TYPE_CHECKING:
    from thalweg.modelling.expression import Expression

DEGREE = "the product has degree 3 or more; models hold linear and quadratic expressions only"


@dataclass(frozen=True, eq=False, repr=False)
class Quadratic(Unsolved):
    """A linear expression and products of pairs: entry by entry, or, where it is a scalar, summed over the entries.

    Made by ``x @ P @ x``, ``x * y``, ``x ** 2``, ``(A @ x - b).square()``; ``.sum()`` makes it a scalar, which can be
    minimised or maximised.
    """

    linear: Expression
    pairs: tuple[tuple[Expression, Expression], ...]

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.linear.size

    @property
    def labels(self) -> Labels:
        """Of its entries."""
        return self.linear.labels

    @property
    def scalar(self) -> bool:
        """Whether it has one entry, without a label."""
        return self.labels.scalar

    def sum(self, axis: Any = None, *, by: Any = None) -> Quadratic:
        """Sum over all entries; there are no sums over some levels, which no objective needs.

        Raises
        ------
        InputError
            ``axis`` or ``by`` is given.
        """
        if axis is not None or by is not None:
            raise InputError("squares and products are summed over all entries; choose some first: x[label, :] ** 2.")
        return replace(self, linear=self.linear.sum())

    def __getitem__(self, key: Any) -> Any:
        raise InputError("squares and products have no entries to choose from; choose first: x[label] ** 2.")

    def __add__(self, other: Any) -> Quadratic:
        if isinstance(other, Quadratic):
            if self.scalar != other.scalar:
                raise InputError("a sum of squares and a block of squares cannot be added; write .sum() on both.")
            return Quadratic(self.linear + other.linear, self.pairs + other.pairs)
        linear = self.linear + other
        if linear.size != self.size:
            raise InputError(
                f"{linear.size} entries cannot be added to {self.size} quadratic ones; write .sum() first."
            )
        # a sum of squares stays one when an array or block of one entry is added
        return replace(self, linear=replace(linear, labels=self.labels) if self.scalar else linear)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Quadratic:
        return self + -other

    def __rsub__(self, other: Any) -> Quadratic:
        return -self + other

    def __neg__(self) -> Quadratic:
        return self * -1.0

    def __mul__(self, other: Any) -> Quadratic:
        _refuse_products(other)
        weights, labels = aligned(other, self.labels, "the factor")
        factor = self._beside(finite(weights, labels, "the factor"), labels)
        return Quadratic(self.linear * factor, tuple((left * factor, right) for left, right in self.pairs))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Quadratic:
        _refuse_products(other)
        divisor = self._beside(*divisors(other, self.labels))
        return Quadratic(self.linear / divisor, tuple((left / divisor, right) for left, right in self.pairs))

    def _beside(self, numbers: Array, labels: Labels) -> Any:
        """Return numbers in the order of the entries: one for a sum."""
        if labels.size != self.size:
            raise InputError("a scalar cannot be multiplied or divided by an array; write .sum() last.")
        return float(numbers[0]) if self.scalar else numbers

    def __matmul__(self, other: Any) -> Quadratic:
        _refuse_products(other)
        return (self * other).sum()

    __rmatmul__ = __matmul__

    def __le__(self, other: Any) -> Any:
        raise InputError("rows must be linear; a quadratic expression can only be minimised or maximised.")

    __ge__ = __eq__ = __le__
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<quadratic expression, {self.size} entr{'ies' if self.size != 1 else 'y'}>"


def _refuse_products(other: Any) -> None:
    if isinstance(other, Unsolved):
        raise InputError(f"{DEGREE}.")
