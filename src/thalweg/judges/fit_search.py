"""The best bound of a claimed point of a fit: by its own slopes, by hints, by growth, by a better copy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.judges.fit_gap import Gap, Point, dual_slopes, duality_gap, is_large, shrunk_gap
from thalweg.judges.fit_growth import Growth, growth_around, growth_gap
from thalweg.judges.fit_kinks import settle
from thalweg.judges.fit_reach import price
from thalweg.judges.fit_refine import refine
from thalweg.result import Array
from thalweg.terms.constraints import Box
from thalweg.tolerance import Effort

SHARP = 1e-5  # share of the tolerance that the gap of a small problem is brought to
ROUGH = 0.1  # share of the tolerance within which a gap whose rounding is known roughly will do
CHEAP = 1e8  # flops of a Gram matrix that nobody notices

Hints = tuple[Array | None, Array | None, Array]  # predictor, slopes, row duals


@dataclass(frozen=True, eq=False)
class Bound:
    """A gap, with the dual point that gave it, its gradient if that is known, and the growth looked at last."""

    gap: float
    premises: tuple[str, ...]
    t: Array
    y: Array
    g: Array | None = None
    whole: Gap | None = None  # against the slopes as they were handed over
    growth: Growth | None = None


def best_bound(problem: Any, point: Point, hints: Hints, tolerance: Tolerance, effort: Effort) -> Bound:
    """Judge against the slopes at the claim; if that is not enough, hinted ones, and those at a refined copy.

    Where it costs next to nothing, the second-order bound sharpens a gap that is mostly the rounding of the first.
    """
    rough = is_large(problem)
    y = _usable(problem, hints[2])
    search = _Search(problem, point, _bound_at(problem, point, point.eta, y, rough), y, tolerance)
    if rough and not search.enough(ROUGH):
        search = _Search(problem, point, _bound_at(problem, point, point.eta, y), y, tolerance)
    n, p = problem.shape
    cheap = n * p * p <= CHEAP
    if (cheap or effort is not Effort.QUICK) and not search.enough(SHARP if cheap else 1.0):
        search.grow(point.columns, point.eta, search.y)
    if not search.enough():
        search.take_hints(hints[0], hints[1])
    if problem.loss.kinked and not search.enough():
        search.settle()
    if (cheap or effort is not Effort.QUICK) and not search.enough():
        search.refine()
    return replace(search.best, whole=search.own)


class _Search:
    """The best bound so far for one point, and the ways to a better one."""

    def __init__(self, problem: Any, point: Point, best: Bound, y: Array, tolerance: Tolerance) -> None:
        self.problem, self.point, self.best = problem, point, best
        self.own = best.whole  # slopes of the losses at the claim
        self.y = y  # row duals as they were handed over; those of the best bound may have been shrunk
        self.allowed = tolerance.gap * point.value + tolerance.absolute

    def enough(self, share: float = 1.0) -> bool:
        """Whether the gap is within this share of what is allowed, without assumptions."""
        return not self.best.premises and self.best.gap <= share * self.allowed

    def offer(self, bound: Bound) -> None:
        """Keep the smaller gap; one with assumptions must be a hundred times smaller."""
        handicap = [100.0 if one.premises else 1.0 for one in (self.best, bound)]
        if bound.gap * handicap[1] < self.best.gap * handicap[0]:
            self.best = replace(bound, growth=self.best.growth)

    def grow(self, base: Array, e: Array, y: Array) -> None:
        """By the growth around a base point with predictor e."""
        growth = growth_around(self.problem, base, e, y)
        if growth is not None:
            self.offer(Bound(growth_gap(self.problem, self.point, growth), (), growth.t, y))
            self.best = replace(self.best, growth=growth)

    def take_hints(self, eta: Array | None, slopes: Array | None) -> None:
        """By the predictor and the slopes that came with the claim."""
        problem, point = self.problem, self.point
        if eta is not None and not np.array_equal(eta, point.eta):
            self.offer(_bound_at(problem, point, eta, self.y))
        if slopes is not None and not self.enough():
            self.offer(_bound_by(problem, point, slopes, None, self.y))

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


def _bound_at(problem: Any, point: Point, e: Array, y: Array, rough: bool = False) -> Bound:
    """Gap against the slopes at e."""
    return _bound_by(problem, point, problem.loss.slope(e, problem.y), e, y, rough)


def _usable(problem: Any, y: Array) -> Array:
    """Row duals without those that point at an infinite limit."""
    rows: Box = problem.rows
    return np.where(((y > 0) & np.isneginf(rows.lower)) | ((y < 0) & np.isposinf(rows.upper)), 0.0, y)


def _bound_by(problem: Any, point: Point, t: Array, e: Array | None, y: Array, rough: bool = False) -> Bound:
    """Gap against slopes t, as they are or scaled into the dual ball of the L1 penalty.

    ``e`` is the predictor that has these slopes; None if they came otherwise.
    """
    y = _usable(problem, y)
    t = dual_slopes(problem, t)
    parts = duality_gap(problem, point, t, y, rough)
    cost, premises = price(problem, point, parts, e, rough)
    best = Bound(parts.paid + cost, premises, t, y, parts.g, parts)
    bend = problem.loss.curvature(point.eta if e is None else e, problem.y)
    flat = np.where(np.abs(t) <= bend * point.rounding, 0.0, t)  # rounding, not slopes
    if cost > 0 and not problem.loss.joint and (flat != t).any():
        settled = duality_gap(problem, point, flat, y)
        if not settled.excess.any() and settled.paid < best.gap:
            best = Bound(settled.paid, (), flat, y, settled.g, parts)
    if parts.ball > 0:
        scaled, shrink = shrunk_gap(problem, point, t, y, parts), 1.0 / (1.0 + parts.ball)
        if scaled.paid + cost < best.gap:
            best = Bound(scaled.paid + cost, premises, t * shrink, y * shrink, scaled.g, parts)
    return best
