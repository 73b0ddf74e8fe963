"""Quadratic programs by PIQP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.inputs import is_sparse
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._program import Answer, Program, claim_by
from thalweg.solvers._quadratic import POOR, least_quadratic
from thalweg.solvers.registry import solver
from thalweg.terms.matrices import dense
from thalweg.watch import Watch

DENSE_SIZE = 100  # up to so many variables the dense factorisation wins whatever the density
DENSE_FILL = 0.1  # above this share of nonzeros it wins at any size
LARGE, SOONER = 75_000, 1e-11  # nonzeros beyond which waiting for the last digits may take minutes
FAR_OFF, ENOUGH = 1e-7, 1e-9  # residual after which it runs a second time, and the accuracy then
NO_LIMIT = 1e30  # PIQP takes limits from here on for none; of rows without any it complains on stderr
STOPS = {"PIQP_SOLVED": Stop.CONVERGED, "PIQP_MAX_ITER_REACHED": Stop.STEP_LIMIT}


@solver("piqp", solves=(QuadraticProgram,), handles={"quadratic", "rows"}, rank=10, interruptible="no")
@dataclass(frozen=True)
class Piqp:
    """Proximal interior-point method (Schwan, Jiang, Kuhn and Jones 2023).

    The aim is the last digit, since its last iterations are cheap; what it says of its success is not believed. Where
    it finds no answer, linear programs decide whether the problem is infeasible or unbounded and find the ray.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.solve(tw.QuadraticProgram([[2.0]], [-4.0], lower=0), solver="piqp").x.round(9)
    array([2.])
    """

    accuracy: float = 5e-13
    max_iterations: int = 200

    def solve(self, problem: QuadraticProgram, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return a minimiser with its row duals, or a ray."""
        return claim_by("piqp", lambda program: least_quadratic(program, self.interior, watch, aim), problem, watch)

    def interior(self, program: Program, watch: Watch) -> tuple[Answer, bool]:
        """Run PIQP on a program with no fixed column, and say whether its answer is doubtful.

        Beyond the accuracy that a program allows its points may get worse again: then it runs once more, and stops
        earlier.
        """
        sooner = max(self.accuracy, SOONER) if _nonzeros(program) > LARGE else self.accuracy
        answer, residual = self._run(program, sooner)
        if residual > FAR_OFF and self.accuracy < ENOUGH and watch.stop is None:
            second, again = self._run(program, ENOUGH)
            answer, residual = (second, again) if again < residual else (answer, residual)
        return answer, answer.stop is not Stop.CONVERGED and not residual <= POOR

    def _run(self, program: Program, accuracy: float) -> tuple[Answer, float]:
        """Run once; return the largest relative residual, too: 0 after an ordinary success."""
        equal = program.row_lower == program.row_upper
        unequal = ~equal & ((program.row_lower > -NO_LIMIT) | (program.row_upper < NO_LIMIT))
        method = _backend(program, accuracy, self.max_iterations)
        form = _as_dense if prefers_dense(program) else _as_sparse
        rows, others = np.flatnonzero(equal), slice(None) if unequal.all() else np.flatnonzero(unequal)
        method.setup(
            form(program.P), program.q,
            form(program.A[rows]), program.row_lower[rows],
            form(program.A[others]), program.row_lower[others], program.row_upper[others],
            program.lower, program.upper,
        )  # fmt: skip
        status = method.solve().name
        result = method.result
        x, y = np.array(result.x), np.zeros(equal.size)
        y[equal] = -np.array(result.y)  # PIQP's Lagrangian is f + y'(A x - b)
        y[unequal] = np.array(result.z_l) - np.array(result.z_u)
        stop = STOPS.get(status, Stop.STALLED)
        message = "" if stop is Stop.CONVERGED else f"PIQP: {status[5:].lower()} after {result.info.iter} iterations"
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            return Answer(Stop.FAILED, message=message), np.inf
        known = {Stop.CONVERGED: 0.0, Stop.STEP_LIMIT: _residual(result.info)}
        return Answer(stop, x, y, message=message), known.get(stop, np.inf)


def _backend(program: Program, accuracy: float, iterations: int) -> Any:
    """The dense or the sparse method of PIQP, with its settings."""
    import piqp

    method = piqp.DenseSolver() if prefers_dense(program) else piqp.SparseSolver()
    settings = method.settings
    settings.verbose = False
    settings.max_iter = iterations
    for name in ("eps_abs", "eps_rel", "eps_duality_gap_abs", "eps_duality_gap_rel"):
        setattr(settings, name, accuracy)
    return method


def _residual(info: Any) -> float:
    """Largest of the relative residuals of limits, gradient and gap; infinite where one is no number."""
    pairs = (
        (info.primal_res, info.primal_res_rel),
        (info.dual_res, info.dual_res_rel),
        (info.duality_gap, info.duality_gap_rel),
    )
    worst = max(min(absolute, relative) for absolute, relative in pairs)
    return worst if np.isfinite(worst) else np.inf


def prefers_dense(program: Program) -> bool:
    """Whether factorising dense matrices is faster."""
    m, n = program.A.shape
    if n <= DENSE_SIZE and m <= 10 * DENSE_SIZE:
        return True
    return _nonzeros(program) > DENSE_FILL * n * (n + m)


def _nonzeros(program: Program) -> int:
    return sum(matrix.nnz if is_sparse(matrix) else np.count_nonzero(matrix) for matrix in (program.P, program.A))


def _as_dense(matrix: Any) -> Array:
    return np.asfortranarray(dense(matrix))


def _as_sparse(matrix: Any) -> Any:
    from scipy import sparse

    return sparse.csc_matrix(matrix, copy=True)  # PIQP takes no read-only arrays
