"""Small smooth fits with linear rows on the coefficients: sequential least squares by SciPy."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.inputs import is_sparse
from thalweg.problems.fit import Fit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._program import power_of_two
from thalweg.solvers._row_limits import Limits
from thalweg.solvers._separation import no_minimiser, suspected
from thalweg.solvers._standard import Standard, failed
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

LARGEST = 200  # columns; each step costs their cube
ACCURACY = 1e-15  # asked for in an objective of size 1; rounding stops it before
LOOSE = 1e-6  # a projected gradient above this is no success
FEASIBLE = 1e-9  # nor is a row violated by more than this share of its terms
ACTIVE = 1e-8  # rows this close to a limit, relative to their terms, may have a multiplier
PARALLEL = 1e-9  # entries of rows of length 1 that differ by less are the same
ROUNDING = 1e-15
EDGE = 1e-12  # a coefficient this close to its bound, relative to the sizes of both, is meant to be there
RANK = 1e-10  # equal rows that depend on each other to this share are kept once


@solver("slsqp", solves=(Fit,), handles={"box", "rows", "sparse"}, needs={"slope"}, rank=60)
@dataclass(frozen=True)
class Slsqp:
    """Sequential least-squares programming (Kraft 1988) in centred, scaled columns; SciPy's most used method.

    Row duals are those nonnegative multipliers of the active rows that leave the least gradient.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.Fit([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]], [1.0, 3.0, 5.0], A=[[1.0, 1.0]], row_upper=[1.0])
    >>> tw.solve(problem, solver="slsqp").coef.round(5)
    array([ 1.75, -0.75])
    """

    max_steps: int = 2000

    def solve(self, problem: Fit, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the minimiser to the accuracy that gradients allow."""
        if problem.shape[1] > LARGEST:
            return failed("slsqp", f"{problem.shape[1]} columns are more than the {LARGEST} that it moves in good time")
        fit = Standard(problem)
        run = _Run(fit, watch, *fit.start(start))
        try:
            run.minimise(self.max_steps)
        except (ValueError, RuntimeError) as error:
            return failed("slsqp", f"SciPy's SLSQP failed: {error}")
        if run.off > FEASIBLE:
            ray = None if watch.stop is not None else run.limits.ray(watch, aim)
            hints = {} if ray is None else {"ray": ray}
            stop = Stop.INFEASIBLE if ray is not None else watch.stop or Stop.FAILED
            return Claim({}, hints, stop, "slsqp", f"a row is violated by {run.off:.1e} of its terms")
        claim = run.claim()
        if claim.stop is not Stop.INTERRUPTED and suspected(problem, claim.hints["eta"]):
            return no_minimiser(problem, claim, watch, aim) or claim
        return claim


class _Run:
    """The objective as SciPy wants it: of size 1, in variables t with (b, b0 - origin) = unit * t.

    With unit^2 = the first objective, the curvature stays about 1 in columns of unit norm; a power of two, so that
    limits are met exactly.
    """

    def __init__(self, fit: Standard, watch: Watch, b: Array, origin: float) -> None:
        self.fit, self.watch, self.limits = fit, watch, Limits.of(fit)
        self.origin, self.offset = origin, origin + fit.offset
        self.root = float(np.sqrt(fit.w.sum()))  # scales b0 like a column of unit norm
        size = max(fit.value(fit.eta(point, origin), point) for point in (b, fit.project(np.zeros(b.size))))
        self.unit = float(power_of_two(np.sqrt(size))) if 0 < size < np.inf else 1.0
        self.t = np.append(b / self.unit, 0.0)[: b.size + fit.intercept]
        self.steps = 0

    def minimise(self, max_steps: int) -> None:
        """Run SciPy until rounding, or the watch, stops it."""
        from scipy.optimize import Bounds, minimize

        fit, free = self.fit, np.full(int(self.fit.intercept), np.inf)
        bounds = Bounds(np.append(fit.lower / self.unit, -free), np.append(fit.upper / self.unit, free))
        options = {"maxiter": max_steps, "ftol": ACCURACY}
        if not self.watch.step(objective=fit.value(*self._at(self.t))):
            return
        constraints = _constraints(self.limits, self.unit, self.t.size)
        with suppress(StopIteration):  # older versions of SciPy let it through
            result = minimize(
                self.value, self.t, jac=True, method="SLSQP", bounds=bounds, options=options,
                constraints=constraints, callback=self.after_step,
            )  # fmt: skip
            self.t = result.x  # the last step is not reported

    def value(self, t: Array) -> tuple[float, Array]:
        """Objective and gradient."""
        fit = self.fit
        eta, b = self._at(t)
        u = fit.slopes(eta)
        gradient = fit.Z.t_dot(u) + fit.penalty.l2 * b
        if fit.intercept:
            gradient = np.append(gradient, u.sum() / self.root)
        return fit.value(eta, b) / self.unit**2, gradient / self.unit

    def after_step(self, t: Array) -> None:
        """Report, keep a feasible point, and stop where the watch says so."""
        self.t, self.steps = np.array(t), self.steps + 1
        eta, b = self._at(t)
        value = self.fit.value(eta, b)
        if self.off <= FEASIBLE:
            coef, intercept = self.fit.coefficients(*self._split(t))
            self.watch.offer(value, coef=coef, intercept=intercept)
        if not self.watch.step(objective=value):
            raise StopIteration

    @property
    def off(self) -> float:
        """Largest violation of a row, relative to its terms."""
        return self.limits.violation(self._split(self.t)[0])

    def claim(self) -> Claim:
        """Claim the last point, with row duals; the gradient that they leave says whether it converged."""
        gradient, size = self.value(self.t)[1] * self.unit, self._size()
        b, b0 = self._split(self.t)
        for bound in (self.fit.lower, self.fit.upper):
            b = np.where(np.abs(b - bound) <= EDGE * (np.abs(b) + self.unit), bound, b)
        y = row_duals(self.limits, b, gradient[: b.size])
        rest = gradient.copy()
        rest[: b.size] -= self.limits.A.T @ y
        inner = np.append(self.fit.project(b - rest[: b.size]) - b, rest[b.size :])
        steepest = float(np.abs(inner).max()) / size
        stop = self.watch.stop or (Stop.CONVERGED if steepest <= LOOSE else Stop.STALLED)
        message = "" if stop is Stop.CONVERGED else f"projected gradient {steepest:.1e} after {self.steps} steps"
        claim = self.fit.claim(b, b0, stop, "slsqp", message)
        return replace(claim, hints={**claim.hints, "row_dual": y}) if y.size else claim

    def _size(self) -> float:
        """Norm of the loss's slopes, which bounds a gradient; where they are rounding, what makes them so."""
        slopes = self.fit.slopes(self._at(self.t)[0]) / np.sqrt(self.fit.w)
        terms = self.root * (abs(self.origin) + float(np.abs(self.fit.offset).max()))
        return float(np.linalg.norm(slopes)) + LOOSE * self.unit + ROUNDING / LOOSE * terms

    def _split(self, t: Array) -> tuple[Array, float]:
        p = self.fit.shape[1]
        return self.fit.project(self.unit * t[:p]), self.origin + self.unit * float(t[p:].sum()) / self.root

    def _at(self, t: Array) -> tuple[Array, Array]:
        """Linear predictor and coefficients."""
        p = self.fit.shape[1]
        b = self.unit * t[:p]
        return self.fit.Z.dot(b) + (self.unit * float(t[p:].sum()) / self.root + self.offset), b


