"""Coefficients that are 0 in every best answer: what an L1 penalty decides beyond doubt.

Let b be a feasible point with F(b) - F* <= gap, t_i = f'(eta_i) its slopes, and t* those of a best answer b*. Slopes of
a loss with f'' <= L are co-coercive, and b* is best among feasible points, so that

    sum_i w_i (t_i - t*_i)^2 / (2 L) <= F(b) - F* <= gap.

By Cauchy and Schwarz the gradient of the loss at b* differs from g = X'(w t) by |g_j - g*_j| <= sqrt(2 L gap S_j) with
S_j = sum_i w_i x_ij^2. A best b*_j that is not 0 has |g*_j| >= l1_j, if 0 lies within its limits and no row of A pulls
at it. So b*_j = 0 wherever |g_j| + sqrt(2 L gap S_j) < l1_j, rounding included. (The idea of gap-safe screening,
Ndiaye, Fercoq, Gramfort and Salmon 2017, at the primal point: no dual point has to be feasible.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.judges.fit_gap import Point
from thalweg.result import Array, Mask
from thalweg.terms.rounding import UNIT, gamma

ROUNDED_UP = 1 + 1e-9  # more than all rounding of the radius
SMALLEST = 1e-280  # squares below this may have lost digits to underflow


def certified_zeros(problem: Any, point: Point, gap: float) -> Mask:
    """Which coefficients are 0 in every best answer; the point is feasible, and within ``gap`` of the best."""
    n, p = problem.shape
    certain = np.zeros(int(p), dtype=bool)
    asked = (problem.l1 > 0) & (problem.lower <= 0) & (problem.upper >= 0) & (point.columns[:p] == 0)
    if problem.A.shape[0]:
        asked &= np.asarray(abs(problem.A).sum(axis=0)).ravel() == 0
    if not asked.any() or not np.isfinite(gap) or not np.isfinite(problem.loss.max_curvature):
        return certain
    loss, w = problem.loss, problem.weights
    t = loss.slope(point.eta, problem.y)
    blur = loss.max_curvature * point.rounding + loss.slope_rounding * UNIT
    rounding = gamma(n + 16.0) * problem.X.abs_t_dot(w * t) + problem.X.abs_t_dot(w * blur)
    squares = 2.0 * loss.max_curvature * gap * _squares(problem)
    radius = np.sqrt(squares) * ROUNDED_UP
    return (
        asked & (squares >= SMALLEST) & (np.abs(problem.X.t_dot(w * t)) + rounding * ROUNDED_UP + radius < problem.l1)
    )


def _squares(problem: Any) -> Array:
    """S_j = sum_i w_i x_ij^2."""
    X, w = problem.X, problem.weights
    if X.sparse:
        return np.asarray(X.X.multiply(X.X).T @ w).ravel()
    total, start = np.zeros(int(problem.shape[1])), 0
    for block in X.blocks():
        total += w[start : start + block.shape[0]] @ (block * block)
        start += block.shape[0]
    return total
