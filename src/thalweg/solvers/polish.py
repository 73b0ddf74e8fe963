"""The last digits of a linear or quadratic program: guess the active limits, and solve the equations that remain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.linear import LinearProgram
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._active_set import ActiveEquations, Sides, reduced_costs
from thalweg.solvers._program import Program, minimisation, scaled
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

ROUNDS = 6  # changes of the active set from one guess
# weight of duals against slacks, regularisation
TRIALS = ((1.0, 1e-9), (1.0, 1e-12), (1.0, 1e-14), (1e-3, 1e-12), (1e3, 1e-12))
EDGE = 1e-13  # what counts as 0 in the scaled program
ROUNDING = 1e-15  # numbers below this, relative to the largest, should be 0: they are rounding, and are set to 0
TERMS = 1e-9  # what a row may cost that is violated by as much as its own terms, which are rounding
FAR = 1e6  # a relative gap beyond this is not told from one that is infinite
WELL_BELOW = 1e-4  # share of the merit that is enough at which equations are solved well enough
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
        return claim_from(start, "polish", problem, lambda program, x, y: polished(program, x, y, watch))


def claim_from(
    start: Claim | None, by: str, problem: Any, search: Callable[[Program, Array, Array], tuple[Array, Array, float]]
) -> Claim:
    """Claim what a search from a point and its row duals finds."""
    program, sign = minimisation(problem)
    m, n = program.A.shape
    x = np.asarray(start.values.get("x", ()) if start else (), dtype=float)
    y = np.asarray(start.hints.get("row_dual", np.zeros(m)) if start else (), dtype=float)
    if x.shape != (n,) or y.shape != (m,) or not (np.isfinite(x).all() and np.isfinite(y).all()):
        return Claim(stop=Stop.FAILED, by=by, message="needs a finite point to start from")
    x, y, _ = search(program, x, sign * y)
    return Claim({"x": program.clipped(x)}, {"row_dual": sign * y}, Stop.CONVERGED, by)


class Base(NamedTuple):
    """Where a program asks for the step from a point: that point, and the size of the objective there."""

    x: Any
    size: float


NOWHERE = Base(0.0, 0.0)


class Search(NamedTuple):
    """How long active sets are looked for: trials, changes from each guess, and the merit that is enough."""

    trials: tuple[tuple[float, float], ...] = TRIALS
    rounds: int = ROUNDS
    enough: float = EXACT


THOROUGH = Search()


def polished(
    program: Program, x: Array, y: Array, watch: Watch, base: Base = NOWHERE, search: Search = THOROUGH
) -> tuple[Array, Array, float]:
    """Best point and row duals seen from these, in minimisation sense, and how far they are from a proof."""
    small, scales = scaled(program)
    base = Base(base.x / scales.columns, base.size * scales.objective)
    x, y, merit = polished_near_one(small, *scales.into(x, y), watch, base, search)
    return scales.point(x), scales.row_dual(y), merit


def polished_near_one(
    program: Program, x: Array, y: Array, watch: Watch, base: Base = NOWHERE, search: Search = THOROUGH
) -> tuple[Array, Array, float]:
    """Do the same for a program whose numbers are near 1."""
    point = _Point(x, y)
    merit = _merit(program, point, base)
    for candidate in _candidates(program, point, watch, search):
        reached = _merit(program, candidate, base)
        if reached < merit:
            point, merit = candidate, reached
        if merit <= search.enough or not watch.step(merit=merit):
            break
    return point.x, point.y, merit


class _Point(NamedTuple):
    x: Array
    y: Array


def _candidates(program: Program, start: _Point, watch: Watch, search: Search) -> Iterator[_Point]:
    """Yield the start without its rounding, then points that solve the equations of one active set after another."""
    yield _Point(_rounded(start.x), _rounded(start.y))
    equations = ActiveEquations(program)
    for weight, regularisation in search.trials:
        point, seen = start, set()
        for _ in range(search.rounds):
            sides = _active(program, point, weight)
            key = sides.rows.tobytes() + sides.columns.tobytes()
            if key in seen or watch.stop is not None:
                break
            seen.add(key)
            x, y = equations.solved(sides, point.x, point.y, regularisation, WELL_BELOW * search.enough)
            if not (np.isfinite(x).all() and np.isfinite(y).all()):
                break
            point = _Point(sides.held(program, np.clip(_rounded(x), program.lower, program.upper)), _rounded(y))
            yield point


def _active(program: Program, point: _Point, weight: float) -> Sides:
    """Side at which each row and each variable is held."""
    activity = program.A @ point.x
    rows = _sides(activity, program.row_lower, program.row_upper, weight * point.y)
    columns = _sides(point.x, program.lower, program.upper, weight * reduced_costs(program, point.x, point.y))
    return Sides(rows, columns)


def _sides(value: Array, lower: Array, upper: Array, push: Array) -> Array:
    """A limit is active where its multiplier outweighs the distance to it, and where both are 0; equal limits always.

    Holding a variable whose multiplier is 0 costs nothing, and puts it on its limit exactly.
    """
    at_lower = (push > value - lower - EDGE) | (lower == upper)
    return np.where(at_lower, -1, np.where(-push > upper - value - EDGE, 1, 0))


def _rounded(values: Array) -> Array:
    sizes = np.abs(values)
    return np.where(sizes <= ROUNDING * sizes.max(initial=1.0), 0.0, values)  # 1: the size of the scaled program


def _merit(program: Program, point: _Point, base: Base) -> float:
    """How far a point is from proving itself: gap, violations and multipliers that no limit takes."""
    x, y = np.clip(point.x, program.lower, program.upper), point.y
    z = reduced_costs(program, x, y)
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
    outside = program.rows.violation(activity)
    terms = abs(program.A) @ np.abs(x)
    worst = float(np.max(outside / np.where(terms > 0, terms, 1.0), initial=0.0))
    size = max(1.0, float(np.abs(base.x + x).max()))
    gap, scale = abs(objective - bound) + stray * size, max(abs(objective), abs(bound), base.size)
    relative = 0.0 if gap == 0 else gap / scale if gap <= scale * FAR else FAR
    return relative + float(outside.max(initial=0.0)) / size + TERMS * min(worst, 1.0)
