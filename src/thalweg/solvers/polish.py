"""The last digits of a linear or quadratic program: guess the active limits, and solve the equations that remain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.linear import LinearProgram
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._program import Program, dense, minimisation, scaled
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

LARGEST = 1500  # equations that a dense factorisation takes in good time
ROUNDS = 6  # changes of the active set from one guess
STEPS = 10  # proximal steps on one active set
TRIALS = ((1.0, 1e-10), (1.0, 1e-13), (1e-3, 1e-10), (1e3, 1e-10))  # weight of duals against slacks, regularisation
EDGE = 1e-13  # what counts as 0 in the scaled program
ROUNDING = 1e-15  # numbers below this, relative to the largest, should be 0: they are rounding, and are set to 0
TERMS = 1e-9  # what a row may cost that is violated by as much as its own terms, which are rounding
FAR = 1e6  # a relative gap beyond this is not told from one that is infinite
EXACT = 1e-15  # a merit below this is rounding


@solver("polish", solves=(LinearProgram, QuadraticProgram), handles={"quadratic", "rows"}, rank=90, refines=True)
@dataclass(frozen=True)
class Polish:
    """Primal-dual active-set steps (Hintermüller, Ito and Kunisch 2003) from another solver's point and row duals.

    Each guess of the active set leaves linear equations, solved by a regularised factorisation and proximal steps, so
    that dependent rows do no harm. Variables at a limit are set to it exactly. The best point seen is returned.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.QuadraticProgram([[2.0]], [-4.0], [[1.0]], row_upper=[1.0])
    >>> rough = tw.Claim({"x": [0.99]}, {"row_dual": [-1.9]})
    >>> tw.solve(problem, solver="polish", start=rough).x
    array([1.])
    """

    @np.errstate(over="ignore", invalid="ignore")  # what overflows has no merit
    def solve(self, problem: Any, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the best point seen, starting from the one given."""
        program, sign = minimisation(problem)
        m, n = program.A.shape
        x = np.asarray(start.values.get("x", ()) if start else (), dtype=float)
        y = np.asarray(start.hints.get("row_dual", np.zeros(m)) if start else (), dtype=float)
        if x.shape != (n,) or y.shape != (m,) or not (np.isfinite(x).all() and np.isfinite(y).all()):
            return Claim(stop=Stop.FAILED, by="polish", message="needs a finite point to start from")
        x, y, _ = polished(program, x, sign * y, watch)
        return Claim({"x": program.clipped(x)}, {"row_dual": sign * y}, Stop.CONVERGED, "polish")


class Base(NamedTuple):
    """Where a program asks for the step from a point: that point, and the size of the objective there."""

    x: Any
    size: float


NOWHERE = Base(0.0, 0.0)


def polished(program: Program, x: Array, y: Array, watch: Watch, base: Base = NOWHERE) -> tuple[Array, Array, float]:
    """Best point and row duals seen from these, in minimisation sense, and how far they are from a proof."""
    small, scales = scaled(program)
    base = Base(base.x / scales.columns, base.size * scales.objective)
    point = _Point(x / scales.columns, y * scales.objective / scales.rows)
    merit = _merit(small, point, base)
    for candidate in _candidates(small, point, watch):
        reached = _merit(small, candidate, base)
        if reached < merit:
            point, merit = candidate, reached
        if merit <= EXACT or not watch.step(merit=merit):
            break
    return scales.point(point.x), scales.row_dual(point.y), merit


class _Point(NamedTuple):
    x: Array
    y: Array


def _candidates(program: Program, start: _Point, watch: Watch) -> Iterator[_Point]:
    """Yield the start without its rounding, then points that solve the equations of one active set after another."""
    yield _Point(_rounded(start.x), _rounded(start.y))
    for weight, regularisation in TRIALS:
        point, seen = start, set()
        for _ in range(ROUNDS):
            rows, columns = _active(program, point, weight)
            key = rows.tobytes() + columns.tobytes()
            if key in seen or (rows != 0).sum() + (columns == 0).sum() > LARGEST:
                break
            seen.add(key)
            point = _solved(program, point, rows, columns, regularisation)
            if not (np.isfinite(point.x).all() and np.isfinite(point.y).all()):
                break
            yield point


def _active(program: Program, point: _Point, weight: float) -> tuple[Array, Array]:
    """Side at which each row and each variable is held: -1 lower, 1 upper, 0 none."""
    activity = program.A @ point.x
    rows = _sides(activity, program.row_lower, program.row_upper, weight * point.y)
    return rows, _sides(point.x, program.lower, program.upper, weight * _reduced_costs(program, point))


