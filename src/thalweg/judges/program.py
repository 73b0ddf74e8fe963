"""The judge of linear and quadratic programs: an interval for the best objective, or a checked ray."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thalweg.judges.convexity import Curvature, curvature
from thalweg.judges.dual_bound import DualBound, dual_bound
from thalweg.judges.feasibility import violations
from thalweg.judges.form import Form
from thalweg.judges.implied import Rows, implied_box
from thalweg.judges.rays import Ray, farkas, recession
from thalweg.judges.reading import Reader
from thalweg.judges.sizes import column_sizes
from thalweg.result import Array, Certificate, Claim, Tolerance, Verdict
from thalweg.terms.constraints import Box


@dataclass(frozen=True, eq=False)
class _Read:
    """What could be read from a claim; None where nothing was claimed."""

    x: Array | None
    y: Array | None
    ray: Array | None
    direction: Array | None


def judge(problem: Any, claim: Claim, tolerance: Tolerance) -> Certificate:
    """Say what the claim proves: first what it says about the problem, then how good the point is."""
    form, reader = Form.of(problem), Reader()
    m, n = form.A.shape
    reader.unknown(claim.values, problem.answer)
    read = _Read(
        reader.take(claim.values, "x", n),
        reader.take(claim.hints, "row_dual", m),
        reader.take(claim.hints, "ray", m),
        reader.take(claim.hints, "direction", n),
    )
    if not reader.finite:
        return Certificate("", finite=False, maximize=problem.maximize, tolerance=tolerance, notes=tuple(reader.faults))
    if read.ray is not None:
        checked = _farkas(form, read.ray)
        if checked is not None:
            return _about_the_problem(problem, checked, tolerance)
    if read.x is None:
        notes = (
            ("the ray proves nothing: the rows it combines do not contradict the bounds",)
            if read.ray is not None
            else ()
        )
        return Certificate("", maximize=problem.maximize, tolerance=tolerance, notes=notes)
    return _about_the_point(problem, form, read, tolerance)


def _farkas(form: Form, ray: Array) -> Ray | None:
    """In a maximisation the user may write the ray in the sense of either objective: both are tried."""
    checked = farkas(form, ray)
    return farkas(form, -ray) if checked is None and form.sign < 0 else checked


def _about_the_problem(problem: Any, ray: Ray, tolerance: Tolerance) -> Certificate:
    return Certificate(
        ray.statement,
        maximize=problem.maximize,
        tolerance=tolerance,
        premises=ray.premises,
        outcome=Verdict.INFEASIBLE,
        facts={"ray": ray.y, "margin": ray.margin},
    )


def _about_the_point(problem: Any, form: Form, read: _Read, tolerance: Tolerance) -> Certificate:
    assert read.x is not None
    x = read.x
    found = violations(form.A, x, form.rows, form.box, (problem.names, problem.row_names))
    value, noise = form.value(x)
    notes: list[str] = []
    facts: dict[str, Any] = {}
    outcome, statement, bound, premises = None, "no finite bound", -np.inf, ()
    refuted = not all(v.normwise <= tolerance.feasibility for v in found.values())
    ray = None if read.direction is None or refuted else recession(form, x, read.direction)
    if ray is not None:
        outcome, statement, premises = Verdict.UNBOUNDED, ray.statement, ray.premises
        facts["direction"] = ray.y
    elif not refuted:  # a refuted point needs no bound
        best, premises = _best_bound(problem, form, x, read.y, value)
        bound = best.value
        facts |= {"row_dual": form.sign * best.y + 0.0, "reduced_costs": form.sign * best.z + 0.0}  # no -0.0
        statement = (
            f"nobody can be {'above' if problem.maximize else 'below'} {form.sign * bound + problem.constant:.10g}"
        )
        if not np.isfinite(bound):
            statement = "no finite bound"
            notes.append(_what_is_missing(read, best))
            premises = ()
        notes.extend(_about_convexity(problem, facts))
    return Certificate(
        statement,
        objective=form.sign * value + problem.constant,
        bound=form.sign * bound + problem.constant,
        distance=value - bound,
        scale=_scale(value, bound),
        noise=noise,
        maximize=problem.maximize,
        violations=found,
        tolerance=tolerance,
        premises=premises,
        outcome=outcome,
        notes=tuple(notes),
        facts=facts,
    )


def _scale(value: float, bound: float) -> float:
    return max(abs(value), abs(bound)) if np.isfinite(bound) else abs(value)


def _best_bound(problem: Any, form: Form, x: Array, y: Array | None, value: float) -> tuple[DualBound, tuple[str, ...]]:
    """Bound with the proved curvature; if that is not finite, with the curvature assumed up to rounding."""
    y = np.zeros(form.A.shape[0]) if y is None else form.sign * y
    bend = None if form.P is None else curvature(problem)
    delta = np.zeros(x.size) if bend is None else bend.delta
    bound = _bound(form, x, y, value, (delta, bend is None or bool(bend.convex)))
    premises = bound.premises
    if bend is not None and bend.premise and (not np.isfinite(bound.value) or premises):
        bound = _bound(form, x, y, value, (np.zeros(x.size), True))
        premises = (bend.premise, *bound.premises)
    return bound, premises


def _bound(form: Form, x: Array, y: Array, value: float, shape: tuple[Array, bool]) -> DualBound:
    """Evaluate the dual bound; implied bounds may use the level of x, and then the level caps the bound.

    Every feasible point is either no better than x, or satisfies q'x <= level (P being convex) and all bounds this
    implies together with the rows: the least of both holds for all, whether or not x itself is feasible.
    """
    delta, convex = shape
    used_level = False

    def implied(low: Array, high: Array) -> Box:
        nonlocal used_level
        rows = Rows(form.A, form.rows)
        box = implied_box(rows, form.box, low, high)
        open_low, open_high = low & np.isinf(box.lower), high & np.isinf(box.upper)
        if convex and (open_low.any() or open_high.any()):
            used_level = True
            box = implied_box(rows.with_level(form.q, value), form.box, low, high)
        return box

    bound = dual_bound(form, x, y, delta, implied, lambda: column_sizes(form, x))
    if used_level and bound.value > value:
        return replace(bound, value=value)
    return bound


def _what_is_missing(read: _Read, best: DualBound) -> str:
    if read.y is None and best.y.size:
        return "without duals nothing bounds the objective; pass duals=, or complete=True to ask a solver for them"
    return f"no bound: {best.why or 'a multiplier points at an infinite side'}"


def _about_convexity(problem: Any, facts: dict[str, Any]) -> list[str]:
    if problem.P is None:
        return []
    bend: Curvature = curvature(problem)
    if bend.witness is not None:
        facts["negative_curvature"] = bend.witness
        sense = "concave" if problem.maximize else "convex"
        return [f"the objective is not {sense}: it bends the wrong way along facts['negative_curvature']"]
    return [] if bend.convex or bend.premise else ["convexity of P could be neither proved nor refuted"]
