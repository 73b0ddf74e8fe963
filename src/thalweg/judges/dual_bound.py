r"""A bound that nobody can beat, from any point w and any row multipliers y.

For minimise x'P x / 2 + q'x subject to row limits and a box, with P - diag(delta) positive semidefinite:

    z = q + P w - A'y                                     (derived, never accepted)
    L(w, y) = -w'P w / 2 + sum_i least of y_i t over the limits of row i
              + sum_j least of z_j x_j + delta_j (x_j - w_j)^2 / 2 over lower_j <= x_j <= upper_j   <=  best objective.

Proof: the tangent at w with its growth delta bounds the objective; y'(A x) is bounded row by row, the rest column by
column. With P = 0 and q = 0 the same number proves infeasibility if it is positive (Farkas).

Rounding is part of the proof: z_j is only known within e_j, so each column minimum is taken at both z_j - e_j and
z_j + e_j (it is concave in z_j), and the rounding of the sum is charged.

A leftover (a reduced cost that faces an infinite side) is paid through an implied bound of that column; where there is
none, a leftover of rounding size is paid through a reach that becomes a named assumption; a real one costs everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from thalweg.judges.form import DWARFING, Form, longest
from thalweg.judges.sharp import SharpCosts, sharp_costs, sharp_value
from thalweg.result import Array, Mask
from thalweg.terms.constraints import SAFE, Box, triplets
from thalweg.terms.rounding import TINY, gamma, sum_depth

ROUNDING = 1e-8  # a leftover above this share of its own terms is real
LAST_DIGITS = 1e-13  # and for the smaller reaches, which make a real one look harmless, above this
REACHES = (1e6, 1e4, 1e3)  # an assumed bound: this multiple of the column's natural size, the largest that suffices
ROUNDED = 1e-14  # a multiplier below this share of the terms around it may be 0
CERTAIN = 1e-12  # a distance below this share of the sizes around it may be rounding
EXACT_ENTRIES = 100_000  # matrix entries that are worth summing exactly


@dataclass(frozen=True, eq=False)
class DualBound:
    """Value of L, the rounding charged to it, what it rests on, and its multipliers (minimisation sense).

    ``box`` and the growth ``delta`` are what the columns' minima were taken over.
    ``vague`` is about what the value may gain in exact arithmetic; ``slight`` tells whether all leftovers that face an
    infinite side are of rounding size, whether or not a reach could pay them.
    """

    value: float
    rounding: float
    vague: float
    y: Array
    z: Array
    box: Box
    delta: Array
    assumed: Mask
    why: str = ""
    beyond: float = 0.0  # by how much L exceeds the level that capped it
    slight: bool = True

    @cached_property
    def reach(self) -> Array:
        """Largest magnitude that each column may have, by what was declared, implied or assumed."""
        return np.maximum(np.abs(self.box.lower), np.abs(self.box.upper))

    @cached_property
    def premises(self) -> tuple[str, ...]:
        """The assumed reach in words; empty if nothing is assumed."""
        count = int(self.assumed.sum())
        if not count:
            return ()
        largest = float(self.reach[self.assumed].max())
        return (f"|x_j| <= {largest:.1e} in {count} column{'s' if count > 1 else ''} without a bound",)

    def real_gap(self, form: Form, w: Array) -> float:
        """What is lost between w and the bound by more than rounding: multipliers times the way to their limits.

        Each term is at least 0 in exact arithmetic, so that terms which rounding makes large cannot hide it.
        """
        terms = form.reduced_costs(w, self.y)[2]
        i, j, a = triplets(form.A)
        share = np.zeros(self.y.size)
        np.maximum.at(share, i, np.abs(a * self.y[i]) / np.where(terms[j] > 0, terms[j], 1.0))
        z = np.where(np.abs(self.z) > ROUNDED * terms, self.z, 0.0)
        y = np.where(share > ROUNDED, self.y, 0.0)
        activity, sizes = form.A @ w, form.entry_sizes @ np.abs(w)
        rows = _beyond(activity, np.where(y > 0, form.rows.lower, np.where(y < 0, form.rows.upper, activity)), sizes)
        way = _beyond(w, np.where(z > 0, self.box.lower, np.where(z < 0, self.box.upper, w)), np.abs(w))
        bend = np.maximum(self.delta, 0.0)
        way = np.minimum(way, np.abs(z) / np.where(bend > 0, bend, TINY))  # beyond that the column rises again
        return float(((np.abs(z) - 0.5 * bend * way) * way).sum() + (np.abs(y) * rows).sum())


def _beyond(value: Array, limit: Array, size: Array) -> Array:
    """Distance to a limit as far as it is no rounding; 0 where there is no limit."""
    limit = np.where(np.isfinite(limit), limit, value)
    return np.maximum(np.abs(value - limit) - CERTAIN * (size + np.abs(limit)), 0.0)


class Nearby(NamedTuple):
    """Multipliers that exist near given ones: reduced costs that are exactly 0, and by how much each multiplier moves.

    A multiplier that moves keeps its sign.
    """

    zeros: Mask
    reach: Array

    def costs(self, form: Form, sharp: SharpCosts) -> SharpCosts:
        """What is known of the reduced costs at these multipliers."""
        spread = (form.entry_sizes.T @ self.reach) * (1 + 1e-9)
        high, low, error = (np.where(self.zeros, 0.0, part) for part in (*sharp[:2], sharp.error + spread))
        return SharpCosts(high, low, error)

    def price(self, form: Form, y: Array) -> float:
        """By how much the rows' part of the bound may be less there."""
        limits = np.where(y > 0, form.rows.lower, np.where(y < 0, form.rows.upper, form.rows.lower))
        return float((self.reach[self.reach > 0] * np.abs(limits[self.reach > 0])).sum()) * (1 + 1e-9)


