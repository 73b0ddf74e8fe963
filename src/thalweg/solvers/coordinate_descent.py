"""Fits with l1 penalties and limits: coordinate descent on quadratic models of the objective."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._class_standard import standard_of
from thalweg.solvers._grouped_quadratic import GroupedQuadratic
from thalweg.solvers._separation import Separation
from thalweg.solvers._signed_quadratic import SignedQuadratic
from thalweg.solvers._standard import Standard, failed
from thalweg.solvers.registry import solver
from thalweg.terms.grouped import GroupedElasticNet
from thalweg.watch import Watch

LARGEST = 4000  # coefficients that move at a time: their Gram matrix is dense
FIRST = 50  # coefficients admitted at a time, at least
OPTIMAL = 1e-13  # violation of the optimality conditions, relative to the loss's slopes: rounding
LOOSE = 1e-8  # a violation above this is no success
ARMIJO = 0.1
ROUNDING = 1e-15
NOISE = 1e-2  # times OPTIMAL: the rounding of a slope, relative to the terms of its predictor
PATIENCE = 3  # steps without gain


@solver(
    "coordinate-descent",
    solves=(Fit, MultinomialFit),
    handles={"l1", "box", "sparse", "groups"},
    needs={"slope", "curvature"},
    rank=30,
    warm=True,
)
@dataclass(frozen=True)
class CoordinateDescent:
    """Proximal Newton steps (Lee, Sun and Saunders 2014) on a working set of coefficients.

    Each quadratic model is minimised by cyclic coordinate descent, and then exactly on the support that it found. For
    the squared loss the model is the problem. The intercept is an unpenalised coordinate, eliminated from each model.
    Groups of coefficients are moved group by group.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.Fit([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]], [1.0, 3.0, 5.0], l1=1.0)
    >>> tw.solve(problem, solver="coordinate-descent").coef.round(9)
    array([1.5, 0. ])
    """

    max_steps: int = 200

    def solve(self, problem: Fit | MultinomialFit, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the minimiser with exact zeros, and coefficients at their limits exactly there."""
        classes = problem.classes if isinstance(problem, MultinomialFit) else 1
        unpenalised = classes * int((problem.l1 == 0).sum())
        if unpenalised > LARGEST:
            reason = (
                f"{unpenalised} coefficients without l1 penalty are more than the {LARGEST} that it moves at a time"
            )
            return failed("coordinate-descent", reason)
        fit = standard_of(problem, watch)
        state, separation = _State(fit, *fit.start(start)), Separation(fit, "coordinate-descent", watch, aim)
        stop, idle = Stop.STEP_LIMIT, 0
        for _ in range(self.max_steps):
            if state.violation <= OPTIMAL or idle >= PATIENCE:
                stop = Stop.CONVERGED if state.violation <= LOOSE else Stop.STALLED
                break
            if not watch.step(objective=state.value, violation=state.violation):
                stop = watch.stop or stop
                break
            idle = 0 if state.step(watch) else idle + 1
            fit.offer(watch, state.value, state.b, state.b0)
            ended = separation.claim(state.b, state.b0, state.eta)
            if ended is not None:
                return ended
        message = (
            "" if stop is Stop.CONVERGED else f"optimality conditions violated by {state.violation:.1e} (relative)"
        )
        return fit.claim(state.b, state.b0, stop, "coordinate-descent", message)


