"""Fits whose loss is made of lines and parabolas: their dual is a linear or quadratic program, solved as such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.inputs import is_sparse
from thalweg.problems.fit import Fit
from thalweg.result import Array, Claim, Index, Stop
from thalweg.solvers._highs import least_linear
from thalweg.solvers._program import Answer, Program
from thalweg.solvers._quadratic import least_quadratic
from thalweg.solvers._row_limits import Limits
from thalweg.solvers._standard import Standard, failed
from thalweg.solvers.piqp import Piqp
from thalweg.solvers.registry import solver
from thalweg.watch import Watch


@solver(
    "dual-program",
    solves=(Fit,),
    handles={"l1", "box", "rows", "sparse", "kinks"},
    needs={"dual_form"},
    rank=55,
    interruptible="callback",
)
@dataclass(frozen=True)
class DualProgram:
    """The dual as one program with a row per coefficient: by HiGHS if it is linear (Koenker 2005), else by PIQP.

    For the quantile loss, Huber's, squared and squared hinge losses, with any penalty, box and rows. The slopes of the
    samples are the variables, and the coefficients the duals of the rows.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.Fit([[0.0], [0.0], [0.0], [1.0]], [1.0, 2.0, 9.0, 5.0], loss="quantile")
    >>> solution = tw.solve(problem, solver="dual-program")
    >>> solution.coef, float(solution.intercept), solution.certificate.verdict.name
    (array([3.]), 2.0, 'PROVED')
    """

    def solve(self, problem: Fit, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return coefficients with the slopes and row duals that prove them, or a ray."""
        fit = Standard(problem, watch)
        limits = Limits.of(fit)
        dual = _Dual.of(fit, limits)
        if dual.program.P is None:
            answer = least_linear(dual.program, watch, aim)
        else:
            answer = least_quadratic(dual.program, Piqp().interior, watch, aim)
        if answer.stop is Stop.UNBOUNDED:  # then no coefficients meet the limits
            ray = limits.inside(watch, aim).ray
            return Claim({}, {} if ray is None else {"ray": ray}, Stop.INFEASIBLE, "dual-program", answer.message)
        if answer.x is None or answer.row_dual is None:
            return failed("dual-program", answer.message)
        return _claim(fit, dual, answer, watch)


def _claim(fit: Standard, dual: _Dual, answer: Answer, watch: Watch) -> Claim:
    x, p = answer.x, fit.shape[1]
    assert x is not None and answer.row_dual is not None
    b = fit.project(answer.row_dual[:p])
    b0 = float(answer.row_dual[p]) + dual.level if fit.intercept else 0.0
    claim = fit.claim(b, b0, answer.stop, "dual-program", answer.message)
    slopes = np.zeros(fit.problem.shape[0])
    slopes[fit.problem.weights > 0] = x[dual.slopes]
    if answer.stop is Stop.CONVERGED:
        fit.offer(watch, fit.value(fit.eta(b, b0), b), b, b0)
    hints = {**claim.hints, "slopes": slopes}
    if fit.problem.A.shape[0]:
        hints["row_dual"] = dual.row_dual(x)
    return Claim(claim.values, hints, claim.stop, claim.by, claim.message)


class _Dual(NamedTuple):
    """The dual of a fit as a program, and where its answer holds what.

    Least sum w (f*(t) - t offset) + sum l2 beta^2 / 2 + upper'p - lower'q + row_upper's - row_lower'r over::

        -l1 <= Z'(w t) + A'(s - r) + p - q + l2 beta <= l1,   sum w t = 0 with an intercept,   p, q, r, s >= 0,

    where p and s stand for finite upper limits, q and r for finite lower ones, and beta for columns with a ridge. With
    an intercept the offset is measured from a ``level``, which sum w t = 0 makes no difference to: a large one would
    take digits from everything else.
    """

    program: Program
    slopes: slice
    above: tuple[slice, Index]
    below: tuple[slice, Index]
    rows: int
    level: float

    @classmethod
    def of(cls, fit: Standard, limits: Limits) -> _Dual:
        """State the dual of a fit."""
        from scipy import sparse

        low, high, linear, curvature = fit.loss.dual_form(fit.y)  # type: ignore[attr-defined]
        n, p = fit.shape
        l1, l2, box, rows = fit.penalty.l1, fit.penalty.l2, limits.box, limits.rows
        ridge = np.flatnonzero(l2)
        sides = [np.flatnonzero(np.isfinite(side)) for side in (box.upper, box.lower, rows.upper, rows.lower)]
        unit = sparse.eye_array(p, format="csc")
        A = sparse.csc_array(limits.A)
        Z = sparse.csc_array(fit.Z.X) if is_sparse(fit.Z.X) else sparse.csr_array(fit.Z.X)
        blocks: list[Any] = [Z.multiply(fit.w[:, None]).T, unit[:, ridge] * l2[ridge]]
        blocks += [unit[:, sides[0]], -unit[:, sides[1]], A.T[:, sides[2]], -A.T[:, sides[3]]]
        M = sparse.hstack(blocks, format="csc")
        width = M.shape[1] - n
        least, most = -l1, l1
        if fit.intercept:
            M = sparse.vstack([M, sparse.csr_array(np.append(fit.w, np.zeros(width))[None, :])], format="csc")
            least, most = np.append(least, 0.0), np.append(most, 0.0)
        level = float(np.median(linear - fit.offset)) if fit.intercept else 0.0
        costs = [fit.w * (linear - fit.offset - level), np.zeros(ridge.size), box.upper[sides[0]], -box.lower[sides[1]]]
        costs += [rows.upper[sides[2]], -rows.lower[sides[3]]]
        diagonal = np.concatenate([curvature * fit.w, l2[ridge], np.zeros(width - ridge.size)])
        P = sparse.diags_array(diagonal, format="csc") if diagonal.any() else None
        lower = np.concatenate([np.broadcast_to(low, n), np.full(ridge.size, -np.inf), np.zeros(width - ridge.size)])
        upper = np.concatenate([np.broadcast_to(high, n), np.full(width, np.inf)])
        at = n + ridge.size + np.cumsum([0] + [side.size for side in sides])
        program = Program(P, np.concatenate(costs), M, least, most, lower, upper)
        above, below = slice(at[2], at[3]), slice(at[3], at[4])
        return cls(program, slice(0, n), (above, sides[2]), (below, sides[3]), rows.lower.size, level)

    def row_dual(self, x: Array) -> Array:
        """d(best objective) / d(limit): negative on upper limits."""
        y = np.zeros(self.rows)
        for sign, (places, rows) in ((-1.0, self.above), (1.0, self.below)):
            y[rows] += sign * x[places]
        return y
