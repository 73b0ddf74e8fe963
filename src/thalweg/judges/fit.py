"""The judge of penalised linear models: how far coefficients are from the best, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np

from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.judges.feasibility import Outside, violations
from thalweg.judges.fit_distance import coefficient_errors
from thalweg.judges.fit_gap import (
    Gap,
    Point,
    dual_slopes,
    duality_gap,
    gradient,
    is_large,
    natural_sizes,
    point_of,
    shrunk_gap,
    split,
)
from thalweg.judges.fit_growth import Growth, growth_around, growth_gap
from thalweg.judges.fit_kinks import settle
from thalweg.judges.fit_reach import price
from thalweg.judges.fit_refine import refine
from thalweg.judges.fit_unique import not_unique, told
from thalweg.judges.fit_zeros import certified_zeros
from thalweg.judges.form import Form
from thalweg.judges.rays import farkas, what_a_ray_lacks
from thalweg.judges.reading import Reader
from thalweg.judges.repair import charged, price_of_limits
from thalweg.judges.separation import Separation, separation
from thalweg.result import Array, Claim
from thalweg.terms.constraints import Box
from thalweg.terms.penalties import soft_threshold

SHARP = 1e-5  # share of the tolerance that the gap of a small problem is brought to
UNNOTICED = 1e-4  # share of the tolerance that rounding may take without a closer look
ROUGH = 0.1  # share of the tolerance within which a gap whose rounding is known roughly will do
CHEAP = 1e8  # flops of a Gram matrix that nobody notices


@dataclass(frozen=True, eq=False)
class _Read:
    """What could be read from a claim; None where nothing was claimed."""

    coef: Array | None
    intercept: float
    eta: Array | None
    slopes: Array | None
    y: Array
    ray: Array | None
    direction: Array | None
    direction_intercept: float


@dataclass(frozen=True, eq=False)
class _Bound:
    """A gap, with the dual point that gave it, its gradient if that is known, and the growth looked at last."""

    gap: float
    premises: tuple[str, ...]
    t: Array
    y: Array
    g: Array | None = None
    whole: Gap | None = None  # against the slopes as they were handed over
    growth: Growth | None = None


def judge(problem: Any, claim: Claim, tolerance: Tolerance, quick: bool = False) -> Certificate:
    """Say what the claim proves: first whether best coefficients exist, then how good the claimed ones are."""
    reader = Reader()
    read = _read(problem, claim, reader)
    if not reader.finite:
        return Certificate("", finite=False, tolerance=tolerance, notes=tuple(reader.faults))
    ray = None if read.ray is None else farkas(_limits(problem), read.ray)
    if ray is not None and not ray.premises:
        facts = {"ray": ray.vector, "margin": ray.margin}
        return Certificate(ray.statement, tolerance=tolerance, outcome=Verdict.INFEASIBLE, facts=facts)
    found = _separation(problem, read)
    if found is not None and not found.premises:
        return _about_the_problem(problem, read, found, tolerance)
    if read.coef is None:
        return Certificate("", tolerance=tolerance, notes=what_a_ray_lacks(read.ray, ray))
    return _about_the_point(problem, read, tolerance, quick)


def _read(problem: Any, claim: Claim, reader: Reader) -> _Read:
    n, p = problem.shape
    m = problem.A.shape[0]
    reader.unknown(claim.values, problem.answer)
    intercept = reader.take(claim.values, "intercept", 1)
    if intercept is not None and intercept[0] != 0 and not problem.intercept:
        reader.faults.append(f"intercept is {intercept[0]:g}, but the problem has none")
    y = reader.take(claim.hints, "row_dual", m)
    slope = reader.take(claim.hints, "direction_intercept", 1)
    reader.unused(claim.hints, ("row_dual", "eta", "slopes", "ray", "direction", "direction_intercept"))
    return _Read(
        coef=reader.take(claim.values, "coef", p),
        intercept=0.0 if intercept is None else float(intercept[0]),
        eta=reader.take(claim.hints, "eta", n),
        slopes=reader.take(claim.hints, "slopes", n),
        y=np.zeros(int(m)) if y is None else y,
        ray=reader.take(claim.hints, "ray", m),
        direction=reader.take(claim.hints, "direction", p),
        direction_intercept=0.0 if slope is None else float(slope[0]),
    )


def _limits(problem: Any) -> Form:
    """The limits on the coefficients alone, as a program with the zero objective."""
    return Form(np.zeros(int(problem.shape[1])), None, problem.A, problem.rows, problem.box, 1.0)


def _separation(problem: Any, read: _Read) -> Separation | None:
    """Try the direction that was handed over, then the coefficients themselves."""
    if read.direction is not None:
        found = separation(problem, read.direction, read.direction_intercept)
        if found is not None:
            return found
    free = problem.l1 + problem.l2 == 0
    if read.coef is None or not free.any():
        return None
    return separation(problem, read.coef, read.intercept)


def _about_the_problem(problem: Any, read: _Read, found: Separation, tolerance: Tolerance) -> Certificate:
    point = None if read.coef is None else point_of(problem, read.coef, read.intercept)
    objective = np.nan if point is None else point.value
    return Certificate(
        found.statement,
        objective=objective,
        bound=0.0,
        distance=objective,
        scale=objective,
        noise=0.0 if point is None else point.noise,
        tolerance=tolerance,
        outcome=Verdict.NO_MINIMISER,
        facts={"direction": found.direction, "direction_intercept": found.intercept},
    )


def _about_the_point(problem: Any, read: _Read, tolerance: Tolerance, quick: bool) -> Certificate:
    coef = cast(Array, read.coef)
    point = point_of(problem, coef, read.intercept, UNNOTICED * tolerance.gap)
    if not np.isfinite(point.value):
        return Certificate(
            "", finite=False, tolerance=tolerance, notes=("the loss is not finite at these coefficients",)
        )
    outside = _violations(problem, coef)
    certificate = Certificate(
        "not bounded, since a limit is violated",
        objective=point.value,
        scale=point.value,
        noise=point.noise,
        violations=outside.found,
        tolerance=tolerance,
    )
    if not certificate.feasible:
        return certificate
    best = _best_bound(problem, point, read, tolerance, quick)
    if not best.gap <= point.value:  # losses and penalties are never negative: 0 is a better bound, and assumes nothing
        best = replace(best, premises=())
        certificate = replace(certificate, notes=(_what_is_missing(problem, read),) if point.value > 0 else ())
    return _with_bound(problem, point, best, outside, certificate)


def _with_bound(problem: Any, point: Point, best: _Bound, outside: Outside, certificate: Certificate) -> Certificate:
    """Add what nobody can beat, how far the point is from it, and what follows for single coefficients."""
    bound = float(np.fmax(point.value - point.noise - best.gap, 0.0))  # fmax: also where the rounding overflowed to NaN
    distance = min(best.gap + point.noise, point.value - bound) + max(point.noise - point.natural, 0.0)
    facts, (coef, intercept) = _facts(problem, point, best), split(problem, point.columns)
    duals = (best.y, facts["reduced_costs"])
    limits = price_of_limits(
        outside, coef, lambda b: point_of(problem, b, intercept).value, certificate.tolerance, duals
    )
    exact = not best.premises and not limits.premises and not any(v.amount for v in outside.found.values())
    certain_gap = point.value - bound + point.noise if exact else np.inf
    facts["certified_zeros"] = certified_zeros(problem, point, certain_gap, cast(Gap, best.whole))
    facts["coef_error"] = coefficient_errors(problem, point, certain_gap, best.growth if exact else None)
    shared = not_unique(problem, point)
    if shared is not None:
        shared = facts["not_unique"] = shared & ~np.isfinite(facts["coef_error"])
    return replace(
        certificate,
        statement=f"no other coefficients can have an objective below {bound:.10g}",
        bound=bound,
        distance=charged(distance, limits.cost),
        natural=point.natural,
        premises=(*best.premises, *limits.premises),
        notes=(*certificate.notes, *limits.notes, *told(problem, shared)),
        facts=facts,
    )


def _violations(problem: Any, coef: Array) -> Outside:
    names = (problem.names, problem.row_names)
    sizes = partial(natural_sizes, problem, coef)
    outside = violations(problem.A, coef, problem.rows, problem.box, names, sizes)
    return outside if problem.A.shape[0] or problem.box.limited else replace(outside, found={})


def _best_bound(problem: Any, point: Point, read: _Read, tolerance: Tolerance, quick: bool) -> _Bound:
    """Judge against the slopes at the claim; if that is not enough, hinted ones, and those at a refined copy.

    Where it costs next to nothing, the second-order bound sharpens a gap that is mostly the rounding of the first.
    """
    rough = is_large(problem)
    y = _usable(problem, read.y)
    search = _Search(problem, point, _bound_at(problem, point, point.eta, y, rough), y, tolerance)
    if rough and not search.enough(ROUGH):
        search = _Search(problem, point, _bound_at(problem, point, point.eta, y), y, tolerance)
    n, p = problem.shape
    cheap = n * p * p <= CHEAP
    if (cheap or not quick) and not search.enough(SHARP if cheap else 1.0):
        search.grow(point.columns, point.eta, search.y)
    if not search.enough():
        search.take_hints(read)
    if problem.loss.kinked and not search.enough():
        search.settle()
    if (cheap or not quick) and not search.enough():
        search.refine()
    return replace(search.best, whole=search.own)


class _Search:
    """The best bound so far for one point, and the ways to a better one."""

    def __init__(self, problem: Any, point: Point, best: _Bound, y: Array, tolerance: Tolerance) -> None:
        self.problem, self.point, self.best = problem, point, best
        self.own = best.whole  # slopes of the losses at the claim
        self.y = y  # row duals as they were handed over; those of the best bound may have been shrunk
        self.allowed = tolerance.gap * point.value + tolerance.absolute

    def enough(self, share: float = 1.0) -> bool:
        """Whether the gap is within this share of what is allowed, without assumptions."""
        return not self.best.premises and self.best.gap <= share * self.allowed

    def offer(self, bound: _Bound) -> None:
        """Keep the smaller gap; one with assumptions must be a hundred times smaller."""
        handicap = [100.0 if one.premises else 1.0 for one in (self.best, bound)]
        if bound.gap * handicap[1] < self.best.gap * handicap[0]:
            self.best = replace(bound, growth=self.best.growth)

    def grow(self, base: Array, e: Array, y: Array) -> None:
        """By the growth around a base point with predictor e."""
        growth = growth_around(self.problem, base, e, y)
        if growth is not None:
            self.offer(_Bound(growth_gap(self.problem, self.point, growth), (), growth.t, y))
            self.best = replace(self.best, growth=growth)

    def take_hints(self, read: _Read) -> None:
        """By the predictor and the slopes that came with the claim."""
        problem, point = self.problem, self.point
        if read.eta is not None and not np.array_equal(read.eta, point.eta):
            self.offer(_bound_at(problem, point, read.eta, self.y))
        if read.slopes is not None and not self.enough():
            self.offer(_bound_by(problem, point, read.slopes, None, self.y))

    def settle(self) -> None:
        """By slopes that are balanced at kinks."""
        problem, point, y = self.problem, self.point, self.y
        for base in (self.best.t, problem.loss.slope(point.eta, problem.y)):
            t = settle(problem, point, base, y)
            if t is not None:
                self.offer(_bound_by(problem, point, t, None, y))

    def refine(self) -> None:
        """By a copy of the coefficients, improved by Newton steps."""
        problem, point = self.problem, self.point
        refined = refine(problem, point.columns, self.y)
        if refined is None:
            return
        if refined.y.size:
            self.offer(_bound_at(problem, point, point.eta, refined.y))
        if not self.enough():
            self.offer(_bound_at(problem, point, refined.eta, refined.y))
        if not self.enough():
            self.grow(refined.columns, refined.eta, refined.y)


def _bound_at(problem: Any, point: Point, e: Array, y: Array, rough: bool = False) -> _Bound:
    """Gap against the slopes at e."""
    return _bound_by(problem, point, problem.loss.slope(e, problem.y), e, y, rough)


def _usable(problem: Any, y: Array) -> Array:
    """Row duals without those that point at an infinite limit."""
    rows: Box = problem.rows
    return np.where(((y > 0) & np.isneginf(rows.lower)) | ((y < 0) & np.isposinf(rows.upper)), 0.0, y)


def _bound_by(problem: Any, point: Point, t: Array, e: Array | None, y: Array, rough: bool = False) -> _Bound:
    """Gap against slopes t, as they are or scaled into the dual ball of the L1 penalty.

    ``e`` is the predictor that has these slopes; None if they came otherwise.
    """
    y = _usable(problem, y)
    t = dual_slopes(problem, t)
    parts = duality_gap(problem, point, t, y, rough)
    cost, premises = price(problem, point, parts, e, rough)
    best = _Bound(parts.paid + cost, premises, t, y, parts.g, parts)
    bend = problem.loss.curvature(point.eta if e is None else e, problem.y)
    flat = np.where(np.abs(t) <= bend * point.rounding, 0.0, t)  # rounding, not slopes
    if cost > 0 and not problem.loss.joint and (flat != t).any():
        settled = duality_gap(problem, point, flat, y)
        if not settled.excess.any() and settled.paid < best.gap:
            best = _Bound(settled.paid, (), flat, y, settled.g, parts)
    if parts.ball > 0:
        scaled, shrink = shrunk_gap(problem, point, t, y, parts), 1.0 / (1.0 + parts.ball)
        if scaled.paid + cost < best.gap:
            best = _Bound(scaled.paid + cost, premises, t * shrink, y * shrink, scaled.g, parts)
    return best


def _facts(problem: Any, point: Point, best: _Bound) -> dict[str, Any]:
    """Row duals, the gradient of the loss without the rows' pull, and the reduced costs of active bounds."""
    coef = split(problem, point.columns)[0]
    g = (gradient(problem, problem.weighted(best.t), best.y)[0] if best.g is None else best.g)[: coef.size]
    slope = np.where(coef != 0, g + problem.l2 * coef + problem.l1 * np.sign(coef), soft_threshold(g, problem.l1))
    at_bound = (coef == problem.lower) | (coef == problem.upper)
    return {"row_dual": best.y, "gradient": g, "reduced_costs": np.where(at_bound, slope, 0.0)}


def _what_is_missing(problem: Any, read: _Read) -> str:
    if problem.A.shape[0] and not read.y.any():
        return "no duals were given for the rows, and none were found that bound the objective"
    return "no bound above 0 was found at these coefficients"
