"""Smooth fits without limits: Newton's method, which is iteratively reweighted least squares for these losses."""

from __future__ import annotations

from collections.abc import Callable
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
FEW_ROWS, ROWS_PER_COLUMN, WORTH_IT, THINNED_STEPS = 2000, 20, 4, 8  # of a start from every k-th row
FEW_COLUMNS = 20  # a Hessian of so few is as cheap as a gradient
CONTRACTING = 0.2  # an old Hessian that shrinks the decrement less than this is given up
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
        first = fit.start(start)
        state = _State(fit, *(_thinned(fit, first) if start is None else first))
        separation = Separation(fit, "newton", watch, aim)
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


def _thinned(fit: Standard, start: tuple[Array, float]) -> tuple[Array, float]:
    """Start from the answer of every k-th row, where these are few enough to cost next to nothing, and it is better."""
    n, p = fit.shape
    every = n // max(FEW_ROWS, ROWS_PER_COLUMN * p)
    if every < WORTH_IT or fit.loss.joint:
        return start
    fewer = fit.thinned(every)
    state = _State(fewer, *start)
    for _ in range(THINNED_STEPS):
        if not state.step():
            break
    values = [fit.value(fit.eta(b, b0), b) for b, b0 in (start, (state.b, state.b0))]
    return (state.b, state.b0) if values[1] < values[0] else start


class _State:
    """Coefficients, their predictor and objective, and the last Hessian as a function that gives directions."""

    def __init__(self, fit: Standard, b: Array, b0: float) -> None:
        self.fit, self.b, self.b0 = fit, b, b0
        self.eta = fit.eta(b, b0)
        self.value = fit.value(self.eta, b)
        self.decrement = np.inf
        self.hessian: _Hessian | None = None

    def step(self) -> bool:
        """Take one Newton step; False when only rounding is left to gain."""
        fit, last, fresh = self.fit, self.decrement, self.hessian is None
        u = fit.slopes(self.eta)
        gradient = fit.Z.t_dot(u) + fit.penalty.l2 * self.b
        hessian = self.hessian or _Hessian(fit, fit.curvatures(self.eta))
        d, d0 = hessian.direction(gradient, float(u.sum()))
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
            self.hessian = None
            return not fresh  # an old one may be wrong; one of this point is not
        self.b, self.b0, self.eta, self.value = b, self.b0 + length * d0, eta, value
        # one that still fits saves a pass over all pairs of columns
        kept = length == 1.0 and fit.shape[1] > FEW_COLUMNS and (fresh or self.decrement <= CONTRACTING * last)
        self.hessian = hessian if kept else None
        exhausted = self.decrement**2 <= small and (self.decrement >= 0.5 * last or not fresh)
        return not (exhausted or self.decrement == 0 or self.decrement**2 <= ROUNDING**2 * self.value)


class _Hessian:
    """Second derivatives at one point, factorised; the intercept is eliminated."""

    def __init__(self, fit: Standard, h: Array) -> None:
        self.fit, self.weight = fit, float(h.sum())
        H, self.means = fit.gram(h)
        H[np.diag_indices_from(H)] += fit.penalty.l2
        fit.check()
        self.solve = _solver(fit, H)

    def direction(self, gradient: Array, total: float) -> tuple[Array, float]:
        """Newton direction; dependent columns get the step of least norm."""
        d = self.solve(self.means * total - gradient)
        d0 = -total / self.weight - float(self.means @ d) if self.fit.intercept and self.weight > 0 else 0.0
        return d, d0


def _solver(fit: Standard, H: Array) -> Callable[[Array], Array]:
    """H^-1 by Cholesky, or by eigenvalues where H is singular to rounding."""
    from scipy.linalg import cho_factor, cho_solve

    size = np.sqrt(np.maximum(np.diag(H), 0.0))
    size = np.where(size > 0, size, 1.0)
    M = H / np.outer(size, size)
    try:
        factor = cho_factor(M, check_finite=False)
        if np.diag(factor[0]).min() ** 2 > CLEAR:
            return lambda right: cho_solve(factor, right / size, check_finite=False) / size
    except np.linalg.LinAlgError:
        pass
    fit.check()
    values, vectors = np.linalg.eigh(M)
    kept = values > RANK * M.shape[0] * values[-1]
    return lambda right: vectors[:, kept] @ ((vectors[:, kept].T @ (right / size)) / values[kept]) / size
