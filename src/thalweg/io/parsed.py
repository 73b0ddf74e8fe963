"""What a reader of program files hands on: plain numbers by place, and which variables must be whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.naming import label
from thalweg.problems.linear import LinearProgram
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Array, Index, Mask

SMALL = 40_000  # rows x columns up to which the matrix is dense: SciPy's sparse matrices cost 0.14 s to import
CONTINUOUS, INTEGER, SEMI_CONTINUOUS, SEMI_INTEGER = range(4)  # kinds of variables, as HiGHS counts them
_CALLED = {SEMI_CONTINUOUS: "semi-continuous", SEMI_INTEGER: "semi-integer"}


@dataclass(frozen=True)
class Parsed:
    """A program as a file says it. ``A`` and ``P`` are dense or CSC arrays; P is None if nothing is quadratic.

    ``kinds`` holds one of CONTINUOUS, INTEGER, SEMI_CONTINUOUS, SEMI_INTEGER for each variable; ``limits`` the
    limits of rows and variables, by the names of `LinearProgram`.
    """

    cost: Array
    A: Any
    P: Any
    limits: dict[str, Array]
    constant: float
    maximize: bool
    names: Sequence[str] | None
    row_names: Sequence[str] | None
    kinds: Index

    @property
    def integer(self) -> Mask:
        """Which variables are integer."""
        return self.kinds == INTEGER

    def problem(self, file: str) -> LinearProgram | QuadraticProgram | MixedIntegerProgram:
        """Return the program; semi-continuous variables, and whole numbers beside squares, are refused by name."""
        self._check_kinds(file)
        common: dict[str, Any] = {
            **self.limits,
            "constant": self.constant,
            "maximize": self.maximize,
            "names": self.names,
            "row_names": self.row_names,
        }
        if self.integer.any():
            return MixedIntegerProgram(self.cost, self.A, integer=self.integer, **common)
        if self.P is None:
            return LinearProgram(self.cost, self.A, **common)
        return QuadraticProgram(self.P, self.cost, self.A, **common)

    def _check_kinds(self, file: str) -> None:
        semi = np.flatnonzero(self.kinds > INTEGER)
        if semi.size:
            kind = _CALLED[int(self.kinds[semi[0]])]
            raise InputError(
                f"{file}: {self._named(semi)} is {kind} (0, or between limits; {semi.size} such of {self.kinds.size} "
                "variables). Write it with an integer variable y between 0 and 1: lower * y <= x <= upper * y."
            )
        whole = np.flatnonzero(self.integer)
        if self.P is not None and whole.size:
            raise InputError(
                f"{file}: {self._named(whole)} is an integer variable ({whole.size} such of {self.kinds.size}), and "
                "the objective has squares or products: squares together with whole numbers are not supported. Make "
                "the objective linear, or drop the integrality to get a bound."
            )

    def _named(self, places: Index) -> str:
        return label(self.names, int(places[0]))


def decoded(names: Sequence[bytes]) -> list[str] | None:
    """Return names as text; None if they are not UTF-8."""
    try:
        return [name.decode("utf-8") for name in names]
    except UnicodeDecodeError:
        return None


def matrix(rows: Index, columns: Index, values: Array, shape: tuple[int, int]) -> Any:
    """Dense array of a small matrix given by its entries (each place at most once), sparse array of a larger one."""
    if shape[0] * shape[1] <= SMALL:
        dense = np.zeros(shape)
        dense[rows, columns] = values
        return dense
    from scipy import sparse

    kept = values != 0
    rows, columns, values = rows[kept], columns[kept], values[kept]
    order = np.argsort(columns * shape[0] + rows, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=shape[1]))])
    return sparse.csc_array((values[order], rows[order], starts), shape=shape)