def _sides(value: Array, lower: Array, upper: Array, push: Array) -> Array:
    """A limit is active where its multiplier outweighs the distance to it, and where both are 0; equal limits always.

    Holding a variable whose multiplier is 0 costs nothing, and puts it on its limit exactly.
    """
    at_lower = (push > value - lower - EDGE) | (lower == upper)
    return np.where(at_lower, -1, np.where(-push > upper - value - EDGE, 1, 0))


def _reduced_costs(program: Program, point: _Point) -> Array:
    gradient = program.q if program.P is None else program.q + program.P @ point.x
    return gradient - program.A.T @ point.y


def _solved(program: Program, point: _Point, rows: Array, columns: Array, regularisation: float) -> _Point:
    """Stationary point of the objective with these limits as equations.

    Each proximal step solves [P + r I, A'; A, -r I] (dx, -dy) = (-reduced costs, slacks) over the free variables and
    the active rows.
    """
    from scipy.linalg.lapack import dgetrf, dgetrs

    free, held = np.flatnonzero(columns == 0), np.flatnonzero(rows != 0)
    x = _held(program, columns, point.x)
    y = np.where(rows != 0, point.y, 0.0)
    limits = np.where(rows < 0, program.row_lower, program.row_upper)[held]
    A = dense(program.A[held][:, free])
    P = np.zeros((free.size, free.size)) if program.P is None else dense(program.P[free][:, free])
    diagonal = np.concatenate([np.full(free.size, regularisation), np.full(held.size, -regularisation)])
    system = np.block([[P, A.T], [A, np.zeros((held.size, held.size))]]) + np.diag(diagonal)
    factors, pivots, singular = dgetrf(system, overwrite_a=True) if system.size else (system, diagonal, 1)
    last = np.inf
    for _ in range(0 if singular else STEPS):
        residual = np.concatenate([-_reduced_costs(program, _Point(x, y))[free], limits - (program.A @ x)[held]])
        size = np.abs(residual).max(initial=0.0)
        if not size < 0.5 * last:
            break
        last = size
        step, _ = dgetrs(factors, pivots, residual)
        x[free] += step[: free.size]
        y[held] -= step[free.size :]
    x = np.clip(_rounded(x), program.lower, program.upper)
    return _Point(_held(program, columns, x), _rounded(y))


def _held(program: Program, columns: Array, x: Array) -> Array:
    """Put the variables that are held on their limits, exactly."""
    return np.where(columns < 0, program.lower, np.where(columns > 0, program.upper, x))


def _rounded(values: Array) -> Array:
    sizes = np.abs(values)
    return np.where(sizes <= ROUNDING * sizes.max(initial=1.0), 0.0, values)  # 1: the size of the scaled program


def _merit(program: Program, point: _Point, base: Base) -> float:
    """How far a point is from proving itself: gap, violations and multipliers that no limit takes."""
    x, y = np.clip(point.x, program.lower, program.upper), point.y
    z = _reduced_costs(program, _Point(x, y))
    activity = program.A @ x
    pushes = ((program.row_lower, program.row_upper, y), (program.lower, program.upper, z))
    bound, stray = 0.0, 0.0
    for lower, upper, push in pushes:
        with np.errstate(invalid="ignore"):
            terms = np.where(push > 0, push * lower, np.where(push < 0, push * upper, 0.0))
        finite = np.isfinite(terms)
        bound += float(terms[finite].sum())
        stray += float(np.abs(push[~finite]).sum())
    curvature = 0.0 if program.P is None else float(x @ (program.P @ x))
    objective, bound = float(program.q @ x) + 0.5 * curvature, bound - 0.5 * curvature
    outside = np.maximum(np.maximum(program.row_lower - activity, activity - program.row_upper), 0.0)
    terms = abs(program.A) @ np.abs(x)
    worst = float(np.max(outside / np.where(terms > 0, terms, 1.0), initial=0.0))
    size = max(1.0, float(np.abs(base.x + x).max()))
    gap, scale = abs(objective - bound) + stray * size, max(abs(objective), abs(bound), base.size)
    relative = 0.0 if gap == 0 else gap / scale if gap <= scale * FAR else FAR
    return relative + float(outside.max(initial=0.0)) / size + TERMS * min(worst, 1.0)
