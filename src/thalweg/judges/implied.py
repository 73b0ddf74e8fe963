"""Bounds that the rows imply for columns that have none (activity propagation; Savelsbergh 1994).

Only infinite sides are filled: the user's own bounds stay. Every step is rounded outward, so that each implied bound
holds for every point that satisfies the rows exactly.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from thalweg.result import Array, Index, Mask
from thalweg.terms.constraints import SAFE, Box, triplets
from thalweg.terms.rounding import TINY, UNIT, gamma, smallest

PASSES = 12  # bounds travel along chains of rows, one row per pass
PATIENCE, ACCELERATION = 3, 20  # passes after which the rest must suffice, even if each fills that many times as much


class Rows:
    """The nonzeros of row_lower <= A x <= row_upper, sorted by column, with limits per row."""

    def __init__(self, A: Any, limits: Box) -> None:
        self.i, self.j, self.a = triplets(A)
        self.lower, self.upper = limits.lower, limits.upper
        self.count = A.shape[0]

    @cached_property
    def rounding(self) -> Array:
        """Of each row's sum, as a share of the magnitudes of its terms."""
        return gamma(np.asarray(np.bincount(self.i, minlength=self.count), dtype=np.float64) + 4.0)

    @cached_property
    def smallest(self) -> float:
        """Smallest magnitude of a nonzero."""
        return smallest(self.a)

    def with_level(self, q: Array, level: float) -> Rows:
        """Add the row q'x <= level: only points that are no worse than the level matter."""
        present = np.flatnonzero(q)
        longer = object.__new__(Rows)
        j = np.concatenate([self.j, present])
        order = np.argsort(j, kind="stable")
        longer.j = j[order]
        longer.i = np.concatenate([self.i, np.full(present.size, self.count)])[order]
        longer.a = np.concatenate([self.a, q[present]])[order]
        longer.lower, longer.upper = np.append(self.lower, -np.inf), np.append(self.upper, level)
        longer.count = self.count + 1
        return longer


class Propagation:
    """Infinite sides of a box filled from the rows, as far as somebody wants them; later wishes go on from there."""

    def __init__(self, rows: Rows, box: Box) -> None:
        self.rows, self.declared = rows, box
        self.box = box
        self.passes = PASSES

    def filled(self, wanted_lower: Mask, wanted_upper: Mask) -> Box:
        """Propagate until the wanted sides are finite or nothing moves."""
        while self.passes and self._open(wanted_lower, wanted_upper):
            low, high = self.box.lower, self.box.upper
            before = np.isinf(low).sum() + np.isinf(high).sum()
            new_low, new_high = _pass(self.rows, low, high)
            low = np.where(np.isinf(self.declared.lower), np.maximum(low, new_low), low)
            high = np.where(np.isinf(self.declared.upper), np.minimum(high, new_high), high)
            self.box = Box(low, high)
            filled = before - np.isinf(low).sum() - np.isinf(high).sum()
            self.passes = 0 if filled == 0 else self.passes - 1
            hoped = ACCELERATION * filled * self.passes
            if self.passes < PASSES - PATIENCE and hoped < self._open(wanted_lower, wanted_upper):
                self.passes = 0
        return self.box

    def _open(self, wanted_lower: Mask, wanted_upper: Mask) -> int:
        """Count the wanted sides that are still infinite."""
        low, high = self.box.lower, self.box.upper
        return int(np.isinf(low[wanted_lower]).sum() + np.isinf(high[wanted_upper]).sum())


def _pass(rows: Rows, low: Array, high: Array) -> tuple[Array, Array]:
    """One pass over all rows: the bounds each entry gets from the rest of its row."""
    size = low.size
    new_low, new_high = np.full(size, -np.inf), np.full(size, np.inf)
    if not rows.a.size:
        return new_low, new_high
    positive, digits_lost = rows.a > 0, rows.smallest * min(smallest(low), smallest(high)) < SAFE
    low, high = low[rows.j], high[rows.j]
    least, most = rows.a * np.where(positive, low, high), rows.a * np.where(positive, high, low)
    if digits_lost:
        least, most = least - TINY * (least < SAFE), most + TINY * (most > -SAFE)
    # a_ij x_j <= row_upper_i - (least activity of the others); >= row_lower_i - (largest activity of the others)
    room_above = -_rest(rows, -rows.upper, least)
    room_below = _rest(rows, rows.lower, -most)
    with np.errstate(invalid="ignore", over="ignore"):
        rooms: Array = np.stack([room_above, room_below])
        ends: Array = rooms / rows.a
        outward = 4 * UNIT * np.abs(ends) + TINY * (rooms != 0)
        ends += np.where(np.isfinite(ends), outward, 0.0) * np.sign(rows.a) * [[1], [-1]]
    from_above: Array = ends[0]
    from_below: Array = ends[1]
    _reduce(np.minimum, new_high, rows.j, np.where(positive, from_above, from_below))
    _reduce(np.maximum, new_low, rows.j, np.where(positive, from_below, from_above))
    return new_low, new_high


def _rest(rows: Rows, limit: Array, part: Array) -> Array:
    """limit_i + sum over the other entries of row i of part, rounded down; -inf where the sum is not finite."""
    finite = np.isfinite(part)
    known = np.where(finite, part, 0.0)
    total = np.bincount(rows.i, known, rows.count)
    size = np.bincount(rows.i, np.abs(known), rows.count)
    infinite = np.bincount(rows.i, ~finite, rows.count)
    others_finite = (infinite[rows.i] - ~finite) == 0
    with np.errstate(invalid="ignore"):
        slack = rows.rounding * (size + np.abs(limit))
        rest = limit[rows.i] + (total[rows.i] - known) - 2 * slack[rows.i]
    return np.where(others_finite & np.isfinite(limit[rows.i]), rest, -np.inf)


def _reduce(function: np.ufunc, target: Array, index: Index, values: Array) -> None:
    """Per column extreme of values sorted by column."""
    starts = np.flatnonzero(np.diff(index, prepend=-1))
    target[index[starts]] = function.reduceat(values, starts)
