r"""What the group lasso adds to the gap, where one number penalises several coefficients.

Let lambda_g be the factor of a group's norm, and let its slopes be known within d. Its share of the gap is

    lambda_g |b_g| + l2 |b_g|^2 / 2 + g'b_g - least over c of the same,

a convex function of g whose slope at g is b_g - c(g) and changes by at most 1 / l2: another g' within delta = |d_g|
adds at most delta |b_g - c| + delta^2 / (2 l2). Without a ridge the least value is 0 for |g| <= lambda_g, so that the
share is linear in g; what goes beyond is paid for through the level ball.
"""

from __future__ import annotations

import numpy as np

from thalweg.result import Array, Index
from thalweg.terms.grouped import GroupedElasticNet
from thalweg.terms.penalties import ROUNDED_UP
from thalweg.terms.rounding import UNIT, gamma

INSIDE = 1 - 1e-12  # a slope scaled to this share of a ball lies in it, whatever the rounding


def with_groups(
    penalty: GroupedElasticNet, b: Array, slopes: tuple[Array, Array], alone: tuple[Array, Array]
) -> tuple[Array, Array, float]:
    """Return the terms of all columns and their excess, and the largest (|g| + |d|) / lambda_g - 1 of pure groups.

    ``alone`` are terms and excess column by column, right for groups of one.
    """
    (g, d), single = slopes, penalty.single
    held, excess = (np.where(single, values, 0.0) for values in alone)
    factors, delta = penalty.factors, penalty.norms(d) * ROUNDED_UP
    members = np.bincount(penalty.groups)
    several, l2 = members > 1, np.bincount(penalty.groups, penalty.l2) / members
    size, norm = penalty.norms(g), penalty.norms(b)
    pure = several & (l2 == 0)
    ridge = np.where(l2 > 0, l2, 1.0)
    over = np.where(pure, 0.0, np.maximum(size - factors, 0.0))
    work = np.bincount(penalty.groups, g * b)
    c = -g * (over / ridge / np.where(size > 0, size, 1.0))[penalty.groups]
    away = delta * penalty.norms(b - c) + np.where(pure, 0.0, delta * delta / (2 * ridge))
    terms = factors * norm + 0.5 * l2 * norm * norm + work + 0.5 * over * over / ridge + away * ROUNDED_UP
    terms += gamma(4.0 * b.size + 40.0) * ((factors + size + l2 * norm) * norm + size * over / ridge)
    held[_first(penalty)[several]] = terms[several]
    ratio = (ROUNDED_UP * size + delta)[pure] / factors[pure] - 1.0
    return held, excess, max(float(ratio.max(initial=0.0)) * ROUNDED_UP, 0.0)


def _first(penalty: GroupedElasticNet) -> Index:
    """First column of each group, where the group's term stands."""
    return np.unique(penalty.groups, return_index=True)[1]


def group_slopes(penalty: GroupedElasticNet, b: Array, g: Array) -> Array:
    """Slope of the penalty at b, nearest to -g where a group is 0 and has many."""
    size = penalty.norms(g)
    inside = np.minimum(1.0, INSIDE * penalty.factors / np.where(size > 0, size, 1.0))
    inside = np.where(size <= INSIDE * penalty.factors, 1.0, inside)
    zero = (penalty.norms(b) == 0)[penalty.groups]
    return np.where(zero, -g * inside[penalty.groups], penalty.kink(b) + penalty.l2 * b)


def norm_changes(penalty: GroupedElasticNet, base: Array, columns: Array) -> Array:
    """lambda_g (|columns_g| - |base_g|), rounded up, in the first column of each group."""
    before, after = penalty.norms(base), penalty.norms(columns)
    change = penalty.factors * (after - before) + gamma(base.size + 8.0) * penalty.factors * (after + before)
    changes = np.zeros(base.size)
    changes[_first(penalty)] = change + UNIT * np.abs(change)
    return changes
