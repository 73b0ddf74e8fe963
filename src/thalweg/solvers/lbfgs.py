"""Smooth fits with many columns, with or without limits: limited-memory quasi-Newton steps by SciPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._class_standard import standard_of
from thalweg.solvers._separation import Separation
from thalweg.solvers._standard import Standard, failed
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

MEMORY = 30  # pairs of steps and gradients that shape the next step
SMALLEST = 1e-13  # projected gradient, relative to the loss's own: rounding
LOOSE = 1e-6  # a projected gradient above this is no success
PERFECT = SMALLEST / LOOSE  # slopes below this share of the first ones are those of a perfect fit


@solver("lbfgs", solves=(Fit, MultinomialFit), handles={"box", "sparse"}, needs={"slope"}, rank=40, warm=True)
@dataclass(frozen=True)
class LBFGS:
    """L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995) in centred, scaled columns; one product with X and X' per step.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.Fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], l2=1.0, upper=1.0)
    >>> tw.solve(problem, solver="lbfgs").coef.round(6)
    array([1.])
    """

    max_steps: int = 20_000

    def solve(self, problem: Fit | MultinomialFit, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the minimiser to the accuracy that gradients allow."""
        try:
            fit = standard_of(problem, watch)
            b, b0 = fit.start(start)
            b, b0, stop, message = _Run(fit, watch, b0).minimised(b, self.max_steps)
            b0 = fit.settled(b, b0)
        except (ValueError, RuntimeError) as error:
            return failed("lbfgs", f"SciPy's L-BFGS-B failed: {error}")
        ended = Separation(fit, "lbfgs", watch, aim).claim(b, b0, fit.eta(b, b0))
        return ended or fit.claim(b, b0, stop, "lbfgs", message)


class _Run:
    """The objective of (b, b0 - origin) as SciPy wants it: a large intercept would take digits from every step."""

    def __init__(self, fit: Standard, watch: Watch, origin: float) -> None:
        self.fit, self.watch, self.origin = fit, watch, origin
        self.offset = origin + fit.offset
        self.root = float(np.sqrt(fit.w.sum()))  # scales b0 like a column of unit norm

    def minimised(self, b: Array, max_steps: int) -> tuple[Array, float, Stop, str]:
        """Run SciPy until rounding stops it, and say how it ended."""
        from scipy.optimize import Bounds, minimize

        fit = self.fit
        theta = np.append(b, 0.0)
        first = max(self._size(theta), self._size(np.zeros(theta.size)))  # a perfect start has no slopes at all
        free = np.full(1, np.inf if fit.intercept else 0.0)
        bounds = Bounds(np.append(fit.lower, -free), np.append(fit.upper, free))
        options = {"maxcor": MEMORY, "maxiter": max_steps, "maxfun": 2 * max_steps}
        options |= {"ftol": 0.0, "gtol": SMALLEST * first}
        result = minimize(
            self.value, theta, jac=True, method="L-BFGS-B", bounds=bounds, options=options, callback=self.after_step
        )
        stop = self.watch.stop or (Stop.STEP_LIMIT if result.nit >= max_steps else Stop.CONVERGED)
        steepest = self._steepest(result.x, result.jac) / (self._size(result.x) + PERFECT * first)
        if stop is Stop.CONVERGED and not steepest <= LOOSE:
            stop = Stop.STALLED
        message = "" if stop is Stop.CONVERGED else f"projected gradient {steepest:.1e} after {result.nit} steps"
        return *self._split(result.x), stop, message

    def value(self, theta: Array) -> tuple[float, Array]:
        """Objective and gradient."""
        fit = self.fit
        self.watch.check()  # a line search takes many values between two steps
        b, eta = theta[:-1], self._eta(theta)
        u = fit.slopes(eta)
        gradient = np.append(fit.Z.t_dot(u) + fit.penalty.l2 * b, u.sum() / self.root if fit.intercept else 0.0)
        return fit.value(eta, b), gradient

    def after_step(self, intermediate_result: Any) -> None:
        """Report, keep the point, and stop where the watch says so."""
        value = float(intermediate_result.fun)
        self.fit.offer(self.watch, value, *self._split(intermediate_result.x))
        if not self.watch.step(objective=value):
            raise StopIteration

    def _split(self, theta: Array) -> tuple[Array, float]:
        return theta[:-1], self.origin + float(theta[-1]) / self.root

    def _eta(self, theta: Array) -> Array:
        return self.fit.Z.dot(theta[:-1]) + (float(theta[-1]) / self.root + self.offset)

    def _size(self, theta: Array) -> float:
        """Norm of the loss's slopes: what a gradient along a column of unit norm can be at most."""
        slopes = self.fit.slopes(self._eta(theta))
        return max(float(np.linalg.norm(slopes / np.sqrt(self.fit.w))), float(np.finfo(float).tiny))

    def _steepest(self, theta: Array, gradient: Array) -> float:
        """Largest entry of the projected gradient."""
        lower, upper = np.append(self.fit.lower, -np.inf), np.append(self.fit.upper, np.inf)
        return float(np.abs(np.clip(theta - gradient, lower, upper) - theta).max())
