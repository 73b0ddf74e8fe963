r"""How far coefficients can be from the best ones.

Let b be a base point with the growth of `fit_growth`: v what its slopes leave, |.|_H the norm of H, rho, and K >= 0
what the rows leave by complementary slackness. A best point b* is no worse than b, and x = |b* - b|_H satisfies

    x^2 / (2 + rho x)  <=  |v| x + K        (exp(-s) + s - 1 >= s^2 / (2 + s)),

so that for rho |v| < 1 it is at most the larger root of (1 - rho |v|) x^2 - (2 |v| + rho K) x - 2 K = 0, and every
coefficient of b* lies within x sqrt((H^-1)_jj) of b's. Where b itself violates a limit, b* may be worse than b, but it
is no worse than the claim, and K grows by F(claim) - F(b). Independent of that, a ridge alone keeps sum_j l2_j (beta_j
- b*_j)^2 / 2 below the gap of beta.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.judges.fit_gap import Point, columns_of, complementarity, point_of, split
from thalweg.judges.fit_growth import Growth
from thalweg.result import Array

ROUNDED_UP = 1 + 1e-9


def coefficient_errors(problem: Any, point: Point, gap: float, growth: Growth | None) -> Array:
    """Bound |beta_j - b*_j| for the coefficients of a feasible point within ``gap`` of the best; inf where unknown."""
    penalty, _ = columns_of(problem)
    ridge = penalty.l2 > 0
    errors = np.where(ridge, np.sqrt(2 * max(gap, 0.0) / np.where(ridge, penalty.l2, 1.0)) * ROUNDED_UP, np.inf)
    if growth is not None:
        reach = _reach(problem, point, growth)
        if np.isfinite(reach):
            spread = np.sqrt((growth.root**2).sum(axis=1))
            if growth.anchors is not None:  # only differences to the anchor are known
                spread[growth.anchors.of >= 0] = np.inf
            near = np.abs(point.columns - growth.base) + reach * spread * ROUNDED_UP
            errors = np.fmin(errors, near)
    return split(problem, errors)[0]


def _reach(problem: Any, point: Point, growth: Growth) -> float:
    """|b* - b|_H, b the base point."""
    coef, intercept = split(problem, growth.base)
    slack = complementarity(problem, coef, growth.y)
    if problem.box.violation(coef).any() or problem.rows.violation(problem.A @ coef).any():
        base = point_of(problem, coef, intercept)
        slack += point.value + point.noise - base.value + base.noise
    left = 1 - growth.rho * growth.norm
    if not (left > 0 and np.isfinite(slack)):
        return np.inf
    half = growth.norm + 0.5 * growth.rho * max(slack, 0.0)
    return (half + float(np.hypot(half, np.sqrt(2 * max(slack, 0.0) * left)))) / left + growth.vague
