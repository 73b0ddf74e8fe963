"""Mixed-integer programs by the branch and bound of HiGHS."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.result import SOLVER_BOUND, Array, Claim, Stop
from thalweg.solvers._highs import Run, least_linear, without_objective
from thalweg.solvers._program import Answer, Program, minimisation, scaled_but_columns
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

WHOLE = 1e-7  # a vertex of the relaxation this near to whole numbers may be the answer


@solver(
    "branch-and-bound",
    solves=(MixedIntegerProgram,),
    handles={"integer", "rows"},
    rank=10,
    interruptible="callback",
)
@dataclass(frozen=True)
class BranchAndBound:
    """Branch and cut (Achterberg 2007) of HiGHS, after the relaxation, whose duals prove what they can.

    The integer variables of the answer are rounded, and the others are best beside them.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.MixedIntegerProgram([1.0], [[2.0]], row_lower=[3.0], lower=0)
    >>> tw.solve(problem, solver="branch-and-bound").x
    array([2.])
    """

    def solve(self, problem: MixedIntegerProgram, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Solve the relaxation, and search where its answer is not whole."""
        search = _Search(problem, watch, aim)
        try:
            claim = search.claim()
        except Exception as error:  # a backend's failure is part of the story, not its end
            return replace(search.claimed(None, Stop.FAILED), message=f"HiGHS failed: {error}")
        if claim.stop is Stop.CONVERGED:
            watch.offer(search.sign * problem.objective(claim.values), **claim.values)
        return claim


class _Search:
    """One problem in minimisation form, and what its relaxation says."""

    def __init__(self, problem: MixedIntegerProgram, watch: Watch, aim: Tolerance) -> None:
        self.problem, self.watch, self.aim = problem, watch, aim
        self.program, self.sign = minimisation(problem)
        self.root = Answer(Stop.FAILED)

    def claim(self) -> Claim:
        """Return the relaxation's answer where it is whole, else that of the search."""
        self.root = least_linear(self.program, self.watch, self.aim)
        if self.root.stop is Stop.INFEASIBLE:
            return self.claimed(None, Stop.INFEASIBLE, self.root.message)
        if self.root.direction is not None:
            return self._unbounded()
        x = self._whole_root()
        return self._searched() if x is None else self.claimed(x, Stop.CONVERGED)

    def _whole_root(self) -> Array | None:
        """Return the relaxation's answer with whole numbers, if these are as good."""
        x = self.root.x
        if self.root.stop is not Stop.CONVERGED or x is None:
            return None
        if np.abs(x - self.problem.rounded(x)).max() > WHOLE:
            return None
        whole = self._completed(x)
        if whole is None:
            return None
        worse, size = self.program.q @ (whole - x), np.abs(self.program.q) @ np.abs(x)
        return whole if worse <= self.aim.gap / 2 * abs(self.program.q @ x) or worse <= 1e-12 * size else None

    def _searched(self) -> Claim:
        small, scales = scaled_but_columns(self.program)
        run = Run(small, self.watch, self.aim, integer=self.problem.integer)
        stop, message = run.stop(), run.story()
        x, _ = run.point()
        if stop is Stop.INFEASIBLE or x is None:
            return self.claimed(None, stop, message)
        whole, word = self._completed(x), run.bound() / scales.objective
        claim = self.claimed(self.problem.rounded(x) if whole is None else whole, stop, message)
        if not np.isfinite(word):
            return claim
        return replace(claim, hints={**claim.hints, SOLVER_BOUND: np.array([self.sign * word])})

    def _unbounded(self) -> Claim:
        """Look for any whole point, from which the direction of the relaxation leads on."""
        anywhere = without_objective(self.program)
        run = Run(scaled_but_columns(anywhere)[0], self.watch, self.aim, integer=self.problem.integer)
        stop = run.stop()
        x, _ = run.point()
        if stop is not Stop.CONVERGED or x is None:
            return self.claimed(None, stop, run.story())
        whole = self._completed(x, anywhere)
        return self.claimed(self.problem.rounded(x) if whole is None else whole, Stop.UNBOUNDED, self.root.message)

    def _completed(self, x: Array, program: Program | None = None) -> Array | None:
        """Return the best point with these whole numbers; None where the other variables cannot follow them."""
        program = program or self.program
        integer, whole = self.problem.integer, program.clipped(self.problem.rounded(x))
        fixed = program._replace(
            lower=np.where(integer, whole, program.lower), upper=np.where(integer, whole, program.upper)
        )
        answer = least_linear(fixed, self.watch, self.aim)
        return None if answer.stop is not Stop.CONVERGED or answer.x is None else fixed.clipped(answer.x)

    def claimed(self, x: Array | None, stop: Stop, message: str = "") -> Claim:
        """Return a claim in the user's sense, with what the relaxation proves."""
        y = None if self.root.row_dual is None else self.sign * self.root.row_dual
        hints = {"row_dual": y, "ray": self.root.ray, "direction": self.root.direction}
        values = {} if x is None else {"x": self.program.clipped(x)}
        given = {name: value for name, value in hints.items() if value is not None}
        return Claim(values, given, stop, "branch-and-bound", message)
