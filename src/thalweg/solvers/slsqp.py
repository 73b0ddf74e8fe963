"""Small smooth fits with linear rows on the coefficients: sequential least squares by SciPy."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.fit import Fit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._row_limits import Limits
from thalweg.solvers._scipy_rows import row_duals, scipy_rows
from thalweg.solvers._separation import Separation
from thalweg.solvers._standard import Standard, failed
from thalweg.solvers.registry import solver
from thalweg.terms.rounding import power_of_two
from thalweg.watch import Stopped, Watch

LARGEST = 200  # columns; each step costs their cube
ACCURACY = 1e-15  # asked for in an objective of size 1; rounding stops it before
LOOSE = 1e-6  # a projected gradient above this is no success
FEASIBLE = 1e-9  # nor is a row violated by more than this share of its terms
ROUNDING = 1e-15
EDGE = 1e-12  # a coefficient this close to its bound, relative to the sizes of both, is meant to be there


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
        try:
            fit = Standard(problem, watch)
            run = _Run(fit, watch, *fit.start(start))
            run.minimise(self.max_steps)
        except (ValueError, RuntimeError) as error:
            return failed("slsqp", f"SciPy's SLSQP failed: {error}")
        if run.off > FEASIBLE and watch.stop is None:
            run.restore(aim)
        if run.off > FEASIBLE:
            ray = None if watch.stop is not None else run.limits.inside(watch, aim).ray
            hints = {} if ray is None else {"ray": ray}
            stop = Stop.INFEASIBLE if ray is not None else watch.stop or Stop.FAILED
            return Claim({}, hints, stop, "slsqp", f"a row is violated by {run.off:.1e} of its terms")
        b, b0 = run.point
        return Separation(fit, "slsqp", watch, aim).claim(b, b0, fit.eta(b, b0)) or run.claim()


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
        self.moving = np.flatnonzero(fit.lower < fit.upper)  # fixed columns were seen to lead SLSQP astray
        self.fixed = np.where(fit.lower < fit.upper, 0.0, fit.lower)
        self.t = np.append(b[self.moving] / self.unit, np.zeros(int(fit.intercept)))
        self.steps = 0

    def minimise(self, max_steps: int) -> None:
        """Run SciPy until rounding, or the watch, stops it."""
        from scipy.optimize import Bounds, minimize

        fit, free = self.fit, np.full(int(self.fit.intercept), np.inf)
        lower, upper = fit.lower[self.moving] / self.unit, fit.upper[self.moving] / self.unit
        bounds = Bounds(np.append(lower, -free), np.append(upper, free))
        options = {"maxiter": max_steps, "ftol": ACCURACY}
        if not (self.watch.step(objective=fit.value(*self._at(self.t))) and self.t.size):
            return
        constraints = self._constraints()
        with suppress(StopIteration, Stopped):  # older versions of SciPy let the first through
            result = minimize(
                self.value, self.t, jac=True, method="SLSQP", bounds=bounds, options=options,
                constraints=constraints, callback=self.after_step,
            )  # fmt: skip
            self.t = result.x  # the last step is not reported

    def restore(self, aim: Tolerance) -> None:
        """Go to the nearest point inside the rows: at a corner SciPy's last point misses them by its own size."""
        near = self.limits.nearest(self._split(self.t)[0], self.watch, aim)
        self.t = np.append(near[self.moving] / self.unit, self.t[self.moving.size :])

    def _constraints(self) -> list[dict[str, Any]]:
        """Rows on t; the intercept, last, is not limited."""
        A, rows = self.limits.dense(), self.limits.rows
        held = A @ self.fixed
        moving = np.pad(A[:, self.moving], ((0, 0), (0, int(self.fit.intercept))))
        return scipy_rows(moving, (rows.lower - held) / self.unit, (rows.upper - held) / self.unit)

    def value(self, t: Array) -> tuple[float, Array]:
        """Objective and gradient."""
        self.watch.check()  # a line search takes many values between two steps
        fit = self.fit
        eta, b = self._at(t)
        u = fit.slopes(eta)
        gradient = (fit.Z.t_dot(u) + fit.penalty.l2 * b)[self.moving]
        if fit.intercept:
            gradient = np.append(gradient, u.sum() / self.root)
        return fit.value(eta, b) / self.unit**2, gradient / self.unit

    def after_step(self, t: Array) -> None:
        """Report, keep a feasible point, and stop where the watch says so."""
        self.t, self.steps = np.array(t), self.steps + 1
        eta, b = self._at(t)
        value = self.fit.value(eta, b)
        if self.off <= FEASIBLE:
            self.fit.offer(self.watch, value, *self._split(t))
        if not self.watch.step(objective=value):
            raise StopIteration

    @property
    def point(self) -> tuple[Array, float]:
        """Coefficients and intercept reached."""
        return self._split(self.t)

    @property
    def off(self) -> float:
        """Largest violation of a row, relative to its terms."""
        return self.limits.violation(self._split(self.t)[0])

    def claim(self) -> Claim:
        """Claim the last point, with row duals; the gradient that they leave says whether it converged."""
        b, b0 = self._split(self.t)
        for bound in (self.fit.lower, self.fit.upper):
            b = np.where(np.abs(b - bound) <= EDGE * (np.abs(b) + self.unit), bound, b)
        eta = self._at(self.t)[0]
        u = self.fit.slopes(eta)
        gradient = self.fit.Z.t_dot(u) + self.fit.penalty.l2 * b
        y = row_duals(self.limits, b, gradient)
        rest = self.fit.project(b - gradient + self.limits.A.T @ y) - b
        rest = np.append(rest, u.sum() / self.root if self.fit.intercept else 0.0)
        steepest = float(np.abs(rest).max()) / self._size(u)
        stop = self.watch.stop or (Stop.CONVERGED if steepest <= LOOSE else Stop.STALLED)
        message = "" if stop is Stop.CONVERGED else f"projected gradient {steepest:.1e} after {self.steps} steps"
        claim = self.fit.claim(b, b0, stop, "slsqp", message)
        return replace(claim, hints={**claim.hints, "row_dual": y}) if y.size else claim

    def _size(self, u: Array) -> float:
        """Norm of the loss's slopes, which bounds a gradient; where they are rounding, what makes them so."""
        terms = self.root * (abs(self.origin) + float(np.abs(self.fit.offset).max()))
        return (
            float(np.linalg.norm(u / np.sqrt(self.fit.w))) + (np.sqrt(ACCURACY) * self.unit + ROUNDING * terms) / LOOSE
        )

    def _split(self, t: Array) -> tuple[Array, float]:
        """Coefficients and intercept."""
        b, k = self.fixed.copy(), self.moving.size
        b[self.moving] = self.unit * t[:k]
        return self.fit.project(b), self.origin + self.unit * float(t[k:].sum()) / self.root

    def _at(self, t: Array) -> tuple[Array, Array]:
        """Linear predictor and coefficients."""
        b = self._split(t)[0]
        return self.fit.Z.dot(b) + (self.unit * float(t[self.moving.size :].sum()) / self.root + self.offset), b