def dual_bound(
    form: Form,
    w: Array,
    y: Array,
    delta: Array,
    implied: Callable[[Mask, Mask], Box],
    sizes: Callable[[], Array],
    *,
    exact: bool = False,
    reach: float = REACHES[0],
    nearby: Nearby | None = None,
) -> DualBound:
    """Evaluate L(w, y); ``implied`` fills wanted infinite sides, ``sizes`` gives the natural size of each column.

    ``exact`` sums in twice the precision: worth its time where rounding hides the gap. ``reach`` is the multiple of
    its size up to which a column without a bound is looked at, where a leftover of rounding size needs one. ``nearby``
    (with ``exact``) evaluates at multipliers that exist near y.
    """
    y = np.where(((y > 0) & np.isneginf(form.rows.lower)) | ((y < 0) & np.isposinf(form.rows.upper)), 0.0, y)
    z, error, terms = form.reduced_costs(w, y)
    assumed, why, slight = np.zeros(z.size, dtype=bool), "", True
    if not np.isfinite(z + error).all():  # overflow: nothing is known of the columns' minima
        return DualBound(-np.inf, 0.0, 0.0, y, z, form.box, delta, assumed, "a reduced cost overflows")
    sharp = sharp_costs(form, w, y, terms) if exact and not form.underflows(w, y) else None
    if sharp is not None:
        sharp = sharp if nearby is None else nearby.costs(form, sharp)
        z, error = sharp.once
    box = form.box
    if _exposed(box, z, error, delta).any():
        box = implied(*_sides(box, z, error, delta))
        if nearby is None:
            exposed = _exposed(box, z, error, delta)
            z, error = _told_from_zero(form, (w, y), (z, error, terms), exposed, sharp is None)
        assumed = _exposed(box, z, error, delta)
        if assumed.any():
            share = ROUNDING if reach == REACHES[0] else LAST_DIGITS
            small = np.abs(z) + error <= share * terms
            box, why = _assumed(box, assumed, reach * sizes(), small)
            slight = bool(small[assumed].all())
    if sharp is None:
        value, rounding, vague = _value(form, w, y, (z, error), delta, box)
    else:
        vague = 0.0
        value, rounding = sharp_value(form, w, y, sharp.with_known(z, error), delta, box)
        price = 0.0 if nearby is None else nearby.price(form, y)
        value = float(np.nextafter(value - price, -np.inf)) if price > 0 else value
    z = np.where(np.abs(z) <= error, 0.0, z)
    return DualBound(value, rounding, vague, y, z, box, delta, assumed, why, slight=slight)


def _exposed(box: Box, z: Array, error: Array, delta: Array) -> Mask:
    """Columns whose minimum may run to an infinite side."""
    low, high = _sides(box, z, error, delta)
    return low | high


def _sides(box: Box, z: Array, error: Array, delta: Array) -> tuple[Mask, Mask]:
    """Columns whose minimum may run to an infinite lower side, and to an infinite upper side."""
    flat = delta <= 0
    if not flat.any():
        return flat, flat
    low = np.isneginf(box.lower) & (z + error > 0) & flat
    high = np.isposinf(box.upper) & (z - error < 0) & flat
    bent = delta < 0  # negative curvature: both sides must be finite
    return low | (bent & np.isneginf(box.lower)), high | (bent & np.isposinf(box.upper))


