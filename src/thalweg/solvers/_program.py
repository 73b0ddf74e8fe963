"""Linear and quadratic programs as the backends want them: minimisation, numbers near 1, scales that are powers of two.

Backends measure with absolute tolerances and drop tiny matrix entries. Programs whose numbers are far from 1 are
therefore rescaled first; powers of two round nothing, so answers travel back exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.result import Array, Claim, Index, Stop
from thalweg.terms.constraints import Box, triplets
from thalweg.terms.matrices import scaled_by
from thalweg.terms.rounding import power_of_two, smallest
from thalweg.watch import Watch

PASSES = 8  # of equilibration; each halves the distance from 1 on a logarithmic scale
ORDINARY = (1e-6, 1e7)  # entries that a backend's own scaling copes with
ORDINARY_LARGEST = (1e-2, 1e9)  # the largest cost and the largest limit beside which its tolerances are small
WELL_SCALED = (1e-3, 1e3)  # a program whose entries lie in this range is left to the backend's own scaling


class Program(NamedTuple):
    """Least x'P x / 2 + q'x over row_lower <= A x <= row_upper, lower <= x <= upper; P is None if there is none."""

    P: Any
    q: Array
    A: Any
    row_lower: Array
    row_upper: Array
    lower: Array
    upper: Array

    @property
    def rows(self) -> Box:
        """Limits of the rows."""
        return Box(self.row_lower, self.row_upper)

    def clipped(self, x: Array) -> Array:
        """Return the nearest point of the box."""
        return np.clip(x, self.lower, self.upper)


class Scales(NamedTuple):
    """x = columns * x' with x' of the scaled program; rows and their limits are multiplied by ``rows``."""

    rows: Array
    columns: Array
    objective: float

    @classmethod
    def none(cls, program: Program) -> Scales:
        """Leave everything as it is."""
        return cls(np.ones(program.row_lower.size), np.ones(program.q.size), 1.0)

    def into(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Map a point and its row duals to those of the scaled program."""
        return x / self.columns, y * self.objective / self.rows

    def point(self, x: Array) -> Array:
        """Map a point, or a direction, of the scaled program back."""
        return self.columns * x

    def row_dual(self, y: Array) -> Array:
        """Map row duals back."""
        return self.rows * y / self.objective

    def ray(self, y: Array) -> Array:
        """Map a Farkas ray back; it has no scale of its own."""
        return self.rows * y


class Basis(NamedTuple):
    """Where a simplex method stands: the state of each column and each row, as HiGHS numbers them."""

    columns: Index
    rows: Index

    @classmethod
    def of(cls, start: Claim | None, shape: tuple[int, int]) -> Basis | None:
        """Read a basis from the hints of a claim; None where there is none of this shape."""
        hints = start.hints if start is not None else {}
        if "basis_columns" not in hints or "basis_rows" not in hints:
            return None
        columns, rows = (np.asarray(hints[name]) for name in ("basis_columns", "basis_rows"))
        fits = (rows.shape, columns.shape) == (shape[:1], shape[1:])
        return cls(columns, rows) if fits and rows.dtype.kind in "iuf" and columns.dtype.kind in "iuf" else None


class Answer(NamedTuple):
    """What a backend says of a program, in the program's own units; arrays are None where it has none."""

    stop: Stop
    x: Array | None = None
    row_dual: Array | None = None
    ray: Array | None = None
    direction: Array | None = None
    message: str = ""
    basis: Basis | None = None

    def from_scaled(self, scales: Scales) -> Answer:
        """Map an answer of the scaled program back."""
        return self._replace(
            x=None if self.x is None else scales.point(self.x),
            row_dual=None if self.row_dual is None else scales.row_dual(self.row_dual),
            ray=None if self.ray is None else scales.ray(self.ray),
            direction=None if self.direction is None else scales.point(self.direction),
        )


def claim_by(name: str, method: Callable[[Program], Answer], problem: Any, watch: Watch) -> Claim:
    """Claim a method's answer in the user's sense: values inside the box, duals with their signs."""
    program, sign = minimisation(problem)
    answer = method(program)
    values = {} if answer.x is None else {"x": program.clipped(answer.x)}
    row_dual = None if answer.row_dual is None else sign * answer.row_dual
    hints = {"row_dual": row_dual, "ray": answer.ray, "direction": answer.direction}
    if answer.basis is not None:
        hints |= {"basis_columns": answer.basis.columns, "basis_rows": answer.basis.rows}
    if answer.stop is Stop.CONVERGED:
        watch.offer_when_asked(lambda: watch.offer(sign * problem.objective(values), **values))
    return Claim(values, {k: v for k, v in hints.items() if v is not None}, answer.stop, name, answer.message)


def minimisation(problem: Any) -> tuple[Program, float]:
    """Return the program in minimisation form, and the sign that the objective was multiplied by."""
    sign = -1.0 if problem.maximize else 1.0
    P = problem.P if problem.P is None or sign > 0 else -problem.P
    limits = (problem.row_lower, problem.row_upper, problem.lower, problem.upper)
    return Program(P, sign * problem.q, problem.A, *limits), sign


