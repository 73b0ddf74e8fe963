"""Coefficients that are 0 in every best answer: what an L1 penalty decides beyond doubt.

Let b be a feasible point with F(b) - F* <= gap, t_i = f'(eta_i) its slopes, and t* those of a best answer b*. Slopes of
a loss with f'' <= L are co-coercive, and b* is best among feasible points, so that

    sum_i w_i (t_i - t*_i)^2 / (2 L) <= F(b) - F* <= gap.

By Cauchy and Schwarz the gradient of the loss at b* differs from g = X'(w t) by |g_j - g*_j| <= sqrt(2 L gap S_j) with
S_j = sum_i w_i x_ij^2. Where f'' has no limit but |f'''| <= M f'', the conjugate grows by s^2 / (2 f''_i + 2 M |s| / 3)
for a slope that is off by s (the calculation of Bernstein's inequality), and the radius T solves

    T^2 = gap (2 sum_i w_i f''_i x_ij^2 + 2/3 M max_i |x_ij| T).

A best b*_j that is not 0 has |g*_j| >= l1_j, if 0 lies within its limits and no row of A pulls
at it. So b*_j = 0 wherever |g_j| + sqrt(2 L gap S_j) < l1_j, rounding included; a group, where the norm of these sums
over its columns stays below its factor. (The idea of gap-safe screening,
Ndiaye, Fercoq, Gramfort and Salmon 2017, at the primal point: no dual point has to be feasible.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.judges.fit_gap import Gap, Point, is_large
from thalweg.result import Mask
from thalweg.terms.rounding import UNIT

ROUNDED_UP = 1 + 1e-9  # more than all rounding of the radius
SMALLEST = 1e-280  # squares below this may have lost digits to underflow


def certified_zeros(problem: Any, point: Point, gap: float, slopes: Gap) -> Mask:
    """Which coefficients are 0 in every best answer; the point is feasible, and within ``gap`` of the best.

    ``slopes`` are those of its own losses, clipped to the domain of f*: a change within their rounding.
    """
    n, p = problem.shape
    certain = np.zeros(int(p), dtype=bool)
    asked = (problem.l1 > 0) & (problem.lower <= 0) & (problem.upper >= 0) & (point.columns[:p] == 0)
    if problem.A.shape[0]:
        asked &= np.asarray(abs(problem.A).sum(axis=0)).ravel() == 0
    if not asked.any() or not np.isfinite(gap):
        return certain
    loss, y, eta = problem.loss, problem.y, point.eta
    steepest = np.full(int(n), loss.max_curvature)
    if not np.isfinite(loss.max_curvature):
        with np.errstate(over="ignore", invalid="ignore"):
            steepest = loss.curvature(eta, y) * np.exp(loss.concordance * point.rounding)
    if not np.isfinite(steepest).all() or loss.kinked:
        return certain
    blur = problem.weighted(steepest * point.rounding + 2 * loss.slope_size(eta, y) * UNIT)
    rounding = 2 * slopes.d[: int(p)] + problem.X.abs_t_dot(blur, is_large(problem)) * ROUNDED_UP
    w = problem.weighted(steepest)
    X = problem.X
    even = is_large(problem) and not loss.joint and w.min() == w.max()
    squares = 2.0 * gap * (w[0] * X.norms**2 if even else X.remembered("squares", w, lambda: X.squares(w)))
    radius = np.sqrt(squares)
    if not np.isfinite(loss.max_curvature):
        linear = gap * loss.concordance * problem.X.largest() / 3.0
        radius = linear + np.sqrt(linear**2 + squares)
    reached = np.abs(slopes.g[: int(p)]) + (rounding + radius) * ROUNDED_UP
    return asked & (squares >= SMALLEST) & problem.penalty.holds(reached)