def _constraints(limits: Limits, unit: float, size: int) -> list[dict[str, Any]]:
    """Rows of length 1 in SciPy's form, without those that others imply: they were seen to lead SLSQP astray.

    Columns of t beyond those of A are not limited.
    """
    A = np.asarray(limits.A.todense() if is_sparse(limits.A) else limits.A)
    length = np.linalg.norm(A, axis=1)
    length = np.where(length > 0, length, 1.0)
    A, lower, upper = A / length[:, None], limits.rows.lower / length / unit, limits.rows.upper / length / unit
    equal, beyond = _independent(A, lower == upper)
    high = np.flatnonzero(np.isfinite(upper) & beyond)
    low = np.flatnonzero(np.isfinite(lower) & beyond)
    A = np.pad(A, ((0, 0), (0, size - A.shape[1])))
    inner = _tightest(np.vstack([A[low], -A[high]]), np.concatenate([-lower[low], upper[high]]))
    forms = [("eq", A[equal], -lower[equal]), ("ineq", *inner)]
    return [_constraint(*form) for form in forms if form[1].size]


def _constraint(kind: str, matrix: Array, constant: Array) -> dict[str, Any]:
    return {"type": kind, "fun": lambda t: matrix @ t + constant, "jac": lambda _: matrix}


def _independent(A: Array, equal: Array) -> tuple[Array, Array]:
    """Equal rows that span all equal rows, and whether each other row leaves that span."""
    from scipy.linalg import qr

    fixed = np.flatnonzero(equal)
    if not fixed.size:
        return fixed, ~equal
    Q, R, pivots = qr(A[fixed].T, mode="economic", pivoting=True, check_finite=False)
    sizes = np.abs(np.diag(R))
    rank = int((sizes > RANK).sum())
    rest = A - A @ Q[:, :rank] @ Q[:, :rank].T
    return fixed[pivots[:rank]], ~equal & (np.linalg.norm(rest, axis=1) > RANK)


def _tightest(A: Array, constant: Array) -> tuple[Array, Array]:
    """Of parallel rows A t + constant >= 0 the one with the least constant."""
    order = np.argsort(constant, kind="stable")
    _, first = np.unique(np.round(A[order] / PARALLEL), axis=0, return_index=True)
    kept = order[first]
    return A[kept], constant[kept]


def row_duals(limits: Limits, b: Array, gradient: Array) -> Array:
    """Multipliers of the active rows and bounds, of the right signs, that leave the least gradient; those of rows."""
    from scipy.optimize import nnls

    rows, box, activity = limits.rows, limits.box, limits.A @ b
    near = ACTIVE * limits.sizes(b)
    equal = rows.lower == rows.upper
    low = np.flatnonzero((activity - rows.lower <= near) | equal)
    high = np.flatnonzero((rows.upper - activity <= near) | equal)
    y = np.zeros(rows.lower.size)
    if not low.size + high.size:
        return y
    A, unit = np.asarray(limits.A.todense() if is_sparse(limits.A) else limits.A), np.eye(b.size)
    sides = np.vstack([A[low], -A[high], unit[b <= box.lower], -unit[b >= box.upper]])
    length = np.linalg.norm(sides, axis=1)
    length = np.where(length > 0, length, 1.0)
    found = nnls((sides / length[:, None]).T, gradient)[0] / length
    y[low] += found[: low.size]
    y[high] -= found[low.size : low.size + high.size]
    return y
