"""Fits with linear rows on the coefficients: reweighted least squares, each a small quadratic program."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._class_standard import standard_of, width
from thalweg.solvers._program import Answer
from thalweg.solvers._row_limits import Limits
from thalweg.solvers._separation import Separation
from thalweg.solvers._split_program import SplitProgram
from thalweg.solvers._standard import Standard, failed
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

LARGEST = 2000  # columns whose Hessian is formed and factorised in each step of each quadratic program
FEASIBLE = 1e-10  # rows that hold to this share of their own terms hold
NEAR = 1e-6  # once a model promises less than this share, the active limits are known: equations replace the program
OPTIMAL = 1e-10  # what is left to gain when it has converged
SETTLED = 1e-11  # equations that leave more than this to a proof were those of other limits
POOR = 1e-6  # a minimiser of the model that leaves more than this to a proof says nothing of the end
ARMIJO = 1e-4
ROUNDING = 1e-15
PATIENCE = 2  # steps near the end that gain nothing


@solver(
    "irls",
    solves=(Fit, MultinomialFit),
    handles={"l1", "box", "rows", "sparse"},
    needs={"slope", "curvature"},
    rank=50,
)
@dataclass(frozen=True)
class Irls:
    """Iteratively reweighted least squares over the box and the rows, with step halving (Armijo).

    Each model is a quadratic program, solved by PIQP; near the end only the equations of its active limits are solved,
    so that coefficients at a limit or at 0 lie there exactly. For the squared loss the model is the problem. Rows that
    contradict each other come with a ray, separable data with a direction.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.Fit([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]], [1.0, 3.0, 5.0], A=[[1.0, 1.0]], row_upper=[1.0])
    >>> solution = tw.solve(problem, solver="irls")
    >>> solution.coef.round(9), solution.duals.round(9), solution.certificate.verdict.name
    (array([ 1.75, -0.75]), array([-0.5]), 'PROVED')
    """

    max_steps: int = 200

    def solve(self, problem: Fit | MultinomialFit, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the minimiser with its row duals, or a ray or direction that shows there is none."""
        if width(problem) > LARGEST:
            reason = f"{width(problem)} columns are more than the {LARGEST} whose Hessian it factorises"
            return failed("irls", reason)
        fit = standard_of(problem, watch)
        state = _State(fit, Limits.of(fit), *fit.start(start))
        separation, stop = Separation(fit, "irls", watch, aim), Stop.STEP_LIMIT
        for _ in range(self.max_steps):
            if not watch.step(objective=state.value, decrement=state.decrement):
                stop = watch.stop or stop
                break
            lost = state.step(watch, aim)
            if lost is not None:
                return _claimed_lost(lost)
            if state.feasible:
                fit.offer(watch, state.value, state.b, state.b0)
            ended = separation.claim(state.b, state.b0, state.eta) if state.feasible else None
            if ended is not None:
                return ended
            if state.idle >= PATIENCE:
                stop = Stop.CONVERGED if state.optimal else Stop.STALLED
                break
        return state.claim(stop)


def _claimed_lost(answer: Answer) -> Claim:
    """Claim that there is no point, with the ray if there is one."""
    hints = {} if answer.ray is None else {"ray": answer.ray}
    stop = answer.stop if answer.stop is Stop.INFEASIBLE else Stop.FAILED
    return Claim({}, hints, stop, "irls", answer.message)


