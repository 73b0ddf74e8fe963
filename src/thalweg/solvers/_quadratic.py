"""What every engine for quadratic programs needs around it: numbers near 1, no fixed columns, and the ray it lacks."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.result import Stop
from thalweg.solvers._highs import infeasible_or_unbounded
from thalweg.solvers._program import Answer, Program, scaled
from thalweg.watch import Watch

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
        if answer.x is None or not still:
            answer, doubtful = second, still
    if doubtful and watch.stop is None:
        found = infeasible_or_unbounded(program, watch, aim)
        return answer if found is None else found._replace(message=answer.message)
    return answer


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
