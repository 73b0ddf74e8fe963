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
from thalweg.tolerance import Effort

FEW = 64  # columns up to which exact zeros are always looked for
NEARLY = 4.0  # a distance below this multiple of what rounding costs may vanish in exact arithmetic


def best_bound(
    form: Form, x: Array, y: Array, bends: Bends, allowed: float, effort: Effort
) -> tuple[DualBound, tuple[str, ...]]:
    """Bound and the assumptions it rests on; what costs time is tried only on what is not within ``allowed``."""
    bend = bends.own
    delta = np.zeros(x.size) if bend is None else bend.delta
    tangent = _Tangent(form, x, delta, convex=bend is None or bool(bend.convex))
    bound = tangent.bound(y)
    if bound.premises and np.isfinite(bound.value):
        moved = shifted(form, x, bound, partial(tangent.bound, exact=True))
        bound = moved if moved is not None and tangent.value - moved.value <= allowed else bound
    if allowed < tangent.value - bound.value <= NEARLY * bound.vague:
        bound = tangent.bound(bound.y, exact=True)
    if bound.premises or not tangent.value - bound.value <= allowed:
        lent = bends.lent()
        on_equations = None if lent is None else _on_equations(tangent, lent, y)
        if on_equations is not None and tangent.value - on_equations.value <= allowed:
            return on_equations, ()
    worthwhile = effort is Effort.ASSUMPTION_FREE or int(bound.assumed.sum()) <= FEW
    if worthwhile and bound.premises and np.isfinite(bound.value):
        exact = with_exact_zeros(form, x, bound, tangent.bound)
        bound = exact if exact is not None and tangent.value - exact.value <= allowed else bound
    for reach in REACHES[1:] if bound.premises else ():
        if tangent.value - bound.value <= allowed or not np.isfinite(bound.value):
            break
        bound = tangent.bound(bound.y, exact=True, reach=reach)
    if bend is not None and bend.premise and (not np.isfinite(bound.value) or bound.premises):
        assumed = _Tangent(form, x, np.zeros(x.size), convex=True).bound(y)
        return assumed, (bend.premise, *assumed.premises)
    return bound, bound.premises


def _on_equations(tangent: _Tangent, lent: Augmented, y: Array) -> DualBound | None:
    """Bound with the curvature that the equations lend, if it needs no assumption."""
    bent = replace(tangent, delta=lent.delta)
    price = lent.price(tangent.form, tangent.x)
    for exact in (False, True):
        bound = bent.bound(y, exact=exact)
        bound = replace(bound, value=bound.value - price)
        if bound.premises or not np.isfinite(bound.value):
            return None
        if tangent.value - bound.value > NEARLY * bound.vague:
            break
    return bound


class Bends(NamedTuple):
    """Curvature of P, None without P, and a function that returns what the equations lend."""

    own: Curvature | None
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
    def _by_rows(self) -> Propagation:
        return Propagation(Rows(self.form.A, self.form.rows), self.form.box)

    @cached_property
    def _by_level(self) -> Propagation:
        return Propagation(self._by_rows.rows.with_level(self.form.q, self.value), self.form.box)

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
        sizes = partial(column_sizes, form, self.x)
        bound = dual_bound(form, self.x, y, self.delta, implied, sizes, exact=exact, reach=reach, nearby=nearby)
        if not used_level or bound.value <= level:
            return bound
        # nothing feasible reaches the level: a point that claims to is infeasible by more than its violations show
        return replace(bound, value=level, beyond=bound.value - level)