class _State:
    """Coefficients and row duals, with predictor and objective."""

    def __init__(self, fit: Standard, limits: Limits, b: Array, b0: float) -> None:
        self.fit, self.limits = fit, limits
        self.y = np.zeros(limits.rows.lower.size)
        self.decrement, self.least, self.idle, self.near = np.inf, np.inf, 0, False
        self.lost = False  # whether the last step of the loss's own curvature helped nothing
        self.entered = False  # whether the rows were looked for without the loss
        self.merit = np.inf  # of the last model's minimiser: how far it is from a proof
        self.formed: tuple[Array, tuple[Array, Array]] | None = None
        self._move(b, b0)
        self.exact, self.first = self.eta, self.value
        self.feasible = limits.violation(self.b) <= FEASIBLE

    def _move(self, b: Array, b0: float) -> None:
        self.b, self.b0 = self.fit.project(b), b0
        self.eta = self.fit.eta(self.b, b0)
        self.value = self.fit.value(self.eta, self.b)

    @property
    def optimal(self) -> bool:
        """Whether the last model promised next to nothing, and its minimiser is one."""
        small = self.decrement <= OPTIMAL * (self.size + ROUNDING * self.first)
        return self.feasible and small and self.merit <= POOR

    def claim(self, stop: Stop) -> Claim:
        """Claim the point; one that no quadratic program has brought inside the rows yet is none."""
        message = "" if stop is Stop.CONVERGED else f"the last model promised {self.decrement:.1e} less"
        if not self.feasible:
            return Claim(stop=stop, by="irls", message="no point inside the rows was found yet")
        claim, source = self.fit.claim(self.b, self.b0, stop, "irls", message), self.fit.problem
        eta = np.zeros(source.weights.size)  # rows of weight 0 have no say
        eta[source.weights > 0] = self.exact
        return replace(claim, hints={"eta": eta, "row_dual": self.y} if self.y.size else {"eta": eta})

    def step(self, watch: Watch, aim: Tolerance) -> Answer | None:
        """Minimise the model and go there, or part of the way; an answer without a point ends the run."""
        fit = self.fit
        if not self.feasible and not self.entered and not np.isfinite(fit.loss.max_curvature):
            self._enter(watch, aim)
        u, h = fit.slopes(self.eta), self._curvatures()
        G, means = self._gram(h)
        total, weight = float(u.sum()), float(h.sum())
        gradient = fit.Z.t_dot(u)
        G = G + np.diag(fit.penalty.l2)
        slopes = gradient - means * total + fit.penalty.l2 * self.b
        self.size = self.value + 0.5 * float(self.b @ (G @ self.b))
        answer = self._minimised(SplitProgram(G, slopes, fit.penalty.l1, self.limits, self.b), watch, aim)
        if answer.x is None or answer.stop is Stop.INFEASIBLE:
            return answer
        d = answer.x - self.b if answer.direction is None else answer.direction
        d0 = -total / weight - float(means @ d) if fit.intercept and weight > 0 else 0.0
        slope = float(gradient @ d) + total * d0 + fit.penalty.value(answer.x) - fit.penalty.value(self.b)
        self._advance(answer, d, d0, slope)
        return None

    def _enter(self, watch: Watch, aim: Tolerance) -> None:
        """Go to the nearest point inside the rows: a model of a loss without a largest curvature may lead far away."""
        self.entered = True
        near = self.limits.nearest(self.b, watch.child(callback=lambda _: None), aim)
        if self.limits.violation(near) <= FEASIBLE:
            self._move(near, self.b0)
            self.exact, self.feasible = self.eta, True

    def _curvatures(self) -> Array:
        """Of the loss at this point; its largest ones on the way into the rows, and where it is too flat."""
        most, own = self.fit.loss.max_curvature, self.feasible and not self.lost
        return self.fit.curvatures(self.eta) if own or not np.isfinite(most) else self.fit.w * most

    def _gram(self, h: Array) -> tuple[Array, Array]:
        """Centred Gram matrix, formed anew only where the curvatures have changed: for the squared loss they do not."""
        if self.formed is None or (self.formed[0] != h).any():
            self.formed = h, self.fit.gram(h)
        return self.formed[1]

    def _minimised(self, model: SplitProgram, watch: Watch, aim: Tolerance) -> Answer:
        """Least point of the model: near the end by equations, before and where these fail by PIQP.

        Where that fails, too, and before the end on a flat model, a second method has a look.
        """
        quiet = watch.child(callback=lambda _: None)
        last = self.near and self.idle == PATIENCE - 1 and model.flat
        if self.near:
            answer, self.merit = model.polished(self.b, self.y, self.size, quiet)
            if self.merit <= SETTLED and not last:
                return answer
        found = model.interior(watch, aim)
        if found.x is None or found.stop is Stop.INFEASIBLE:
            return found
        if found.stop is Stop.CONVERGED and not self.near and self.limits.violation(found.x) <= FEASIBLE:
            return found
        answer, self.merit = model.polished(found.x, found.row_dual, self.size, quiet)
        if self.merit > POOR or last:
            other = model.by_multipliers(self.y, watch)
            tried = [(answer, self.merit), model.polished(other.x, other.row_dual, self.size, quiet)]
            inside = None if self.feasible else self.limits.inside(watch, aim).x
            if inside is not None:
                tried += [model.polished(inside, self.y, self.size, quiet)]
                tried += [(Answer(Stop.STALLED, self.fit.project(inside), self.y), np.inf)]
            answer, self.merit = min(tried, key=lambda pair: self._rank(model, pair[0].x))
        if self.feasible and self.limits.violation(answer.x) > FEASIBLE:
            return Answer(Stop.STALLED, self.b, self.y)
        return answer

    def _rank(self, model: SplitProgram, b: Array) -> tuple[float, float]:
        """Smaller is better: feasible, then the model's value."""
        return max(self.limits.violation(b), FEASIBLE), model.value(b)

    def _advance(self, answer: Answer, d: Array, d0: float, slope: float) -> None:
        """Halve the step until the objective falls; into the rows the whole step is needed."""
        fit, before = self.fit, self.value
        entered, self.y = not self.feasible, answer.row_dual
        image = fit.Z.dot(d) + d0
        length = 1.0 if entered or self.near else fit.longest(image)
        allowed = OPTIMAL * self.size if self.near else ROUNDING * before  # limits met exactly may cost a little
        while length and not entered:
            value = fit.value(self.eta + length * image, self.b + length * d)
            if value <= before + ARMIJO * length * min(slope, 0.0) + allowed:
                break
            length = length / 2 if length > ROUNDING else 0.0
        self.lost = not entered and not length
        self.exact = self.eta + length * image
        self._move(answer.x if length == 1.0 else self.b + length * d, self.b0 + length * d0)
        self.decrement = max(-slope, 0.0)
        if entered:
            self.feasible = self.limits.violation(self.b) <= FEASIBLE
            self.idle = 0 if self.feasible else self.idle + 1
            self.near = self.feasible and fit.loss.quadratic
            return
        gained = self.value < self.least * (1 - ROUNDING) and self.least > ROUNDING**2 * self.first
        self.least = min(self.least, self.value)
        self.idle = 0 if gained or (length and not self.near) else self.idle + 1
        self.near = self.near or self.decrement <= NEAR * self.size or fit.loss.quadratic
