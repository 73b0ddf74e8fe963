"""The judge of penalised linear models: how far coefficients are from the best, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np

from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.judges.feasibility import Outside, violations
from thalweg.judges.fit_distance import coefficient_errors
from thalweg.judges.fit_gap import Gap, Point, gradient, natural_sizes, point_of, split
from thalweg.judges.fit_search import Bound, best_bound
from thalweg.judges.fit_unique import not_unique, told
from thalweg.judges.fit_zeros import certified_zeros
from thalweg.judges.form import Form
from thalweg.judges.rays import farkas, what_a_ray_lacks
from thalweg.judges.reading import Reader
from thalweg.judges.repair import Objective, charged, price_of_limits
from thalweg.judges.separation import Separation, separation
from thalweg.result import Array, Claim
from thalweg.terms.penalties import soft_threshold
from thalweg.tolerance import Effort

UNNOTICED = 1e-4  # share of the tolerance that rounding may take without a closer look


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


def judge(problem: Any, claim: Claim, tolerance: Tolerance, effort: Effort = Effort.USUAL) -> Certificate:
    """Say what the claim proves: first whether best coefficients exist, then how good the claimed ones are."""
    reader = Reader()
    read = _read(problem, claim, reader)
    if not reader.finite:
        return Certificate("", finite=False, tolerance=tolerance, notes=tuple(reader.faults))
    names = (
        getattr(problem, "column_names", problem.names),
        problem.row_names,
    )  # of several classes, one for each of theirs
    ray = None if read.ray is None else farkas(_limits(problem), read.ray, names)
    if ray is not None and not ray.premises:
        facts = {"ray": ray.vector, "margin": ray.margin}
        return Certificate(ray.statement, tolerance=tolerance, outcome=Verdict.INFEASIBLE, facts=facts)
    found = _separation(problem, read)
    if found is not None and not found.premises:
        return _about_the_problem(problem, read, found, tolerance)
    if read.coef is None:
        return Certificate("", tolerance=tolerance, notes=what_a_ray_lacks(read.ray, ray))
    return _about_the_point(problem, read, tolerance, effort)


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


def _about_the_point(problem: Any, read: _Read, tolerance: Tolerance, effort: Effort) -> Certificate:
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
    best = best_bound(problem, point, (read.eta, read.slopes, read.y), tolerance, effort)
    if not best.gap <= point.value:  # losses and penalties are never negative: 0 is a better bound, and assumes nothing
        best = replace(best, premises=())
        certificate = replace(certificate, notes=(_what_is_missing(problem, read),) if point.value > 0 else ())
    return _with_bound(problem, point, best, outside, certificate)


def _with_bound(problem: Any, point: Point, best: Bound, outside: Outside, certificate: Certificate) -> Certificate:
    """Add what nobody can beat, how far the point is from it, and what follows for single coefficients."""
    bound = float(np.fmax(point.value - point.noise - best.gap, 0.0))  # fmax: also where the rounding overflowed to NaN
    distance = min(best.gap + point.noise, point.value - bound) + max(point.noise - point.natural, 0.0)
    facts, (coef, intercept) = _facts(problem, point, best), split(problem, point.columns)
    duals = (best.y, facts["reduced_costs"])

    def value(b: Array) -> float:
        return point_of(problem, b, intercept).value

    limits = price_of_limits(outside, coef, Objective(value), certificate.tolerance, duals)
    exact = not best.premises and not limits.premises and not any(v.amount for v in outside.found.values())
    certain_gap = point.value - bound + point.noise if exact else np.inf
    facts["certified_zeros"] = certified_zeros(problem, point, certain_gap, cast(Gap, best.whole))
    facts["coef_error"] = coefficient_errors(problem, point, certain_gap, best.growth if exact else None)
    shared = not_unique(problem)
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


def _facts(problem: Any, point: Point, best: Bound) -> dict[str, Any]:
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
