"""What every engine for quadratic programs needs around it: numbers near 1, no fixed columns, and the ray it lacks."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.result import Array, Stop
from thalweg.solvers._highs import infeasible_or_unbounded
from thalweg.solvers._program import Answer, Program, Scales, scaled
from thalweg.solvers.polish import Search, polished_near_one
from thalweg.terms.rounding import UNIT
from thalweg.watch import Watch

WORTHWHILE = 200  # rows and variables; the points of smaller programs are exact enough
LAST_DIGITS = 1e-12  # residuals above this are worth a step or two
BRIEF = Search(trials=((1.0, 1e-9),), rounds=2, enough=LAST_DIGITS)
POOR = 1e-6  # relative residuals beyond this: perhaps the program is infeasible or unbounded


class Engine(Protocol):
    """One run of a backend on a program with no fixed column; the flag says whether its answer is doubtful."""

    def __call__(self, program: Program, watch: Watch) -> tuple[Answer, bool]:
        """Solve."""
        ...


def least_quadratic(program: Program, engine: Engine, watch: Watch, aim: Tolerance) -> Answer:
    """Solve; where the engine finds no answer, linear programs decide whether there is one, and find the ray."""
    try:
        return _answer(program, engine, watch, aim)
    except Exception as error:  # a backend's failure is part of the story, not its end
        return Answer(Stop.FAILED, message=f"the backend failed: {error}")


def _answer(program: Program, engine: Engine, watch: Watch, aim: Tolerance) -> Answer:
    small, scales = scaled(program)
    answer, doubtful = _without_fixed(small, engine, watch)
    answer = answer.from_scaled(scales)
    if doubtful and small is not program and watch.stop is None:
        second, still = _without_fixed(program, engine, watch)
        if answer.x is None or not still or answer.stop is Stop.STALLED:
            answer, doubtful = second, still
    if doubtful and watch.stop is None:
        found = infeasible_or_unbounded(program, watch, aim)
        return answer if found is None else found._replace(message=answer.message)
    return _with_last_digits(program, (small, scales), answer, watch) if answer.stop is Stop.CONVERGED else answer


def _with_last_digits(program: Program, near_one: tuple[Program, Scales], answer: Answer, watch: Watch) -> Answer:
    """Solve the equations of the active set once, where that can make the last digits right and is cheap."""
    x, y = answer.x, answer.row_dual
    if x is None or y is None or watch.stop is not None or program.A.shape[0] + program.q.size < WORTHWHILE:
        return answer
    residual, possible = _residual(program, program.clipped(x), y)
    if LAST_DIGITS < residual < POOR and possible < 0.1 * residual:
        small, scales = near_one
        x, y, _ = polished_near_one(small, *scales.into(x, y), watch, search=BRIEF)
        x, y = scales.point(x), scales.row_dual(y)
    return answer._replace(x=x, row_dual=y)


def _residual(program: Program, x: Array, y: Array) -> tuple[float, float]:
    """Largest of violation and leftover, relative to the largest number they come from; and what rounding leaves."""
    activity, bend = program.A @ x, program.P @ x
    push, pull = program.A.T @ y, np.abs(y) @ abs(program.A)
    z = program.q + bend - push
    outside = program.rows.violation(activity)
    wrong = np.where((z > 0) & np.isinf(program.lower) | (z < 0) & np.isinf(program.upper), np.abs(z), 0.0)
    gap = _complementarity(z, x, program.lower, program.upper)
    gap += _complementarity(y, activity, program.row_lower, program.row_upper)
    size = max(1.0, *(float(np.abs(part).max(initial=0.0)) for part in (bend, program.q, push, z)))
    scale = max(1.0, abs(float(program.q @ x + 0.5 * (x @ bend))))
    worst = max(
        float(outside.max(initial=0.0)) / max(1.0, float(np.abs(activity).max(initial=0.0)), float(np.abs(x).max())),
        float(wrong.max(initial=0.0)) / size,
        gap / scale,
    )
    return worst, UNIT * float(pull.max(initial=0.0)) / size


def _complementarity(push: Array, value: Array, lower: Array, upper: Array) -> float:
    """Sum of multipliers times the distance to the limit that each pushes at."""
    slack = np.abs(value - np.where(push > 0, lower, upper))
    return float((np.abs(push) * np.where(np.isfinite(slack), slack, 0.0)).sum())


def _without_fixed(program: Program, engine: Engine, watch: Watch) -> tuple[Answer, bool]:
    """Solve without the fixed columns, which have no interior."""
    free = program.lower < program.upper
    if free.all():
        return engine(program, watch)
    x = np.where(free, 0.0, program.lower)
    if not free.any():
        return Answer(Stop.CONVERGED, x, np.zeros(program.A.shape[0]), message="every variable is fixed"), True
    moved = program.A @ x
    reduced = Program(
        program.P[free][:, free],
        (program.q + program.P @ x)[free],
        program.A[:, free],
        program.row_lower - moved,
        program.row_upper - moved,
        program.lower[free],
        program.upper[free],
    )
    answer, doubtful = engine(reduced, watch)
    if answer.x is None:
        return answer, doubtful
    x[free] = answer.x
    return answer._replace(x=x), doubtful
