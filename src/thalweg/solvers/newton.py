"""Smooth fits without limits: Newton's method, which is iteratively reweighted least squares for these losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._class_standard import standard_of, width
from thalweg.solvers._metric import Metric
from thalweg.solvers._separation import Separation
from thalweg.solvers._standard import Standard, failed
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

LARGEST = 5000  # columns whose Hessian is formed and factorised
ARMIJO = 1e-4
THINNED, FEWEST, ROWS_PER_COLUMN = 8, 1000, 10  # every k-th row gives a start, if these are enough
CHEAP = 2e6  # multiplications of a Hessian that takes no longer than the rest of a step
LOOSE, STEPS_OF_A_START = 1e-4, 12  # a share of the objective to which a start is worth improving
CONTRACTING = 0.3  # a metric that shrinks the decrement less than this is given up
STUCK = 1e-8  # share of the objective left to gain that is no rounding
ROUNDING = 1e-15  # relative changes of the objective below a few of these mean nothing
FINE = 1e-13  # share of the objective left to gain that nobody asks for, if the proof is easy
PROVED = 0.03  # share of the tolerance by which slopes that a ridge must hold may be off


@solver("newton", solves=(Fit, MultinomialFit), handles={"sparse"}, needs={"slope", "curvature"}, rank=20)
@dataclass(frozen=True)
class Newton:
    """Newton's method with step halving (Armijo) in centred, scaled columns, down to rounding.

    Where predictions run away, a linear program looks for a direction that separates the classes: then there is no
    minimiser, and the direction is the answer.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.Fit([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1], loss="logistic")
    >>> tw.solve(problem, solver="newton").coef.round(6)
    array([0.908184])
    """

    max_steps: int = 200

    def solve(self, problem: Fit | MultinomialFit, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the minimiser, or a direction that shows there is none."""
        if width(problem) > LARGEST:
            return failed("newton", f"{width(problem)} columns are more than the {LARGEST} whose Hessian it factorises")
        fit = standard_of(problem, watch)
        state = _State(fit, *fit.start(start)) if start is not None else _thinned(fit, *fit.start(None))
        separation = Separation(fit, "newton", watch, aim)
        stop = Stop.STEP_LIMIT
        for _ in range(self.max_steps):
            progress = state.step() and not state.proved(aim)
            fit.offer(watch, state.value, state.b, state.b0)
            ended = separation.claim(state.b, state.b0, state.eta)
            if ended is not None:
                return ended
            if not progress:
                stop = Stop.CONVERGED
                break
            if not watch.step(objective=state.value, decrement=state.decrement):
                stop = watch.stop or stop
                break
        return fit.claim(state.b, state.balanced(), stop, "newton")


def _thinned(fit: Standard, b: Array, b0: float) -> _State:
    """Start from the answer of every k-th row, and with its metric, where these rows are enough to tell."""
    n, p = fit.shape
    if n // THINNED < max(FEWEST, ROWS_PER_COLUMN * p) or fit.loss.joint:
        return _State(fit, b, b0)
    few = _thinned(fit.thinned(THINNED), b, b0)
    for _ in range(STEPS_OF_A_START):
        if not few.step() or few.left() <= LOOSE * few.value:
            break
    state = _State(fit, few.b, few.b0, few.metric)
    return state if state.value < fit.value(fit.eta(b, b0), b) else _State(fit, b, b0)


class _State:
    """Coefficients, their predictor, objective and gradient, and the metric of the next step."""

    def __init__(self, fit: Standard, b: Array, b0: float, metric: Metric | None = None) -> None:
        self.fit, self.b, self.b0, self.metric = fit, b, b0, metric
        self.eta = fit.eta(b, b0)
        self.value = fit.value(self.eta, b)
        self.decrement = np.inf
        self.gradient = self._gradient()
        n, p = fit.shape
        self.cheap = n * p * p <= CHEAP

    def _gradient(self) -> Array:
        """Slopes along the coefficients, and along the intercept if there is one."""
        u = self.fit.slopes(self.eta)
        slopes = self.fit.Z.t_dot(u) + self.fit.penalty.l2 * self.b
        return np.append(slopes, u.sum()) if self.fit.intercept else slopes

    def step(self) -> bool:
        """Take one Newton step; False when only rounding is left to gain.

        Where the loss is so flat that a step of its own curvature helps nothing, its largest curvatures take its place.
        """
        fit, last, fresh, most = self.fit, self.decrement, self.metric is None, self.fit.loss.max_curvature
        metric = self.metric or Metric(fit, fit.curvatures(self.eta))
        length = self._follow(metric)
        if not length:
            self.metric = None
            stuck = fresh and self.decrement**2 > STUCK * self.value and np.isfinite(most)
            return not fresh or (stuck and self._follow(Metric(fit, fit.w * most)) > 0)
        kept = length == 1.0 and not self.cheap and (fresh or self.decrement <= CONTRACTING * last)
        self.metric = metric if kept else None
        small = ROUNDING * self.value
        exhausted = self.decrement**2 <= small and (self.decrement >= 0.5 * last or not fresh)
        return not (exhausted or self.decrement == 0 or self.decrement**2 <= ROUNDING**2 * self.value)

    def _follow(self, metric: Metric) -> float:
        """Go along the metric's direction, halving the step until the objective falls; return the length, or 0."""
        fit = self.fit
        direction = metric.direction(self.gradient)
        slope = float(self.gradient @ direction)
        self.decrement = np.sqrt(max(-slope, 0.0))
        d, d0 = (direction[:-1], float(direction[-1])) if fit.intercept else (direction, 0.0)
        image = fit.Z.dot(d) + d0
        length = fit.longest(image)
        while length > 1e-10:
            b, eta = self.b + length * d, self.eta + length * image
            value = fit.value(eta, b)
            if value <= self.value + ARMIJO * length * slope + ROUNDING * self.value:
                break
            length /= 2
        else:
            return 0.0
        before = self.gradient
        self.b, self.b0, self.eta, self.value = b, self.b0 + length * d0, eta, value
        self.gradient = self._gradient()
        metric.learn(length * direction, self.gradient - before)
        return length

    def left(self) -> float:
        """About twice what is left to gain."""
        return (
            self.decrement**2 if self.metric is None else -float(self.gradient @ self.metric.direction(self.gradient))
        )

    def proved(self, aim: Tolerance) -> bool:
        """Whether next to nothing is left to gain, and a ridge on every coefficient makes that easy to prove."""
        l2 = self.fit.penalty.l2
        if not (l2 > 0).all() or self.left() > FINE * self.value:
            return False
        return float((self.gradient[: l2.size] ** 2 / (2 * l2)).sum()) <= PROVED * aim.gap * self.value

    def balanced(self) -> float:
        """Return the intercept at which the slopes sum to 0, as far as float64 tells."""
        fit, b0, eta = self.fit, self.b0, self.eta
        total = np.inf
        while fit.intercept:
            slope, curvature = float(fit.slopes(eta).sum()), float(fit.curvatures(eta).sum())
            if not abs(slope) < 0.5 * total or not curvature > 0:
                break
            total, b0 = abs(slope), b0 - slope / curvature
            eta = self.eta + (b0 - self.b0)
        return b0
