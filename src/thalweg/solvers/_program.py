"""Linear and quadratic programs as the backends want them: minimisation, well-scaled numbers, every scale a power of two.

Backends measure with absolute tolerances and drop tiny matrix entries. Programs whose numbers are far from 1 are
therefore rescaled first; powers of two round nothing, so answers travel back exactly.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.result import Array
from thalweg.terms.constraints import triplets

PASSES = 3  # of row and column equilibration
WELL_SCALED = (1e-5, 1e5)  # entries within this range are left to the backend's own scaling


class Program(NamedTuple):
    """Least x'P x / 2 + q'x over row_lower <= A x <= row_upper, lower <= x <= upper; P is None if there is none."""

    P: Any
    q: Array
    A: Any
    row_lower: Array
    row_upper: Array
    lower: Array
    upper: Array

    def clipped(self, x: Array) -> Array:
        """Return the nearest point of the box."""
        return np.clip(x, self.lower, self.upper)


class Scales(NamedTuple):
    """x = columns * x' with x' of the scaled program; rows multiplies the rows, objective the objective.

    ``size`` is part of ``columns`` and of ``rows``: limits of rows are multiplied by rows, of columns by 1 / columns.
    """

    rows: Array
    columns: Array
    objective: float

    def point(self, x: Array) -> Array:
        """Map a point, or a direction, of the scaled program back."""
        return self.columns * x

    def row_dual(self, y: Array) -> Array:
        """Map row duals back."""
        return self.rows * y / self.objective

    def ray(self, y: Array) -> Array:
        """Map a Farkas ray back; it has no scale of its own."""
        return self.rows * y


def minimisation(problem: Any) -> tuple[Program, float]:
    """Return the program in minimisation form, and the sign that the objective was multiplied by."""
    sign = -1.0 if problem.maximize else 1.0
    P = problem.P if problem.P is None or sign > 0 else -problem.P
    limits = (problem.row_lower, problem.row_upper, problem.lower, problem.upper)
    return Program(P, sign * problem.q, problem.A, *limits), sign


def scaled(program: Program) -> tuple[Program, Scales]:
    """Bring rows, columns, limits and objective near 1 by powers of two, where they are far from it."""
    m, n = program.A.shape
    rows, columns = np.ones(m), np.ones(n)
    entries = triplets(program.A)
    if not _well_scaled(entries[2]):
        rows, columns = _equilibrated(entries, (m, n))
    size = _size(program, rows, columns)
    rows, columns = rows / size, columns * size
    P = None if program.P is None else _times(program.P, columns, columns)
    q = program.q * columns
    objective = _objective(P, q)
    if objective == 1.0 and (columns == 1.0).all() and (rows == 1.0).all():
        return program, Scales(rows, columns, 1.0)
    return Program(
        None if P is None else P * objective,
        q * objective,
        _times(program.A, rows, columns),
        program.row_lower * rows,
        program.row_upper * rows,
        program.lower / columns,
        program.upper / columns,
    ), Scales(rows, columns, objective)


def power_of_two(values: Any) -> Any:
    """Return the power of two nearest to each positive value on a logarithmic scale."""
    return np.exp2(np.floor(np.log2(values) + 0.5))


def _well_scaled(values: Array) -> bool:
    if values.size == 0:
        return True
    sizes = np.abs(values)
    return bool(sizes.min() >= WELL_SCALED[0] and sizes.max() <= WELL_SCALED[1])


def _equilibrated(entries: tuple[Array, Array, Array], shape: tuple[int, int]) -> tuple[Array, Array]:
    """Geometric-mean scaling of rows and columns in turn (Fulkerson and Wolfe 1962), rounded to powers of two at the end."""
    row, column, value = entries
    logs = np.log2(np.abs(value))
    scale = [np.zeros(shape[0]), np.zeros(shape[1])]
    for _ in range(PASSES):
        for axis, index in enumerate((row, column)):
            now = logs + scale[0][row] + scale[1][column]
            high, low = np.full(shape[axis], -np.inf), np.full(shape[axis], np.inf)
            np.maximum.at(high, index, now)
            np.minimum.at(low, index, now)
            middle = np.where(np.isfinite(high), 0.5 * (high + low), 0.0)
            scale[axis] = scale[axis] - np.where(np.isfinite(middle), middle, 0.0)
    rows, columns = (np.exp2(np.floor(logarithm + 0.5)) for logarithm in scale)
    return rows, columns


def _size(program: Program, rows: Array, columns: Array) -> float:
    """Largest finite limit after equilibration, if all are small; 1 where some limit has a size already."""
    limits = np.concatenate(
        [program.row_lower * rows, program.row_upper * rows, program.lower / columns, program.upper / columns]
    )
    largest = np.abs(limits[np.isfinite(limits)]).max(initial=0.0)
    return float(power_of_two(largest)) if 0 < largest < 1 else 1.0


def _objective(P: Any, q: Array) -> float:
    """Scale that makes the largest coefficient of the objective about 1."""
    largest = np.abs(q).max()
    if P is not None:
        largest = max(largest, abs(P).max())
    return float(1.0 / power_of_two(largest)) if largest > 0 else 1.0


def _times(matrix: Any, rows: Array, columns: Array) -> Any:
    """diag(rows) matrix diag(columns)."""
    if (rows == 1.0).all() and (columns == 1.0).all():
        return matrix
    if not is_sparse(matrix):
        return matrix * rows[:, None] * columns
    result = matrix.copy()
    result.data = matrix.data * rows[matrix.indices] * np.repeat(columns, np.diff(matrix.indptr))
    return result
