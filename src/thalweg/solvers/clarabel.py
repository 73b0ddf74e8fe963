"""Quadratic programs by Clarabel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Array, Claim, Index, Stop
from thalweg.solvers._program import Answer, Program, claim_by
from thalweg.solvers._quadratic import least_quadratic
from thalweg.solvers._thread import SMALL, in_thread
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

STOPS = {
    "Solved": Stop.CONVERGED,
    "AlmostSolved": Stop.STALLED,
    "InsufficientProgress": Stop.STALLED,
    "MaxIterations": Stop.STEP_LIMIT,
    "MaxTime": Stop.TIME_LIMIT,
    "CallbackTerminated": Stop.INTERRUPTED,
}
RAYS = ("PrimalInfeasible", "DualInfeasible", "AlmostPrimalInfeasible", "AlmostDualInfeasible")
RUNS = (Stop.TIME_LIMIT, Stop.INTERRUPTED)


@solver("clarabel", solves=(QuadraticProgram,), handles={"quadratic", "rows"}, rank=20, interruptible="callback")
@dataclass(frozen=True)
class Clarabel:
    """Homogeneous interior-point method (Goulart and Chen 2024), the second opinion beside PIQP.

    What it says of its success is not believed. Where it finds no answer, linear programs decide whether the problem
    is infeasible or unbounded and find the ray: its own rays were seen to be false.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.solve(tw.QuadraticProgram([[2.0]], [-4.0], lower=0), solver="clarabel").x.round(6)
    array([2.])
    """

    accuracy: float = 1e-10
    max_iterations: int = 200

    def solve(self, problem: QuadraticProgram, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return a minimiser with its row duals, or a ray."""
        return claim_by("clarabel", lambda program: least_quadratic(program, self.interior, watch, aim), problem, watch)

    def interior(self, program: Program, watch: Watch) -> tuple[Answer, bool]:
        """Run Clarabel on a program with no fixed column, and say whether its answer is doubtful."""
        cones = _Cones(program)
        method = self._prepared(cones, watch)
        if cones.A.nnz + cones.P.nnz < SMALL:
            method.solve()
        else:
            in_thread(method.solve, watch)
        found = method.get_solution()
        status = str(found.status)
        stop = STOPS.get(status, Stop.FAILED)
        stop = watch.stop or stop if stop in RUNS else stop
        message = "" if stop is Stop.CONVERGED else f"Clarabel: {status} after {found.iterations} iterations"
        x, z = np.array(found.x), np.array(found.z)
        doubtful = status in RAYS or stop in (Stop.FAILED, Stop.STEP_LIMIT, Stop.STALLED)
        if status in RAYS or not (x.size and np.isfinite(x).all() and np.isfinite(z).all()):
            return Answer(Stop.FAILED, message=message), doubtful
        return Answer(stop, x, cones.row_dual(z), message=message), doubtful

    def _prepared(self, cones: _Cones, watch: Watch) -> Any:
        import clarabel

        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.max_threads = 1
        settings.max_iter = self.max_iterations
        settings.tol_feas = settings.tol_gap_abs = settings.tol_gap_rel = self.accuracy
        if np.isfinite(watch.remaining):
            settings.time_limit = max(watch.remaining, 0.0)

        kinds = [clarabel.ZeroConeT(cones.equal.size), clarabel.NonnegativeConeT(cones.b.size - cones.equal.size)]
        method = clarabel.DefaultSolver(cones.P, cones.q, cones.A, cones.b, kinds, settings)
        method.set_termination_callback(lambda _: watch.stop is not None)
        return method


class _Cones:
    """A program as Clarabel takes it: A x + s = b, with s = 0 for the equal rows, and s >= 0 for every other side.

    The sides are stacked as equal rows, upper and lower limits of the other rows, upper and lower limits of x.
    """

    def __init__(self, program: Program) -> None:
        from scipy import sparse

        self.rows, self.q = program.row_lower.size, program.q
        self.P = sparse.triu(sparse.csc_array(program.P), format="csc")
        equal = program.row_lower == program.row_upper
        self.equal = np.flatnonzero(equal)
        self.above = _finite(program.row_upper, ~equal)
        self.below = _finite(program.row_lower, ~equal)
        high, low = _finite(program.upper), _finite(program.lower)
        A, unit = sparse.csr_array(program.A), sparse.eye_array(program.q.size, format="csr")
        sides = [A[self.equal], A[self.above], -A[self.below], unit[high], -unit[low]]
        self.A = sparse.vstack(sides, format="csc")
        limits = [
            program.row_lower[self.equal],
            program.row_upper[self.above],
            -program.row_lower[self.below],
            program.upper[high],
            -program.lower[low],
        ]
        self.b = np.concatenate(limits)

    def row_dual(self, z: Array) -> Array:
        """Read row duals from the multipliers of the sides, which satisfy P x + q + A'z = 0."""
        y = np.zeros(self.rows)
        at = np.cumsum([self.equal.size, self.above.size, self.below.size])
        y[self.equal] = -z[: at[0]]
        y[self.above] -= z[at[0] : at[1]]
        y[self.below] += z[at[1] : at[2]]
        return y


def _finite(limits: Array, among: Any = True) -> Index:
    return np.flatnonzero(np.isfinite(limits) & among)
