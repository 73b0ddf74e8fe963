"""The best bound that a claim supports: as it is, with moved multipliers, in exact arithmetic, under an assumption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from thalweg.judges.augmented import Augmented
from thalweg.judges.convexity import Curvature
from thalweg.judges.dual_bound import REACHES, DualBound, Nearby, dual_bound
from thalweg.judges.exact_multipliers import with_exact_zeros
from thalweg.judges.form import Form
from thalweg.judges.implied import Propagation, Rows
from thalweg.judges.shift import shifted
from thalweg.judges.sizes import column_sizes
from thalweg.result import Array, Mask
from thalweg.terms.constraints import Box
from thalweg.terms.rounding import gamma, sum_depth
from thalweg.tolerance import Effort

SMALL = 500  # columns up to which an assumption is always worth being done without
NEARLY = 4.0  # a distance below this multiple of what rounding costs may vanish in exact arithmetic


def best_bound(
    form: Form, x: Array, y: Array, bends: Bends, allowed: float, effort: Effort
) -> tuple[DualBound, tuple[str, ...]]:
    """Bound and the assumptions it rests on; what costs time is tried only on what is not within ``allowed``.

    An assumption is good enough for large programs, unless proofs without any are asked for.
    """
    own = bends.own
    delta = np.zeros(x.size) if own is None else own.delta
    climb = _Climb(_Tangent(form, x, delta, convex=own is None or bool(own.convex)), bends, allowed)
    bound = climb.tangent.bound(y)
    steeper = bends.steepest() if own is not None and own.more and not climb.within(bound) else None
    if steeper is not None:
        climb = replace(climb, tangent=replace(climb.tangent, delta=steeper.delta))
        bound = climb.tangent.bound(y)
    thorough = is_thorough(effort, x.size)
    cheap, costly = [climb.moved, climb.sharpened], [climb.lent, climb.zeros]
    for rung in [*cheap, *costly, climb.nearer] if thorough else [*cheap, climb.nearer, *costly]:
        if climb.within(bound) and (not bound.premises or (rung in costly and not thorough)):
            break
        bound = rung(bound)
    if own is not None and own.premise and (not np.isfinite(bound.value) or bound.premises):
        assumed = _Tangent(form, x, np.zeros(x.size), convex=True).bound(y)
        return assumed, (own.premise, *assumed.premises)
    return bound, bound.premises


def is_thorough(effort: Effort, columns: int) -> bool:
    """Whether all is tried to do without an assumption."""
    return effort is Effort.ASSUMPTION_FREE or columns <= SMALL


@dataclass(frozen=True, eq=False)
class _Climb:
    """The rungs of the ladder; each returns a better bound, or the one it was given."""

    tangent: _Tangent
    bends: Bends
    allowed: float

    def within(self, bound: DualBound) -> bool:
        """Whether the gap is as small as it should be."""
        return bool(self.tangent.value - bound.value <= self.allowed)

    def moved(self, bound: DualBound) -> DualBound:
        """Move the multipliers by rounding."""
        if not (bound.premises and bound.slight):
            return bound
        found = shifted(self.tangent.form, self.tangent.x, bound, partial(self.tangent.bound, exact=True))
        return bound if found is None or not self.within(found) else found

    def sharpened(self, bound: DualBound) -> DualBound:
        """Sum in twice the precision, where that may help."""
        lost = self.tangent.value - bound.value
        return self._exactly(bound) if self.allowed < lost <= NEARLY * bound.vague else bound

    def lent(self, bound: DualBound) -> DualBound:
        """Use the curvature that the equations lend, if that needs no assumption."""
        lent = self.bends.lent()
        if lent is None:
            return bound
        bent, price = replace(self.tangent, delta=lent.delta), lent.price(self.tangent.form, self.tangent.x)
        for exact in (False, True):
            found = bent.bound(bound.y, exact=exact)
            found = replace(found, value=float(np.nextafter(found.value - price, -np.inf)))
            if found.premises or not np.isfinite(found.value):
                return bound
            if self.within(found):
                return found
        return bound

    def zeros(self, bound: DualBound) -> DualBound:
        """Use multipliers that exist and make the leftovers exactly 0."""
        if not bound.slight or not (bound.premises or np.isfinite(bound.value)):
            return bound
        found = with_exact_zeros(self.tangent.form, self.tangent.x, bound, self.tangent.bound)
        return bound if found is None or not self.within(found) else found

    def nearer(self, bound: DualBound) -> DualBound:
        """Assume less of a reach, where less is enough."""
        lost, last = self.tangent.value - bound.value, REACHES[-1]
        for reach in REACHES[1:] if bound.premises and np.isfinite(bound.value) else ():
            if self.within(bound):
                break
            if reach == last or lost * reach <= self.allowed * REACHES[0]:  # else still too far, if the reach costs all
                bound = self._exactly(bound, reach)
        return bound

    def _exactly(self, bound: DualBound, reach: float = REACHES[0]) -> DualBound:
        """Sum the same multipliers in twice the precision; near the point they stay as rounded as they are."""
        form, x, y = self.tangent.form, self.tangent.x, bound.y
        found = self.tangent.bound(y, exact=True, reach=reach)
        size = np.abs(form.rows.lowest(y)).sum() + form.reduced_costs(x, y)[2] @ np.abs(x)
        natural = gamma(float(sum_depth(y.size + x.size))) * float(size)
        return replace(found, rounding=max(found.rounding, min(bound.rounding, natural)))


class Bends(NamedTuple):
    """Curvature of P, None without P, and functions that return more of it, and what the equations lend."""

    own: Curvature | None
    steepest: Callable[[], Curvature | None]
    lent: Callable[[], Augmented | None]


@dataclass(frozen=True, eq=False)
class _Tangent:
    """The objective's tangent at x with its growth delta, to be bounded with any multipliers."""

    form: Form
    x: Array
    delta: Array
    convex: bool

    @cached_property
    def value(self) -> float:
        """Objective at x."""
        return self.form.value(self.x)[0]

    @cached_property
    def _sizes(self) -> Array:
        return column_sizes(self.form, self.x)

    @cached_property
    def _by_rows(self) -> Propagation:
        return Propagation(Rows(self.form.A, self.form.rows), self.form.box)

    @cached_property
    def _by_level(self) -> Propagation:
        rows = self._by_rows.rows.with_level(self.form.q, self.value)
        return Propagation(rows, self.form.box, self._by_rows.box)

    def bound(
        self, y: Array, *, exact: bool = False, reach: float = REACHES[0], nearby: Nearby | None = None
    ) -> DualBound:
        """Evaluate the dual bound; implied bounds may use the level of x, and then the level caps the bound.

        Every feasible point is either no better than x, or satisfies q'x <= level (P being convex) and all bounds this
        implies together with the rows: the least of both holds for all, whether or not x itself is feasible.
        """
        level, used_level = self.value, False

        def implied(low: Mask, high: Mask) -> Box:
            nonlocal used_level
            box = self._by_rows.filled(low, high)
            still_open = (low & np.isinf(box.lower)) | (high & np.isinf(box.upper))
            if self.convex and still_open.any():
                used_level = True
                box = self._by_level.filled(low, high)
            return box

        form = self.form
        sizes = lambda: self._sizes  # noqa: E731
        bound = dual_bound(form, self.x, y, self.delta, implied, sizes, exact=exact, reach=reach, nearby=nearby)
        if not used_level or bound.value <= level:
            return bound
        # nothing feasible reaches the level: a point that claims to is infeasible by more than its violations show
        return replace(bound, value=level, beyond=bound.value - level)
