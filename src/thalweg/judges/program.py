"""The judge of linear and quadratic programs: an interval for the best objective, or a checked ray."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from thalweg import naming
from thalweg.certificate import Certificate, Tolerance, Verdict
from thalweg.judges.augmented import augmented
from thalweg.judges.best_bound import Bends, best_bound, is_thorough
from thalweg.judges.convexity import Curvature, curvature, steepest
from thalweg.judges.dual_bound import DualBound
from thalweg.judges.existence import distance_to_feasible
from thalweg.judges.feasibility import Outside, violations
from thalweg.judges.form import Form
from thalweg.judges.lending import Balance
from thalweg.judges.ray_words import Names
from thalweg.judges.rays import Ray, farkas, recession, what_a_ray_lacks, what_it_would_prove
from thalweg.judges.reading import Reader
from thalweg.judges.repair import Looks, Objective, charged, feasible_nearby, price_of_limits
from thalweg.judges.sizes import bent_sizes, column_sizes
from thalweg.judges.stationary import stationary
from thalweg.result import Array, Claim
from thalweg.tolerance import Effort

HONEST = 64  # rounding of an honest bound, at most this multiple of the objective's; duals can be chosen to have more
LIGHT = 8  # and at least this multiple of the objective's rounding where every row is as small as its limits
ROUNDED = 1e-9  # duals below this share of the largest one are dropped without a word
QUIET = 1e-10  # a noise below this share of the objective needs no explanation


@dataclass(frozen=True, eq=False)
class _Read:
    """What could be read from a claim; None where nothing was claimed."""

    x: Array | None
    y: Array | None
    ray: Array | None
    direction: Array | None


def judge(problem: Any, claim: Claim, tolerance: Tolerance, effort: Effort = Effort.USUAL) -> Certificate:
    """Say what the claim proves: first what it says about the problem, then how good the point is.

    A quick judgement is the usual one; without assumptions, more is tried to do without each of them.
    """
    form, reader = Form.of(problem), Reader()
    m, n = form.A.shape
    reader.unknown(claim.values, problem.answer)
    read = _Read(
        reader.take(claim.values, "x", n),
        reader.take(claim.hints, "row_dual", m),
        reader.take(claim.hints, "ray", m),
        reader.take(claim.hints, "direction", n),
    )
    reader.unused(claim.hints, ("row_dual", "ray", "direction"))
    if not reader.finite:
        return _nothing(problem, tolerance, tuple(reader.faults), finite=False)
    ray = None if read.ray is None else _farkas(form, read.ray, (problem.names, problem.row_names))
    if ray is not None and not ray.premises:
        facts = {"ray": ray.vector, "margin": ray.margin}
        return replace(_nothing(problem, tolerance), statement=ray.statement, outcome=Verdict.INFEASIBLE, facts=facts)
    if read.x is None:
        return _nothing(problem, tolerance, (*what_a_ray_lacks(read.ray, ray), *_about_convexity(problem, {})))
    return _about_the_point(problem, form, read, tolerance, effort)


def _nothing(problem: Any, tolerance: Tolerance, notes: tuple[str, ...] = (), *, finite: bool = True) -> Certificate:
    """Nothing is proved about a point."""
    worst = np.inf if problem.maximize else -np.inf
    return Certificate("", bound=worst, finite=finite, maximize=problem.maximize, tolerance=tolerance, notes=notes)


def _farkas(form: Form, ray: Array, names: Names) -> Ray | None:
    """In a maximisation the user may write the ray in the sense of either objective: both are tried."""
    checked = farkas(form, ray, names)
    return farkas(form, -ray, names) if checked is None and form.sign < 0 else checked


def _about_the_point(problem: Any, form: Form, read: _Read, tolerance: Tolerance, effort: Effort) -> Certificate:
    assert read.x is not None
    names = (problem.names, problem.row_names)
    origin = np.zeros(read.x.size)
    outside = violations(form.A, read.x, form.rows, form.box, names, lambda: bent_sizes(form, origin))
    value, noise = form.value(read.x)
    if not np.isfinite(value):
        return _nothing(problem, tolerance, ("the objective overflows at this point",), finite=False)
    certificate = Certificate(
        "",
        objective=form.sign * value + problem.constant,
        bound=np.inf if problem.maximize else -np.inf,
        scale=abs(value),
        noise=noise,
        violations=outside.found,
        maximize=problem.maximize,
        tolerance=tolerance,
    )
    if not certificate.feasible:  # a refuted point needs no bound
        return certificate
    found = (recession(form, read.x, direction, problem.names) for direction in _directions(problem, read))
    ray = next((ray for ray in found if ray is not None), None)
    notes = what_it_would_prove(ray, "unbounded")
    if ray is not None and not ray.premises:
        if _feasible_nearby(outside, read.x, ray.vector):
            facts = {"direction": ray.vector}
            return replace(certificate, statement=ray.statement, outcome=Verdict.UNBOUNDED, facts=facts)
        notes = ("the direction would prove the problem unbounded if the point met its limits exactly",)
    certificate = replace(certificate, notes=notes) if notes else certificate
    return _with_bound(problem, form, read, outside, certificate, effort)


def _directions(problem: Any, read: _Read) -> Iterator[Array]:
    """Directions along which the objective may fall for ever: the claimed one, and where it bends downwards."""
    if read.direction is not None:
        yield read.direction
    witness = None if problem.P is None else curvature(problem).witness
    if witness is not None:
        yield from (witness, -witness)


def _feasible_nearby(outside: Outside, x: Array, direction: Array) -> bool:
    """Whether a point that meets all limits exactly exists near x, or further along, where there may be more room."""
    ahead = x + direction * (max(1.0, np.abs(x).max()) / np.abs(direction).max())
    points = chain([outside.box.project(x), outside.box.project(ahead)], feasible_nearby(outside, x))
    return any(distance_to_feasible(outside, point) is not None for point in points)


def _with_bound(
    problem: Any, form: Form, read: _Read, outside: Outside, certificate: Certificate, effort: Effort
) -> Certificate:
    """Add what nobody can beat, and how far the claimed point is from it."""
    assert read.x is not None
    tolerance, value = certificate.tolerance, form.value(read.x)[0]
    y = np.zeros(int(form.A.shape[0])) if read.y is None else form.sign * read.y
    allowed = tolerance.gap * abs(value) + tolerance.absolute
    own = None if form.P is None else curvature(problem)
    bends = Bends(own, lambda: steepest(problem), lambda: augmented(problem, form))
    best, premises = best_bound(form, read.x, y, bends, allowed, effort)
    facts: dict[str, Any] = {
        "row_dual": form.sign * best.y + 0.0,  # + 0.0: no minus zero
        "reduced_costs": form.sign * best.z + 0.0,
    }
    notes = (*certificate.notes, *_about_convexity(problem, facts), *_about_signs(problem, y, best))
    if not value - best.value <= allowed:
        notes = (*notes, *_what_is_missing(read, best))
    outcome = None
    if bends.own is not None and bends.own.convex is False and not value - best.value <= allowed:
        found = stationary(form, read.x, y, allowed)
        if found is not None:
            outcome, facts["order"], notes = Verdict.STATIONARY, found.order, (*notes, found.note)
    if not np.isfinite(best.value):
        return replace(certificate, statement="no finite bound", notes=notes, facts=facts, outcome=outcome)
    bound = _outward(form.sign * best.value, problem)
    objective, looks = Objective(form.objective, form.rise), _looks(effort, read.x.size, assumed=bool(premises))
    price = price_of_limits(outside, read.x, objective, tolerance, (best.y, best.z), looks)
    certificate = replace(
        certificate,
        statement=nobody_beats(bound, problem.maximize),
        bound=bound,
        distance=charged(value - best.value - best.beyond, price.cost),
        scale=max(abs(value), abs(best.value + best.beyond)),
        premises=(*premises, *price.premises),
        notes=(*notes, *price.notes),
        facts=facts,
        outcome=outcome,
        violations=price.mending(certificate.violations),
    )
    rounding_matters = abs(certificate.distance) > allowed or certificate.noise > QUIET * abs(value)
    lost = max(price.cost, best.real_gap(form, read.x)) if rounding_matters else 0.0
    honest = best.rounding if lost <= allowed else 0.0  # what is lost really, or by meeting the limits, is no rounding
    return _with_rounding(form, certificate, honest) if rounding_matters else certificate


def _looks(effort: Effort, columns: int, *, assumed: bool) -> Looks:
    """How much to do against one more assumption; nothing where a large program has one already."""
    if effort is Effort.ASSUMPTION_FREE:
        return Looks.ALL
    if is_thorough(effort, columns):
        return Looks.FEW
    return Looks.NONE if assumed else Looks.ONE


def _with_rounding(form: Form, certificate: Certificate, rounding: float) -> Certificate:
    """Add the rounding of the bound to that of the objective, as far as it is natural."""
    natural, light = _natural_rounding(form)
    noise = certificate.noise
    shown = min(2 * rounding, HONEST * min(noise, natural) + light)  # twice: the duals are rounded as well
    beyond = max(noise - natural, 0.0)  # what the objective's digits do not tell
    return replace(certificate, distance=certificate.distance + beyond, noise=noise + shown, natural=natural + shown)


def _natural_rounding(form: Form) -> tuple[float, float]:
    """Rounding of the objective at the sizes that the limits lend, and at those of the lightest rows."""
    origin = np.zeros(form.q.size)
    lent = Balance.of(form.A, form.rows).lent(form.rows, form.box, bent_sizes(form, origin))
    return form.rounding(lent), LIGHT * form.rounding(column_sizes(form, origin))


def nobody_beats(bound: float, maximize: bool) -> str:
    """Say in words what a bound says."""
    return f"nobody can be {'above' if maximize else 'below'} {bound:.10g}"


def _outward(bound: float, problem: Any) -> float:
    """Add the constant; the sum is rounded away from the objective."""
    told = bound + problem.constant
    if not problem.constant:
        return told
    return float(np.nextafter(told, np.inf if problem.maximize else -np.inf))


def _about_signs(problem: Any, y: Array, best: DualBound) -> tuple[str, ...]:
    """Tell of duals that push at a limit their row does not have."""
    dropped = np.flatnonzero((y != 0) & (best.y == 0))
    if not dropped.size or np.abs(y[dropped]).max() <= ROUNDED * np.abs(y).max():
        return ()
    where = naming.label(problem.row_names, int(dropped[0]), "row")
    count = f"{dropped.size} dual{'s have signs' if dropped.size > 1 else ' has a sign'}"
    return (f"{count} that no limit of the row allows (counted as 0), first at {where}; a dual is d(best) / d(limit)",)


def _what_is_missing(read: _Read, best: DualBound) -> tuple[str, ...]:
    if read.y is None and best.y.size:
        return ("no duals were given to bound the objective",)
    if np.isfinite(best.value):
        return ()
    return (f"no bound: {best.why or 'a multiplier points at an infinite side'}",)


def _about_convexity(problem: Any, facts: dict[str, Any]) -> list[str]:
    if problem.P is None:
        return []
    bend: Curvature = curvature(problem)
    if bend.witness is not None:
        facts["negative_curvature"] = bend.witness
        sense = "concave" if problem.maximize else "convex"
        return [f"the objective is not {sense}: it bends the wrong way along the direction negative_curvature"]
    return [] if bend.convex or bend.premise else ["convexity of P could be neither proved nor refuted"]
