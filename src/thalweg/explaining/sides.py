"""A choice among the limits of a problem, side by side, and the program that has only these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from thalweg.naming import label
from thalweg.problems.linear import LinearProgram
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.result import Array, Index, Mask


@dataclass(frozen=True, eq=False)
class Sides:
    """Which sides of rows and bounds are meant: masks over the rows, and over the variables."""

    row_lower: Mask
    row_upper: Mask
    lower: Mask
    upper: Mask

    @classmethod
    def of_ray(cls, problem: LinearProgram, ray: Array, leftover: float) -> Sides:
        """Return the sides that a Farkas ray leans on; sums up to this share of their terms count as 0."""
        pull, size = problem.A.T @ ray, abs(problem.A).T @ np.abs(ray)
        real = np.abs(pull) > leftover * size
        return cls(ray > 0, ray < 0, real & (pull < 0), real & (pull > 0))

    @property
    def rows(self) -> Index:
        """Places of the rows of which any side is meant."""
        return np.flatnonzero(self.row_lower | self.row_upper)

    @property
    def columns(self) -> Index:
        """Places of the variables of which any bound is meant."""
        return np.flatnonzero(self.lower | self.upper)

    def without_row(self, i: int) -> Sides:
        """Return the same without both sides of one row."""
        other = np.arange(self.row_lower.size) != i
        return Sides(self.row_lower & other, self.row_upper & other, self.lower, self.upper)

    def program(self, problem: LinearProgram) -> LinearProgram:
        """Return the program with these rows and bounds only, and no objective; names and order are kept."""
        rows = self.rows
        names = problem.row_names or [f"row{i}" for i in range(problem.shape[0])]
        return LinearProgram(
            np.zeros(problem.shape[1]),
            problem.A[rows],
            row_lower=np.where(self.row_lower, problem.row_lower, -np.inf)[rows],
            row_upper=np.where(self.row_upper, problem.row_upper, np.inf)[rows],
            lower=np.where(self.lower, problem.lower, -np.inf),
            upper=np.where(self.upper, problem.upper, np.inf),
            names=problem.names,
            row_names=[names[i] for i in rows],
        )

    def texts(self, problem: LinearProgram) -> Iterator[str]:
        """Yield each limit as ``row "hours" >= 3``, then the bounds."""
        word = "" if problem.row_names is None else "row "
        for i in self.rows.tolist():
            sides = (self.row_lower[i], self.row_upper[i]), (problem.row_lower[i], problem.row_upper[i])
            yield f"{word}{label(problem.row_names, i, 'row')} {_limits(*sides)}"
        for j in self.columns.tolist():
            sides = (self.lower[j], self.upper[j]), (problem.lower[j], problem.upper[j])
            yield f"{label(problem.names, j)} {_limits(*sides)}"


def limits_of(problem: Any) -> LinearProgram:
    """Return the limits of any problem on its variables or coefficients, as a program without objective."""
    names = getattr(problem, "column_names", problem.names)  # of several classes, one name for each coefficient
    lower, upper = (np.ravel(side) for side in (problem.lower, problem.upper))
    return LinearProgram(
        np.zeros(lower.size),
        problem.A,
        row_lower=problem.row_lower,
        row_upper=problem.row_upper,
        lower=lower,
        upper=upper,
        names=names,
        row_names=problem.row_names,
    )


def with_whole(program: LinearProgram, integer: Mask | None) -> LinearProgram | MixedIntegerProgram:
    """Return the same program with whole numbers, if there are to be any."""
    if integer is None:
        return program
    given = {field.name: getattr(program, field.name) for field in fields(program)}
    return MixedIntegerProgram(**given, integer=integer)


def _limits(meant: tuple[bool, bool], ends: tuple[float, float]) -> str:
    if all(meant) and ends[0] == ends[1]:
        return f"= {ends[0]:.6g}"
    words = [f"{sign} {end:.6g}" for told, sign, end in zip(meant, (">=", "<="), ends, strict=True) if told]
    return " and ".join(words)