def is_ordinary(program: Program) -> bool:
    """Whether a backend's own scaling and its absolute tolerances suit the numbers of a linear program."""
    least, largest = _range(program.A)
    limits = np.abs(np.concatenate([program.row_lower, program.row_upper, program.lower, program.upper]))
    sizes = float(np.abs(program.q).max()), float(limits[limits < np.inf].max(initial=0.0))
    if not (least >= ORDINARY[0] and largest <= ORDINARY[1]):
        return False
    return all(size == 0 or ORDINARY_LARGEST[0] <= size <= ORDINARY_LARGEST[1] for size in sizes)


def scaled(program: Program) -> tuple[Program, Scales]:
    """Bring rows, columns, limits and objective near 1 by powers of two, where they are far from it."""
    m, n = program.A.shape
    rows, columns = np.ones(m), np.ones(n)
    objective = _objective(program, columns)
    # curvatures in units of the objective: small ones alone are no reason to stretch the columns
    if not (_well_scaled(program.A) and (program.P is None or _well_scaled(program.P, objective))):
        entries = [triplets(program.A)]
        if program.P is not None:
            i, j, curvatures = triplets(program.P)
            entries.append((i, j, curvatures * objective))
        rows, columns = _equilibrated(entries, m, n)
    size = _size(program, rows, columns)
    if size != 1.0 or not (columns == 1.0).all():
        rows, columns = rows / size, columns * size
        objective = _objective(program, columns)
    return _in_scales(program, Scales(rows, columns, objective))


def scaled_but_columns(program: Program) -> tuple[Program, Scales]:
    """Bring rows and objective near 1 by powers of two; whole numbers stay whole."""
    m, n = program.A.shape
    i, _, values = triplets(program.A)
    rows = np.ones(m)
    if not _well_scaled(program.A):
        rows = np.exp2(-np.floor(_largest(np.log2(np.abs(values)), i, m) + 0.5))
    rows = np.where(np.isfinite(rows), rows, 1.0)  # of rows without entries
    return _in_scales(program, Scales(rows, np.ones(n), _objective(program, np.ones(n))))


def _in_scales(program: Program, scales: Scales) -> tuple[Program, Scales]:
    """Multiply through; what is near 1 already is left alone."""
    rows, columns, objective = scales.rows, scales.columns, scales.objective
    if objective == 1.0 and (columns == 1.0).all() and (rows == 1.0).all():
        return program, scales
    return Program(
        None if program.P is None else scaled_by(program.P, objective * columns, columns),
        program.q * (objective * columns),
        scaled_by(program.A, rows, columns),
        program.row_lower * rows,
        program.row_upper * rows,
        program.lower / columns,
        program.upper / columns,
    ), scales


def _well_scaled(matrix: Any, unit: float = 1.0) -> bool:
    """Whether all entries but zeros lie in the range, in units of the objective."""
    least, largest = _range(matrix)
    return least * unit >= WELL_SCALED[0] and largest * unit <= WELL_SCALED[1]


def _range(matrix: Any) -> tuple[float, float]:
    """Smallest and largest magnitude of the entries that are not 0: infinite and 0 if there are none."""
    sizes = np.abs(matrix.data if is_sparse(matrix) else matrix)
    return smallest(sizes), float(sizes.max(initial=0.0))


def _equilibrated(entries: list[tuple[Array, Array, Array]], m: int, n: int) -> tuple[Array, Array]:
    """Scale [P A'; A 0] towards largest entries 1 in every row (Ruiz 2001), rounded to powers of two at the end."""
    row, column = np.zeros(m), np.zeros(n)  # logarithms of the scales
    (at_row, at_column, values), *quadratic = entries
    logs = np.log2(np.abs(values))
    bends = [(i, j, np.log2(np.abs(curvatures))) for i, j, curvatures in quadratic]
    for _ in range(PASSES):
        now = logs + row[at_row] + column[at_column]
        high_row, high_column = _largest(now, at_row, m), _largest(now, at_column, n)
        for i, j, curvatures in bends:
            high_column = np.maximum(high_column, _largest(curvatures + column[i] + column[j], j, n))
        row -= 0.5 * np.where(np.isfinite(high_row), high_row, 0.0)
        column -= 0.5 * np.where(np.isfinite(high_column), high_column, 0.0)
    return np.exp2(np.floor(row + 0.5)), np.exp2(np.floor(column + 0.5))


def _largest(values: Array, index: Index, size: int) -> Array:
    """Largest value per index; -inf where there is none."""
    result = np.full(size, -np.inf)
    np.maximum.at(result, index, values)
    return result


def _size(program: Program, rows: Array, columns: Array) -> float:
    """Largest finite limit, if all are small; 1 where some limit has a size already."""
    limits = np.concatenate(
        [program.row_lower * rows, program.row_upper * rows, program.lower / columns, program.upper / columns]
    )
    largest = np.abs(limits[np.isfinite(limits)]).max(initial=0.0)
    return float(power_of_two(largest)) if 0 < largest < 1 else 1.0


def _objective(program: Program, columns: Array) -> float:
    """Scale that makes the largest coefficient about 1; a large one is left alone if there is a quadratic part.

    Scaling that down was seen to hide the small curvatures (HUES-MOD of Maros and Meszaros).
    """
    largest = np.abs(program.q * columns).max()
    if program.P is not None:
        largest = max(largest, abs(scaled_by(program.P, columns, columns)).max())
        largest = min(largest, 1.0)
    return float(1.0 / power_of_two(largest)) if largest > 0 else 1.0
