r"""The distance of coefficients from the best ones, as a sum of nonnegative terms.

Any t with t_i in the domain of f* and any row multipliers y bound the objective from below (Fenchel-Young). With
u_i = w_i t_i and g = X'u - A'y the difference between the objective at (b, b0) and that bound is

    gap = sum_i w_i B(t_i, eta_i)                                     how far t is from the slopes at eta
        + sum_j [ pen_j(b_j) + g_j b_j - least of pen_j(c) + g_j c ]  how far each coefficient is from the best for g
        + y'A b - sum_i least of y_i r over the limits of row i       complementary slackness of the rows

and the intercept is one more column, of ones, without penalty. Nothing cancels, so the gap is meaningful far below
the rounding of the objective (Fercoq, Gramfort & Salmon 2015 for the lasso; here for any loss, box and rows).

Where the least value is -inf (an unpenalised or purely L1-penalised column with an infinite side), g_j is clipped to
the slope that keeps it finite, and the excess |g_j - clipped| is paid for:
purely L1-penalised columns together through the level ball sum_j l1_j |c_j| <= objective(b), which holds every better
point; unpenalised ones through their reach (`fit_reach`).

Rounding is charged: each column term is convex in g_j, so the larger value at g_j -+ d_j counts, d_j being the rounding
bound of g_j; B is evaluated at an eta known within delta_i.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.judges.fit_groups import with_groups
from thalweg.result import Array
from thalweg.terms.constraints import Box
from thalweg.terms.grouped import GroupedElasticNet
from thalweg.terms.penalties import ElasticNet
from thalweg.terms.rounding import UNIT, gamma, sum_depth

BLUR = 2e-13  # relative rounding of B, and of a loss that is computed as one: a thousand roundings

SMALL = 1e5  # numbers in X up to which another pass is not worth a thought
LARGE = 1e6  # terms of a predictor beyond this multiple of its ordinary size excuse no rounding


@dataclass(frozen=True, eq=False)
class Point:
    """A claimed point with everything evaluated once.

    ``columns`` are the coefficients followed by the intercept (if there is one); ``rounding`` bounds the error of eta,
    ``noise`` that of the value, and ``natural`` is the part of it that is no larger than data like these explain.
    """

    columns: Array
    eta: Array
    rounding: Array
    value: float
    noise: float
    natural: float


@dataclass(frozen=True, eq=False)
class Gap:
    """A gap without the price of unpenalised columns, and what these columns leave to be paid.

    Attributes
    ----------
    paid : float
        All terms but the last; rounding included.
    excess : array
        Per column (intercept last) the slope at infinity that nothing holds back.
    sizes : array
        Sum of magnitudes of the terms of each g_j: what "rounding-sized" is measured with.
    g, d : array
        Gradient g, intercept last, and its rounding.
    ball : float
        Largest |g_j| / l1_j - 1 over purely L1-penalised columns; 0 if none is above 1.
    """

    paid: float
    excess: Array
    sizes: Array
    g: Array
    d: Array
    ball: float


def point_of(problem: Any, coef: Array, intercept: float, unnoticed: float = 0.0) -> Point:
    """Evaluate the objective and bound its rounding, roughly where that is below a share of it that nobody notices."""
    n, p = problem.shape
    eta = problem.eta(coef, intercept)
    loss, y = problem.loss, problem.y
    value = problem.total(loss.value(eta, y)) + problem.penalty.value(coef)
    summed = (float(gamma(sum_depth(n + p) + 16)) + BLUR * (not loss.quadratic)) * value
    columns = np.append(coef, intercept) if problem.intercept else coef
    if unnoticed > 0 and is_large(problem):
        rounding = gamma(p + 3) * predictor_terms(problem, coef, intercept, rough=True)
        noise = _moved(problem, eta, rounding + _inside(problem, eta)) + summed
        if noise <= unnoticed * value:
            return Point(columns, eta, rounding, value, noise, noise)
    rounding = gamma(p + 3) * predictor_terms(problem, coef, intercept)
    most = LARGE * _predictor_size(problem)
    ordinary = np.minimum(rounding, gamma(p + 3) * most) + _inside(problem, np.clip(eta, -most, most))
    moves = rounding + _inside(problem, eta), ordinary
    noise, natural = (_moved(problem, eta, moved) + summed for moved in moves)
    return Point(columns, eta, rounding, value, noise, natural)


def _inside(problem: Any, eta: Array) -> Array:
    """Rounding inside a loss, as a move of eta: of what is subtracted from it, and of an exponential."""
    size = np.abs(eta) + problem.loss.predictor_size(problem.y)
    return UNIT * (size if problem.loss.quadratic else 8 * (1 + size))


def _moved(problem: Any, eta: Array, delta: Array) -> float:
    """How much the losses change within delta of eta; infinite where that is not known."""
    total = problem.total(problem.loss.moved(np.zeros_like(eta), eta, problem.y, delta))
    return total if total >= 0 else np.inf


def is_large(problem: Any) -> bool:
    """Whether a pass over X is worth avoiding."""
    n, p = problem.shape
    return bool(n * p > SMALL)


def predictor_terms(problem: Any, coef: Array, intercept: float, rough: bool = False) -> Array:
    """Sizes of the terms of each linear predictor."""
    return problem.X.abs_dot(coef, rough) + abs(intercept) + np.abs(problem.offset)


def _predictor_size(problem: Any) -> float:
    """Size of a linear predictor by the labels, the offset and the loss, whatever the coefficients."""
    return max(float(np.abs(sizes).max()) for sizes in (problem.loss.predictor_size(problem.y), problem.offset))


def natural_sizes(problem: Any, coef: Array) -> Array:
    """|b_j| as far as it moves the predictor by an ordinary size."""
    spread = problem.X.abs_t_dot(problem.weights) / problem.weights.sum()
    size = LARGE * _predictor_size(problem)
    return np.minimum(np.abs(coef), np.where(spread > 0, size / np.where(spread > 0, spread, 1.0), 0.0))


def duality_gap(problem: Any, point: Point, t: Array, y: Array, rough: bool = False) -> Gap:
    """Evaluate the gap of a point against the dual point (t, y), perhaps with a rough bound of its rounding."""
    return _gap(problem, point, (t, y), gradient(problem, problem.weighted(t), y, rough))


def shrunk_gap(problem: Any, point: Point, t: Array, y: Array, whole: Gap) -> Gap:
    """Evaluate the gap against (s t, s y), s bringing the slopes into the ball of l1, from the gap of (t, y)."""
    s = 1.0 / (1.0 + whole.ball)
    blur = s * (whole.d + 4 * UNIT * whole.sizes)
    return _gap(problem, point, (s * t, s * y), (s * whole.g, blur, s * whole.sizes))


def _gap(problem: Any, point: Point, dual: tuple[Array, Array], slopes: tuple[Array, Array, Array]) -> Gap:
    """Evaluate the gap against a dual point with its gradient, the rounding of that, and the sizes of its terms."""
    (t, y), (g, d, sizes) = dual, slopes
    loss = fenchel(problem, point, t)
    rows = complementarity(problem, split(problem, point.columns)[0], y)
    penalty, box = columns_of(problem)
    ends = [_columns(penalty, box, point.columns, g + shift) for shift in (-d, d)]
    held = np.maximum(ends[0][0], ends[1][0])
    excess = np.maximum(ends[0][1], ends[1][1])
    ball = (penalty.l1 > 0) & (penalty.l2 == 0)
    ratio = 0.0
    if isinstance(penalty, GroupedElasticNet):
        held, excess, ratio = with_groups(penalty, point.columns, (g, d), (held, excess))
        ball &= penalty.single
    ratio = max(ratio, float((excess[ball] / penalty.l1[ball]).max(initial=0.0)) if ball.any() else 0.0)
    size = float((np.abs(point.columns) * (np.abs(g) + d + penalty.l1 + penalty.l2 * np.abs(point.columns))).sum())
    rounding = float(gamma(sum_depth(held.size) + 8)) * size
    paid = loss + rows + float(held.sum()) + rounding + (point.value + point.noise) * ratio
    return Gap(paid, np.where(ball, 0.0, excess), sizes, g, d, ratio)


def columns_of(problem: Any) -> tuple[ElasticNet, Box]:
    """Penalty and box of all columns, with the intercept as a last free one."""
    if not problem.intercept:
        return problem.penalty, problem.box
    return problem.penalty.extended(), Box(np.append(problem.lower, -np.inf), np.append(problem.upper, np.inf))


def split(problem: Any, columns: Array) -> tuple[Array, float]:
    """Coefficients and intercept (0 if there is none) of all columns."""
    p = problem.shape[1]
    return columns[:p], float(columns[p]) if problem.intercept else 0.0


def gradient(problem: Any, u: Array, y: Array, rough: bool = False) -> tuple[Array, Array, Array]:
    """g = X'u - A'y (and sum(u) for the intercept), its rounding bound, and the magnitudes of the terms."""
    (g, depth), sizes = problem.X.sharp_t_dot(u), problem.X.abs_t_dot(u, rough)
    if y.size:
        g, sizes = g - problem.A.T @ y, sizes + abs(problem.A).T @ np.abs(y)
    if problem.intercept:
        g, sizes = np.append(g, u.sum()), np.append(sizes, np.abs(u).sum())
    return g, gamma(max(depth, sum_depth(u.size)) + y.size + 4.0) * sizes, sizes


def dual_slopes(problem: Any, t: Array) -> Array:
    """Slopes near t in the domain of f*."""
    loss, y = problem.loss, problem.y
    return loss.balanced(t, y) if loss.joint else loss.clip(t, y)


def fenchel(problem: Any, point: Point, t: Array) -> float:
    """sum_i w_i B(t_i, eta_i), rounded up.

    B is accurate to a small multiple of itself at a t within rounding of the one given. It is convex in t, so that the
    larger of its values at both ends of that rounding counts.
    """
    loss, eta, y = problem.loss, point.eta, problem.y
    blur = 2 * UNIT * (loss.slope_size(eta, y) + np.abs(t))
    ends = [loss.shortfall(loss.clip(end, y), eta, y) for end in (t - blur, t + blur)]
    return problem.total(np.maximum(*ends)) * (1 + BLUR) + problem.total(loss.moved(t, eta, y, point.rounding))


def complementarity(problem: Any, coef: Array, y: Array) -> float:
    """y'A b - sum_i least of y_i r over row i, rounded up; infinite where y points at an infinite limit."""
    if not y.size:
        return 0.0
    activity = y * (problem.A @ coef)
    least = problem.rows.lowest(y)
    size = np.abs(y) * (abs(problem.A) @ np.abs(coef)) + np.abs(least)
    return float((activity - least).sum()) + float(gamma(problem.shape[1] + y.size + 3)) * float(size.sum())


def _columns(penalty: ElasticNet, box: Box, b: Array, g: Array) -> tuple[Array, Array]:
    """Per column pen(b) + g b - least value with g clipped so that it is finite, and the excess that was clipped."""
    kept = _clipped(penalty, box, g)
    least, _ = penalty.lowest(kept, box.lower, box.upper)
    held = penalty.l1 * np.abs(b) + 0.5 * penalty.l2 * b * b + g * b - least
    return held, np.abs(g - kept)


def _clipped(penalty: ElasticNet, box: Box, g: Array) -> Array:
    """The slope nearest to g whose least value is finite."""
    floor = np.where(np.isposinf(box.upper) & (penalty.l2 == 0), -penalty.l1, -np.inf)
    ceiling = np.where(np.isneginf(box.lower) & (penalty.l2 == 0), penalty.l1, np.inf)
    return np.clip(g, floor, ceiling)
