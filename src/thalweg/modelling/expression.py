"""Linear expressions of blocks of variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.errors import InputError
from thalweg.modelling.alignment import aligned, divisors, finite, is_table
from thalweg.modelling.block import Block, diagonal, divided, selection, sparse_of, summation
from thalweg.modelling.joining import joined
from thalweg.modelling.labels import Labels
from thalweg.modelling.levels import grouped, levels_kept, spread, weighting
from thalweg.modelling.quadratic import DEGREE, Quadratic
from thalweg.modelling.rows import Rows
from thalweg.modelling.selection import picked
from thalweg.modelling.unsolved import Unsolved
from thalweg.modelling.weighing import refuse_one_level, weighing
from thalweg.result import Array


@dataclass(frozen=True, eq=False, repr=False)
class Expression(Unsolved):
    """sum over blocks b of M_b x_b + constant, with one label for each entry.

    What `Model.variable` returns, and what ``+``, ``-``, ``*``, ``/``, ``@``, indexing and sums make of it. ``<=``,
    ``>=`` and ``==`` give rows for `Model.add`.

    Attributes
    ----------
    labels : Labels
        Of its entries.
    terms : mapping of Block to SciPy sparse matrix
        M_b, one row for each entry.
    constant : (size,) array

    Examples
    --------
    >>> import thalweg as tw
    >>> m = tw.Model()
    >>> x = m.variable("x", index=["apples", "pears"], lower=0)
    >>> 2 * x["apples"] + x.sum() - 1
    <expression, 1 entry>
    """

    labels: Labels
    terms: Mapping[Block, Any]
    constant: Array
    name: str = "the expression"

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.labels.size

    # --- entries and sums ---

    def __getitem__(self, key: Any) -> Expression:
        positions, labels = picked(self.labels, key, self.name)
        return self.mapped(selection(positions, self.size), labels)

    def __iter__(self) -> Iterator[Expression]:
        for position in range(self.size):
            yield self.mapped(selection([position], self.size), Labels())

    def sum(self, axis: Any = None, *, by: Any = None) -> Expression:
        """Sum over all entries, or over the levels in ``axis``, or over all levels but those in ``by``.

        Levels are given by number or by name, one or several. The entries of the result keep the other labels.
        """
        groups, labels = grouped(self.labels, levels_kept(self.labels, axis, by, self.name))
        return self.mapped(summation(groups, labels.size), labels)

    def spread(self, like: Expression, level: Any = None) -> Expression:
        """Repeat the entries so that they stand beside those of another block, by the labels of one of its levels.

        ``x <= open.spread(x)`` says x[i, j] <= open[i]. ``level`` is needed where several levels have such labels.

        Raises
        ------
        InputError
            This block has several levels, or not exactly one level of the other fits.
        """
        if not isinstance(like, Expression):
            raise InputError(f"spread() takes another block to stand beside; got {type(like).__name__}.")
        places = spread(self.labels, like.labels, level, (self.name, like.name))
        return self.mapped(selection(places, self.size), like.labels)

    def weighted(self, table: Any, *, by: Any = None) -> Expression:
        """Return ``table @ x``: for each row of a data frame the sum of number times entry, found by label.

        The columns are labels of the entries, or of some levels: what a product costs counts for it in every plant.
        The sum goes over all entries, or over all levels but those in ``by``. The entries of the result have the labels
        of the table's rows, then those of ``by``. A series (or mapping) is one row without a label.

        Raises
        ------
        InputError
            Labels that are missing or not there, or a table that stands beside two levels instead of in front of one.

        Examples
        --------
        >>> import pandas as pd
        >>> import thalweg as tw
        >>> x = tw.Model().variable("x", index={"product": ["bread", "cake"], "plant": ["rome", "oslo"]})
        >>> x.weighted(pd.Series({"cake": 3.0, "bread": 2.0})), x.weighted({"cake": 3, "bread": 2}, by="plant")
        (<expression, 1 entry>, <expression, 2 entries>)
        >>> hours = pd.DataFrame({"bread": [1, 2], "cake": [2, 1]}, index=["oven", "mixer"])
        >>> x.weighted(hours, by="plant").labels.entries()[:2]
        [('oven', 'rome'), ('oven', 'oslo')]
        """
        if not is_table(table):
            return (self * table).sum(by=by)
        return self.mapped(*weighing(table, self.labels, by, self.name))

    def mapped(self, matrix: Any, labels: Labels) -> Expression:
        """Return matrix @ self, under other labels."""
        terms = {block: matrix if M is block.identity else matrix @ M for block, M in self.terms.items()}
        return Expression(labels, terms, matrix @ self.constant)

    def _beside(self, labels: Labels) -> Expression:
        """Repeat a scalar beside a block; give other expressions these labels."""
        if self.labels.scalar and not labels.scalar:
            return self.mapped(selection(np.zeros(labels.size, dtype=np.intp), 1), labels)
        return self if labels is self.labels else Expression(labels, self.terms, self.constant)

    # --- sums ---

    def __add__(self, other: Any) -> Expression:
        if isinstance(other, Quadratic):
            return NotImplemented
        if isinstance(other, Expression):
            return self._plus(other)
        numbers, labels = aligned(other, self.labels, "what is added")
        own = self._beside(labels)
        return Expression(labels, own.terms, own.constant + finite(numbers, labels, "what is added"))

    __radd__ = __add__

    def _plus(self, other: Expression) -> Expression:
        _same_model(self, other)
        labels = _labels(self, other)
        one, two = self._beside(labels), other._beside(labels)
        terms = dict(one.terms)
        for block, matrix in two.terms.items():
            terms[block] = terms[block] + matrix if block in terms else matrix
        return Expression(labels, terms, one.constant + two.constant)

    def __sub__(self, other: Any) -> Expression:
        if isinstance(other, Unsolved):
            return self + -other  # pyright: ignore[reportOperatorIssue]
        numbers, labels = aligned(other, self.labels, "what is subtracted")
        own = self._beside(labels)
        return Expression(labels, own.terms, own.constant - finite(numbers, labels, "what is subtracted"))

    def __rsub__(self, other: Any) -> Expression:
        return -self + other

    def __neg__(self) -> Expression:
        return self * -1.0

    def __pos__(self) -> Expression:
        return self

    # --- products ---

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Quadratic):
            raise InputError(f"{DEGREE}.")
        if isinstance(other, Expression):
            return self._product(other)
        numbers, labels = aligned(other, self.labels, "the factor")
        return self._beside(labels).mapped(diagonal(finite(numbers, labels, "the factor")), labels)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Expression:
        if isinstance(other, Unsolved):
            return other.__rtruediv__(self)
        numbers, labels = divisors(other, self.labels)
        own = self._beside(labels)
        terms = {block: divided(matrix, numbers) for block, matrix in own.terms.items()}
        return Expression(labels, terms, own.constant / numbers)

    def __pow__(self, power: Any) -> Any:
        if not isinstance(power, Real) or power not in (1, 2):
            raise InputError(f"x ** {power!r:.60} is not linear or quadratic; the power must be 1 or 2.")
        return self if power == 1 else self * self

    def square(self) -> Quadratic:
        """Square each entry; ``.square().sum()`` is a sum of squares."""
        return self._product(self)

    def _product(self, other: Expression) -> Quadratic:
        """Multiply entry by entry."""
        _same_model(self, other)
        labels = _labels(self, other)
        nothing = Expression(labels, {}, np.zeros(labels.size))
        return Quadratic(nothing, ((self._beside(labels), other._beside(labels)),))

    def __matmul__(self, other: Any) -> Any:
        if isinstance(other, Quadratic):
            raise InputError(f"{DEGREE}.")
        if isinstance(other, Expression):
            return self._product(other).sum()
        if is_table(other) and hasattr(other, "T"):
            return self.weighted(other.T)
        if getattr(other, "ndim", 1) != 2:
            return self._times(other)
        if other.shape[0] != self.size:
            raise InputError(f"x @ matrix needs a matrix of {self.size} rows; this one has the shape {other.shape}.")
        return self._times(other.T)

    def __rmatmul__(self, other: Any) -> Expression:
        return self._times(other)

    def _times(self, matrix: Any) -> Expression:
        """Return matrix @ self: a block for a matrix, a scalar for a vector."""
        if self.labels.scalar:
            raise InputError(f"{self.name} is a scalar; write * instead of @.")
        if is_table(matrix):
            raise InputError(f"write {weighting(self.labels, self.name)}, which finds the table's columns by label.")
        if not inputs.is_sparse(matrix) and np.ndim(matrix) < 2:
            if np.ndim(matrix) == 0:
                raise InputError(f"{matrix!r:.60} is no vector or matrix; write * instead of @.")
            return (self * matrix).sum()
        refuse_one_level(matrix, self.labels, self.name)
        checked = inputs.matrix(matrix, "the matrix", columns=self.size)
        if not checked.shape[0]:
            raise InputError("the matrix has no rows.")
        return self.mapped(sparse_of(checked), Labels.of(int(checked.shape[0])))

    # --- rows ---

    def __le__(self, other: Any) -> Rows:
        return self._rows(other, at_least=False)

    def __ge__(self, other: Any) -> Rows:
        return self._rows(other, at_most=False)

    def __eq__(self, other: object) -> Rows:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._rows(other)

    __hash__ = object.__hash__

    def between(self, lower: Any, upper: Any) -> Rows:
        """Return the rows lower <= self <= upper; each side is a number, an array or a series."""
        low, labels = aligned(lower, self.labels, "the lower side", -np.inf)
        high, labels = aligned(upper, labels, "the upper side", np.inf)
        return Rows.between(self._beside(labels), low, high)

    def _rows(self, other: Any, *, at_least: bool = True, at_most: bool = True) -> Rows:
        if isinstance(other, Quadratic):
            return other <= self
        if isinstance(other, Expression):
            expression, limit = self - other, np.zeros(1)
        else:
            limit, labels = aligned(other, self.labels, "the limit")
            expression = self._beside(labels)
        return Rows.between(expression, limit if at_least else -np.inf, limit if at_most else np.inf)

    def __repr__(self) -> str:
        entries = f"{self.size} entr{'ies' if self.size != 1 else 'y'}"
        return f"<expression, {entries}>" if self.name == "the expression" else f"<variable {self.name}, {entries}>"


def _labels(one: Expression, two: Expression) -> Labels:
    if one.labels.scalar or two.labels.scalar:
        return two.labels if one.labels.scalar else one.labels
    return joined(one.labels, two.labels)


def _same_model(one: Expression, two: Expression) -> None:
    for first in one.terms:
        for second in two.terms:
            if first.owner is not second.owner:
                raise InputError(
                    f'"{first.name}" and "{second.name}" are variables of different models; write both with one model.'
                )
