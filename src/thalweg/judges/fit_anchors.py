"""Directions in which a multinomial loss does not grow, and what holds them.

One number added to the coefficients of a feature in all K classes changes no probability, so that H is singular along
it unless a ridge bends it. Where penalty or limits hold one of the K coefficients with room to spare, that one can
serve as an anchor: its slope m_a is chosen so that v = g + m sums to 0 over the feature's columns, v'(c - b) is then a
function of the differences to the anchor alone, and the anchor's column may be left out of H. Since the slopes of a
sample add up to 0, sum_k g_k = -sum_k (A'y)_k exactly, and m_a = sum_k (A'y)_k - sum_{k != a} m_k up to its rounding.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thalweg.result import Array, Index, Mask
from thalweg.terms.rounding import UNIT


class Anchors(NamedTuple):
    """Per column the anchor of its feature (-1: none), and the slopes of the penalty and limits after the change."""

    of: Index
    m: Array
    rounding: Array  # of m, at the anchors

    @property
    def dropped(self) -> Mask:
        """Columns that are anchors."""
        return self.of == np.arange(self.of.size)

    def relative(self, step: Array) -> Array:
        """Steps of the columns relative to their anchor; an anchor's own is kept, for its rounding."""
        moved = (self.of >= 0) & ~self.dropped
        return np.where(moved, step - step[np.maximum(self.of, 0)], step)


def anchors_of(problem: Any, g: Array, m: Array, held: tuple[Array, Array], y: Array) -> Anchors:
    """Choose the anchors; ``held`` is the interval in which penalty and limits can hold each slope."""
    X, l2 = problem.X, problem.l2
    of, m, rounding = np.full(g.size, -1), m.copy(), np.zeros(g.size)
    pull = np.zeros(g.size) if not y.size else np.asarray(problem.A.T @ y)
    size = np.abs(m) + (np.abs(pull) if not y.size else np.asarray(abs(problem.A).T @ np.abs(y)))
    last = X.kept.shape[1]
    order = np.argsort(X.feature, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(X.feature[order])) + 1):
        j = X.feature[group[0]]
        if j == last or group.size < X.classes or l2[group].all():
            continue
        others = m[group].sum() - m[group]
        wanted = pull[group].sum() - others
        error = 4 * UNIT * X.classes * size[group].sum()
        room = np.minimum(wanted - held[0][group], held[1][group] - wanted)
        best = int(np.argmax(room))
        if room[best] > error:
            of[group], m[group[best]], rounding[group[best]] = group[best], wanted[best], error
    return Anchors(of, m, rounding)
