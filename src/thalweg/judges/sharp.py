r"""The dual bound summed in twice the precision, where rounding of large terms that cancel hides a small gap.

The reduced costs come as pairs of numbers, every product of a multiplier and a limit is split into its value and its
error, and the sum of all is exact (Shewchuk 1997). What is left to charge is the rounding of the small terms.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from thalweg.judges.form import Form
from thalweg.result import Array
from thalweg.terms.constraints import SAFE, Box
from thalweg.terms.extended import two_product
from thalweg.terms.rounding import TINY, UNIT, gamma


class SharpCosts(NamedTuple):
    """Reduced costs z = high + low, known within ``error``."""

    high: Array
    low: Array
    error: Array

    @property
    def once(self) -> tuple[Array, Array]:
        """z rounded once, and what is not known of it."""
        return self.high, self.error + UNIT * np.abs(self.high)

    def with_known(self, z: Array, error: Array) -> SharpCosts:
        """Take over those that were summed in rational arithmetic: their error is 0."""
        known = error == 0
        high = np.where(known, z, self.high)
        return SharpCosts(high, np.where(known, 0.0, self.low), np.where(known, 0.0, self.error))


def sharp_costs(form: Form, w: Array, y: Array, terms: Array) -> SharpCosts:
    """q + P w - A'y; ``terms`` are the sums of the magnitudes of its terms."""
    high, low = form.sharp_gradient(w, y)
    return SharpCosts(high, low, form.lost * terms + 2 * UNIT * np.abs(low))


def sharp_value(form: Form, w: Array, y: Array, costs: SharpCosts, delta: Array, box: Box) -> tuple[float, float]:
    """Value of L, and the rounding charged to it."""
    rows = np.where(y > 0, form.rows.lower, np.where(y < 0, form.rows.upper, 0.0))
    parts = list(two_product(y, rows))
    ends = [_column_ends(costs, sign, w, delta, box) for sign in (-1.0, 1.0)]
    column = ends[0].lesser(ends[1])
    parts += [column.product, column.error, column.rest]
    charge = float(column.charge.sum())
    if form.P is not None:
        bend, blur = form.sharp_bend(w)
        parts += [-0.5 * part for part in two_product(w, bend)]
        charge += 0.5 * float(np.abs(w) @ blur)
    everything = np.concatenate(parts)
    if not np.isfinite(everything).all():
        return -np.inf, 0.0
    total = math.fsum(everything.tolist())
    charge = charge * (1 + gamma(w.size + 64.0)) + 2 * UNIT * abs(total)
    charge += (
        8 * TINY * (w.size + y.size) * (form.rows.underflow(y, parts[0]) or box.underflow(costs.high, column.product))
    )
    return total - charge, charge + float(np.abs(ends[1].above(ends[0])).sum())


class _Ends(NamedTuple):
    """Least value of one column: a product with its error, a small rest, and the rounding of the rest."""

    product: Array
    error: Array
    rest: Array
    charge: Array

    def above(self, other: _Ends) -> Array:
        """By how much it exceeds another one, part by part: the products are far larger than what tells them apart."""
        return (self.product - other.product) + ((self.error - other.error) + (self.rest - other.rest))

    def lesser(self, other: _Ends) -> _Ends:
        """The lesser of both, column by column."""
        first = self.above(other) <= 0
        return _Ends(*(np.where(first, one, two) for one, two in zip(self, other, strict=True)))


def _column_ends(costs: SharpCosts, sign: float, w: Array, delta: Array, box: Box) -> _Ends:
    """Least of z x + delta (x - w)^2 / 2 over the box per column, at one end of what is known of z."""
    low = costs.low + sign * costs.error
    z = costs.high + low
    bent = delta > 0
    step = z / np.where(bent, delta, 1.0)
    inside = w - step
    end = np.where(bent, np.clip(inside, box.lower, box.upper), np.where(z > 0, box.lower, box.upper))
    end = np.where((z == 0) & ~bent, 0.0, end)
    free = bent & (inside == end)
    place = np.where(free, w, end)
    product, error = two_product(costs.high, place)
    curve = np.where(free, -0.5 * z * step, 0.5 * delta * (end - w) * (end - w))
    curve = np.where(delta == 0, 0.0, curve)
    lost = (delta != 0) & (np.abs(curve) < SAFE) & ((free & (z != 0)) | (~free & (end != w)))
    rest = low * place + curve
    charge = gamma(12.0) * (np.abs(low * place) + np.abs(curve)) + UNIT**2 * np.abs(delta) * w * w + 4 * TINY * lost
    if (delta < 0).any():  # concave: the least value is at one of the ends
        return _concave(costs.high, low, w, delta, box, _Ends(product, error, rest, charge))
    return _Ends(product, error, rest, charge)


def _concave(high: Array, low: Array, w: Array, delta: Array, box: Box, other: _Ends) -> _Ends:
    """Replace the columns of negative curvature by their least end."""
    sides = list[_Ends]()
    for end in (box.lower, box.upper):
        product, error = two_product(high, end)
        curve = 0.5 * delta * (end - w) * (end - w)
        charge = gamma(12.0) * (np.abs(low * end) + np.abs(curve)) + 4 * TINY * ((np.abs(curve) < SAFE) & (end != w))
        sides.append(_Ends(product, error, low * end + curve, charge))
    least = sides[0].lesser(sides[1])
    return _Ends(*(np.where(delta < 0, one, two) for one, two in zip(least, other, strict=True)))
