"""Smooth fits without limits: Newton's method, which is iteratively reweighted least squares for these losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._class_standard import standard_of, width
from thalweg.solvers._separation import Separation
from thalweg.solvers._standard import Standard, failed
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

LARGEST = 5000  # columns whose Hessian is formed and factorised
RANK = 1e-14  # eigenvalues of the scaled Hessian below this share of the largest are rounding
CLEAR = 1e-10  # a least squared pivot above this shows that there is none
ARMIJO = 1e-4
ROUNDING = 1e-15  # relative changes of the objective below a few of these mean nothing


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
        state, separation = _State(fit, *fit.start(start)), Separation(fit, "newton", watch, aim)
        stop = Stop.STEP_LIMIT
        for _ in range(self.max_steps):
            progress = state.step()
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
        return fit.claim(state.b, state.b0, stop, "newton")


class _State:
    """Coefficients, their predictor and objective."""

    def __init__(self, fit: Standard, b: Array, b0: float) -> None:
        self.fit, self.b, self.b0 = fit, b, b0
        self.eta = fit.eta(b, b0)
        self.value = fit.value(self.eta, b)
        self.decrement = np.inf

    def step(self) -> bool:
        """Take one Newton step; False when only rounding is left to gain."""
        fit, last = self.fit, self.decrement
        u, h = fit.slopes(self.eta), fit.curvatures(self.eta)
        gradient = fit.Z.t_dot(u) + fit.penalty.l2 * self.b
        d, d0 = _direction(fit, h, gradient, float(u.sum()))
        slope = float(gradient @ d) + float(u.sum()) * d0
        self.decrement = np.sqrt(max(-slope, 0.0))
        image = fit.Z.dot(d) + d0
        small = ROUNDING * self.value
        length = 1.0
        while length > 1e-10:
            b, eta = self.b + length * d, self.eta + length * image
            value = fit.value(eta, b)
            if value <= self.value + ARMIJO * length * slope + small:
                break
            length /= 2
        else:
            return False
        self.b, self.b0, self.value = b, self.b0 + length * d0, value
        self.eta = fit.eta(self.b, self.b0)
        exhausted = self.decrement**2 <= small and self.decrement >= 0.5 * last
        return not (exhausted or self.decrement == 0 or self.decrement**2 <= ROUNDING**2 * self.value)


def _direction(fit: Standard, h: Array, gradient: Array, total: float) -> tuple[Array, float]:
    """Newton direction; the intercept is eliminated, and dependent columns get the step of least norm."""
    H, means = fit.gram(h)
    H[np.diag_indices_from(H)] += fit.penalty.l2
    fit.check()
    d = _solved(fit, H, means * total - gradient)
    weight = float(h.sum())
    return d, -total / weight - float(means @ d) if fit.intercept and weight > 0 else 0.0


def _solved(fit: Standard, H: Array, right: Array) -> Array:
    """H^-1 right by Cholesky, or by eigenvalues where H is singular to rounding."""
    from scipy.linalg import cho_factor, cho_solve

    size = np.sqrt(np.maximum(np.diag(H), 0.0))
    size = np.where(size > 0, size, 1.0)
    M, right = H / np.outer(size, size), right / size
    try:
        factor = cho_factor(M, check_finite=False)
        if np.diag(factor[0]).min() ** 2 > CLEAR:
            return cho_solve(factor, right, check_finite=False) / size
    except np.linalg.LinAlgError:
        pass
    fit.check()
    values, vectors = np.linalg.eigh(M)
    kept = values > RANK * M.shape[0] * values[-1]
    return vectors[:, kept] @ ((vectors[:, kept].T @ right) / values[kept]) / size