def _told_from_zero(
    form: Form, at: tuple[Array, Array], known: tuple[Array, Array, Array], exposed: Mask, rounded: bool
) -> tuple[Array, Array]:
    """Look closer at reduced costs that may be 0: in twice the precision if they are ``rounded``, then exactly."""
    z, error, terms = known
    doubtful = exposed & (np.abs(z) <= error)
    if rounded and doubtful.any() and not form.underflows(*at):  # spares exact sums
        closer = sharp_costs(form, *at, terms).once
        z, error = (np.where(doubtful, new, old) for new, old in zip(closer, (z, error), strict=True))
        doubtful &= np.abs(z) <= error
    return _sharpened(form, *at, (z, error), doubtful)


def _sharpened(form: Form, w: Array, y: Array, costs: tuple[Array, Array], doubtful: Mask) -> tuple[Array, Array]:
    """Sum doubtful reduced costs again, exactly: a zero needs no bound at all."""
    z, error = costs
    columns = np.flatnonzero(doubtful)
    if not columns.size or form.entries(columns) > EXACT_ENTRIES:
        return z, error
    z, error = z.copy(), error.copy()
    z[columns], error[columns] = form.rounded_once(w, y, columns)
    return z, error


def _assumed(box: Box, assumed: Mask, reach: Array, small: Mask) -> tuple[Box, str]:
    """Give rounding-sized leftovers a finite reach; leave real ones their infinite side."""
    payable = assumed & small & (reach > 0)
    real = int((assumed & ~payable).sum())
    reach = np.where(payable, reach, np.inf)
    low = np.where(payable & np.isneginf(box.lower), -reach, box.lower)
    high = np.where(payable & np.isposinf(box.upper), reach, box.upper)
    why = f"{real} reduced cost{'s point' if real > 1 else ' points'} at an infinite side" if real else ""
    return Box(low, high), why


def _value(
    form: Form, w: Array, y: Array, costs: tuple[Array, Array], delta: Array, box: Box
) -> tuple[float, float, float]:
    """Sum of all terms of L, rounded down, the charge, and about what exact sums may gain; -inf if it is not finite."""
    z, error = costs
    rows = form.rows.lowest(y)
    low, size_low = _column_minima(z - error, w, delta, box)
    high, size_high = _column_minima(z + error, w, delta, box)
    total = float(rows.sum() + np.minimum(low, high).sum())
    size = float(np.abs(rows).sum() + np.maximum(size_low, size_high).sum())
    if form.P is not None:
        square = w * (form.P @ w)
        total -= 0.5 * float(square.sum())
        size += float((np.abs(w) * (form.bend_sizes @ np.abs(w))).sum())
    charge = float(gamma(sum_depth(z.size + y.size) + longest(form.P) + 8.0)) * size
    if not charge > DWARFING:
        lost = form.rows.underflow(y, rows) or box.underflow(z, low) or form.underflows(w, np.append(y, z))
        charge += 4 * TINY * (z.size + y.size) * lost
    value = total - charge
    blurred = charge + float(np.abs(high - low).sum())  # what the rounding of z costs beside that of the sum
    vague = blurred + float(np.abs(np.minimum(low, high))[np.abs(z) <= error].sum())
    return (value, blurred, vague) if np.isfinite(value) else (-np.inf, 0.0, 0.0)


def _column_minima(z: Array, w: Array, delta: Array, box: Box) -> tuple[Array, Array]:
    """Least of z x + delta (x - w)^2 / 2 over the box per column, and the magnitude of its terms."""
    flat = not delta.any()
    bent_everywhere = not flat and bool((delta > 0).all())
    linear = z if bent_everywhere else box.lowest(z)
    if flat:
        return linear, np.abs(linear)
    safe = np.where(delta > 0, delta, 1.0)
    step = z / safe
    inside = w - step
    end = np.clip(inside, box.lower, box.upper)
    curve = safe * (end - w) * (end - w)  # in this order: squares may leave the range where these products do not
    bent = np.where(inside == end, z * w - 0.5 * z * step, z * end + 0.5 * curve)
    size = np.abs(z * end) + np.abs(z * w) + z * step + curve
    if float(size.min(initial=np.inf)) < SAFE:
        moved = ((inside == end) & (z != 0)) | ((inside != end) & (end != w))
        bent -= 4 * TINY * (moved & (np.minimum(z * step, curve) < SAFE))
    if bent_everywhere:
        return bent, size
    value, size = np.where(delta > 0, bent, linear), np.where(delta > 0, size, np.abs(linear))
    if (delta < 0).any():  # concave: the minimum is at an end
        ends = np.minimum(*(z * x + 0.5 * delta * (x - w) * (x - w) for x in (box.lower, box.upper))) - 8 * TINY
        reaches = (np.abs(x) + np.abs(w) for x in (box.lower, box.upper))
        end_size = sum(np.abs(z) * reach - delta * reach * reach for reach in reaches)
        value, size = np.where(delta < 0, ends, value), np.where(delta < 0, end_size, size)
    return value, size
