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
FURTHER = 2  # passes at least where others have filled the sides: they may be tighter with these rows
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
    def positive(self) -> Mask:
        """Which nonzeros are positive."""
        return np.asarray(self.a > 0)

    @cached_property
    def starts(self) -> Index:
        """Where the entries of each column that has any begin."""
        return np.flatnonzero(np.diff(self.j, prepend=-1))

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

    def __init__(self, rows: Rows, declared: Box, known: Box | None = None) -> None:
        """``known`` is the declared box as far as other rows have filled it already."""
        self.rows, self.declared = rows, declared
        self.box = declared if known is None else known
        self.passes = PASSES
        self.further = 0 if known is None else FURTHER

    def filled(self, wanted_lower: Mask, wanted_upper: Mask) -> Box:
        """Propagate until the wanted sides are finite or nothing moves."""
        while self.passes and (self._open(wanted_lower, wanted_upper) or self.further):
            self.further = max(self.further - 1, 0)
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
    digits_lost = rows.smallest * min(smallest(low), smallest(high)) < SAFE
    low, high = low[rows.j], high[rows.j]
    least, most = rows.a * np.where(rows.positive, low, high), rows.a * np.where(rows.positive, high, low)
    if digits_lost:
        least, most = least - TINY * (least < SAFE), most + TINY * (most > -SAFE)
    # a_ij x_j <= row_upper_i - (least activity of the others); >= row_lower_i - (largest activity of the others)
    above, below = -_rest(rows, -rows.upper, least), _rest(rows, rows.lower, -most)
    highest = _outward(np.where(rows.positive, above, below), rows.a, 1.0)
    lowest = _outward(np.where(rows.positive, below, above), rows.a, -1.0)
    columns = rows.j[rows.starts]
    new_high[columns] = np.minimum.reduceat(highest, rows.starts)
    new_low[columns] = np.maximum.reduceat(lowest, rows.starts)
    return new_low, new_high


def _outward(room: Array, a: Array, sign: float) -> Array:
    """room / a, moved by its rounding in the direction of the sign; infinite where it is not known."""
    with np.errstate(invalid="ignore", over="ignore"):
        end: Array = room / a
        moved = end + sign * (4 * UNIT * np.abs(end) + TINY * (room != 0))
    return np.where(np.isnan(moved), sign * np.inf, moved)


def _rest(rows: Rows, limit: Array, part: Array) -> Array:
    """limit_i + sum over the other entries of row i of part, rounded down; -inf where the sum is not finite."""
    finite = np.isfinite(part)
    bounded = bool(finite.all())
    known = part if bounded else np.where(finite, part, 0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        total = np.bincount(rows.i, known, rows.count)
        size = np.bincount(rows.i, np.abs(known), rows.count)
        most = limit + total - 2 * rows.rounding * (size + np.abs(limit))
        most = np.where(np.isfinite(most), most, -np.inf)
        if bounded:
            return most[rows.i] - known
        infinite = np.bincount(rows.i, ~finite, rows.count)
        rest = np.where(infinite == 0, most, -np.inf)[rows.i] - known
        alone = np.flatnonzero(~finite)  # the others of its row may all be finite
        rest[alone] = np.where(infinite == 1, most, -np.inf)[rows.i[alone]]
    return rest