class _State:
    """Coefficients with what follows from them: predictor, objective, slopes and the violation of optimality."""

    def __init__(self, fit: Standard, b: Array, b0: float) -> None:
        self.fit = fit
        self._move(b, b0, fit.eta(b, b0))

    def _move(self, b: Array, b0: float, eta: Array) -> None:
        fit = self.fit
        self.b, self.b0, self.eta = b, b0, eta
        self.value = fit.value(eta, b)
        self.u, self.h = fit.slopes(eta), fit.curvatures(eta)
        self.gradient = fit.Z.t_dot(self.u)
        drift = self.gradient + fit.penalty.l2 * b
        self.off = np.abs(np.clip(fit.penalty.shrink(b - drift), fit.lower, fit.upper) - b)
        self.violation = self._violation()

    def _violation(self) -> float:
        """Largest violation of optimality, relative to the slopes, or to coefficients where slopes are rounding."""
        fit = self.fit
        root = float(np.sqrt(fit.w.sum()))
        worst = max(float(self.off.max()), abs(float(self.u.sum())) / root if fit.intercept else 0.0)
        terms = float(np.abs(self.b).sum()) + root * (abs(self.b0) + float(np.abs(fit.offset).max()))
        size = float(np.linalg.norm(self.u / np.sqrt(fit.w))) + NOISE * float((self.h / fit.w).max()) * terms
        return worst / size if size > 0 else 0.0

    def step(self, watch: Watch) -> bool:
        """Minimise the model on the working set and go there, or part of the way; False if nothing was gained.

        A model of a loss that is nearly flat here promises too much, and one of its largest curvatures takes its place.
        """
        before, off, most = self.value, self.violation, self.fit.loss.max_curvature
        for h in (self.h, self.fit.w * most if np.isfinite(most) and off > LOOSE else None):
            moved = h is not None and self._follow(*self._direction(h, self._working_set(), watch))
            if moved and (self.value < before * (1 - ROUNDING) or self.violation < 0.5 * off):
                return True
        return False

    def _follow(self, d: Array, d0: float) -> bool:
        """Go along a direction, halving the step until the objective falls; False if it does not."""
        fit, before = self.fit, self.value
        if not np.isfinite(d).all():
            return False
        image = fit.Z.dot(d) + d0
        change = float(self.u @ image) + fit.penalty.value(self.b + d) - fit.penalty.value(self.b)
        length = 1.0
        while length > 1e-10:
            b = fit.project(self.b + length * d)
            eta = self.eta + length * image
            value = fit.value(eta, b)
            if value <= before + ARMIJO * length * min(change, 0.0) + ROUNDING * before:
                break
            length /= 2
        else:
            return False
        b0 = self.b0 + length * d0
        self._move(b, b0, eta if (b == self.b + length * d).all() else fit.eta(b, b0))
        return True

    def _working_set(self) -> Array:
        """Coefficients that are not 0, and those that violate optimality most."""
        if self.fit.whole:
            return np.arange(self.b.size)
        support = self.b != 0
        room = max(FIRST, 2 * int(support.sum()))
        candidates = np.flatnonzero(~support & (self.off > 0))
        if candidates.size > room:
            candidates = candidates[np.argsort(-self.off[candidates])[:room]]
        chosen, penalty = np.union1d(np.flatnonzero(support), candidates)[:LARGEST], self.fit.penalty
        if isinstance(penalty, GroupedElasticNet):
            chosen = np.flatnonzero(np.isin(penalty.groups, penalty.groups[chosen]))
        return chosen

    def _direction(self, h: Array, W: Array, watch: Watch) -> tuple[Array, float]:
        """Step to the minimiser of the quadratic model of curvatures h over the coefficients W and the intercept."""
        fit, penalty, now = self.fit, self.fit.penalty, self.b[W]
        G, means = fit.gram(h, W)
        total, weight = float(self.u.sum()), float(h.sum())
        c = G @ now - (self.gradient[W] - means * total)
        G[np.diag_indices_from(G)] += penalty.l2[W]
        d = np.zeros(self.b.size)
        if W.size:
            ends = fit.lower[W], fit.upper[W]
            grouped = isinstance(penalty, GroupedElasticNet)
            model = (
                GroupedQuadratic(G, c, penalty.part(W), *ends)
                if grouped
                else SignedQuadratic(G, c, penalty.l1[W], *ends)
            )
            d[W] = model.minimise(now, watch) - now
        d0 = -total / weight - float(means @ d[W]) if fit.intercept and weight > 0 else 0.0
        return d, d0
