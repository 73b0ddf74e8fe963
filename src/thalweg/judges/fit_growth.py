r"""A bound from the growth of the objective around a base point: of second order in every error, rounding included.

Let b be a base point, e its linear predictor, t = f'(e), h and M the growth of each sample there (`Loss.growth`, h
weighted), y row multipliers.
With columns centred by their h-weighted means (so that the intercept decouples), g = X'u - A'y, and any m_j that is a
slope of pen_j plus the box at b_j (an interval: wide at a kink or a bound),

    F(c) >= F(b) + [ sum_i least of y_i r  -  y'A b ] + (g + m)'(c - b) + growth,
    growth = sum_i h_i (exp(-M_i|r_i|) + M_i|r_i| - 1) / M_i^2 + sum_j l2_j (c_j - b_j)^2 / 2,      r = X (c - b).

m takes from g what it can; with the rest v = g + m, H = X'hX + diag(l2), |v|^2 = v'H^-1 v,
rho = max_i M_i sqrt(x_i'H^-1 x_i) and nu = rho |v| < 1, minimising over c gives

    F(c) >= F(b) + [ ... ] - Q,    Q = (nu + (1 - nu) log(1 - nu)) / rho^2,   or |v|^2 / 2 for rho = 0

(self-concordance: Bach 2010; the constant is that of exp(-x) + x - 1). A claim beta is then within

    sum_i w_i B(t_i, eta_i) + v'(beta - b) + sum_j [ pen_j(beta_j) - pen_j(b_j) - m_j (beta_j - b_j) ]
        + y'A beta - sum_i least of y_i r + Q.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.judges.fit_anchors import Anchors, anchors_of
from thalweg.judges.fit_gap import Point, columns_of, complementarity, fenchel, predictor_terms, split
from thalweg.judges.fit_groups import group_slopes, norm_changes
from thalweg.result import Array, Mask
from thalweg.terms.constraints import Box
from thalweg.terms.design import BLOCK
from thalweg.terms.grouped import GroupedElasticNet
from thalweg.terms.penalties import ElasticNet
from thalweg.terms.rounding import UNIT, gamma, sum_depth

MOST = 2500  # columns that are worth a dense H
CONDITION = 1e-10  # smallest eigenvalue of the scaled H for which its float64 inverse is right to a factor 2
SAFETY = 2.0**0.5
DULL = 1e6  # growth below this multiple of the slope's rounding may be rounding
ROWS = 1e8  # flops of a factorisation that nobody notices
FEW = 30.0  # samples whose growth ends this much sooner than is usual are left out


@dataclass(frozen=True, eq=False)
class _Moments:
    """Centred sums over the samples: gradient with rounding bound, H with its rounding share, the centres."""

    g: Array
    d: Array
    H: Array
    centre: Array


@dataclass(frozen=True, eq=False)
class Growth:
    """How the objective grows around a base point (intercept last), with what its slopes leave.

    ``root`` R R' = H^-1, ``centre`` of the columns, ``m`` the slopes that penalty and box hold, ``rest`` bounds |v|,
    ``norm`` bounds |v| in H^-1 (rounding of the predictor, ``vague``, included), and ``rho`` is that of the formulas.
    Of a multinomial fit, ``anchors`` hold what the loss does not.
    """

    base: Array
    t: Array
    y: Array
    root: Array
    centre: Array
    m: Array
    rest: Array
    norm: float
    vague: float
    rho: float
    anchors: Anchors | None = None

    def centred(self, step: Array) -> Array:
        """Return a step of the columns as one of the centred columns: c0 + centre'c is their intercept."""
        if self.anchors is not None:
            return self.anchors.relative(step)
        moved = step.copy()
        if self.centre.any():
            moved[-1] += float(self.centre[:-1] @ step[:-1])
        return moved


def growth_around(problem: Any, base: Array, e: Array, y: Array) -> Growth | None:
    """Growth around a base point with predictor e; None if H is too large or singular."""
    if base.size > MOST:
        return None
    t = problem.loss.slope(e, problem.y)
    h, bend = growth_of(problem, e)
    moments = _moments(problem, problem.weighted(t), h, y)
    m, blur, held = _held(*columns_of(problem), base, moments)
    anchors = anchors_of(problem, moments.g, m, held, y) if problem.loss.joint else None
    if anchors is None:
        v, root = moments.g + m, inverse_root(moments.H, problem.shape[0])
        root = root_by_rows(problem, h, moments.centre) if root is None else root
    else:
        m, v = anchors.m, np.where(anchors.dropped, 0.0, moments.g + anchors.m)
        blur = np.where(anchors.dropped, anchors.rounding, blur)
        root = _padded_root(moments.H, ~anchors.dropped, problem.shape[0])
    if root is None:
        return None
    coef, intercept = split(problem, base)
    rounding = gamma(coef.size + 3.0) * predictor_terms(problem, coef, intercept)
    vague = float(np.sqrt((h * rounding**2).sum()))
    norm = float(np.sqrt((_image(root, v, blur) ** 2).sum())) + vague
    rho = _height(problem, root, moments.centre, bend)
    return Growth(base, t, y, root, moments.centre, m, np.abs(v) + blur, norm, vague, rho, anchors)


def growth_gap(problem: Any, point: Point, growth: Growth) -> float:
    """Gap of a point by the growth around a base point."""
    penalty, _ = columns_of(problem)
    base, m = growth.base, growth.m
    step = point.columns - base
    size = penalty.l1 * (np.abs(point.columns) + np.abs(base)) + np.abs(m * step)
    size = size + penalty.l2 * (point.columns**2 + base**2)
    norms = penalty.l1 * (np.abs(point.columns) - np.abs(base))
    if isinstance(penalty, GroupedElasticNet):
        norms = norm_changes(penalty, base, point.columns)
    slack = norms - m * step + 0.5 * penalty.l2 * (point.columns**2 - base**2)
    total = fenchel(problem, point, growth.t) + complementarity(problem, split(problem, point.columns)[0], growth.y)
    total += float(slack.sum()) + 16 * UNIT * float(size.sum()) * base.size
    total += float((growth.rest * np.abs(growth.centred(step))).sum())
    return total + _quadratic(growth.norm, growth.rho) + 0.5 * growth.vague * growth.vague


def growth_of(problem: Any, e: Array) -> tuple[Array, Array]:
    """Return h = w f'' and M per sample, both 0 where the growth is worth nothing beside the rest, or is rounding."""
    loss, y = problem.loss, problem.y
    h, bend = loss.growth(e, y)
    usable = (problem.weights > 0) & (h > DULL * UNIT * loss.slope_size(e, y)) & np.isfinite(h)
    if usable.any():
        usable &= bend <= FEW * np.median(bend[usable])
    return np.where(usable, problem.weighted(h), 0.0), np.where(usable, bend, 0.0)


def _moments(problem: Any, u: Array, h: Array, y: Array) -> _Moments:
    """One pass over X; dense columns are centred block by block, sparse ones are left as they are."""
    n, p = problem.shape
    centre = np.zeros(p + problem.intercept)
    if problem.intercept and not problem.X.sparse:
        centre[:p] = problem.X.t_dot(h) / h.sum() if h.sum() > 0 else 0.0
    g, size, H = np.zeros(centre.size), np.zeros(centre.size), np.zeros((centre.size, centre.size))
    if problem.X.sparse:
        (g[:p], depth), size[:p], H[:p, :p] = problem.X.sharp_t_dot(u), problem.X.abs_t_dot(u), problem.X.gram(h)
        if problem.intercept:
            g[p], size[p], H[p, p] = u.sum(), np.abs(u).sum(), h.sum()
            H[p, :p] = H[:p, p] = problem.X.t_dot(h)
    else:
        depth = min(n, BLOCK) + n // BLOCK + 2
        for rows, block in _centred(problem, centre):
            g += block.T @ u[rows]
            size += np.abs(block).T @ np.abs(u[rows])
            block *= np.sqrt(h[rows, None])
            H += block.T @ block  # of one matrix with itself: half the work
    if y.size:
        g[:p] -= problem.A.T @ y
        size[:p] += abs(problem.A).T @ np.abs(y)
    penalty, _ = columns_of(problem)
    H[np.diag_indices_from(H)] += penalty.l2
    return _Moments(g, gamma(max(depth, sum_depth(n)) + y.size + 4.0) * size, H, centre)


def _centred(problem: Any, centre: Array) -> Iterator[tuple[slice, Array]]:
    """Dense blocks of rows, centred, with the column of ones last."""
    n, p = problem.shape
    for start in range(0, n, BLOCK):
        rows = slice(start, min(start + BLOCK, n))
        block = problem.X.X[rows] - centre[:p]
        yield rows, np.column_stack([block, np.ones(block.shape[0])]) if problem.intercept else block


def inverse_root(H: Array, n: int) -> Array | None:
    """R with R R' = H^-1, inflated; H is a sum over n samples. None if it is too close to singular to say."""
    if not H.size:
        return H
    scale = np.sqrt(np.diag(H))
    if not np.isfinite(H).all() or not (scale > 0).all():
        return None
    scaled = H / scale / scale[:, None]
    if not np.isfinite(scaled).all():
        return None
    values, vectors = np.linalg.eigh(scaled)
    if not values[0] > max(CONDITION, 8 * H.shape[0] * float(gamma(n + H.shape[0] + 4.0))):
        return None
    return SAFETY * vectors / np.sqrt(values) / scale[:, None]


def root_by_rows(problem: Any, h: Array, centre: Array) -> Array | None:
    """As `inverse_root`, from the singular values of the rows of H = M'M: for a condition of M of up to a billion.

    Forming M'M would square it. The computed values are off by at most the rounding of an orthogonal factorisation,
    n p units times the norm of M (Higham 2002, theorem 19.4), which the smallest must exceed tenfold.
    """
    n, p = problem.shape
    penalty, _ = columns_of(problem)
    if problem.X.sparse or n * p * p > ROWS or not np.isfinite(h).all():
        return None
    M = np.concatenate([block * np.sqrt(h[rows, None]) for rows, block in _centred(problem, centre)])
    M = np.concatenate([M, np.diag(np.sqrt(penalty.l2))[penalty.l2 > 0]])
    scale = np.sqrt((M * M).sum(axis=0))
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        return None
    _, values, vectors = np.linalg.svd(np.linalg.qr(M / scale, mode="r"))
    if values.size < scale.size or not values[-1] > 10 * gamma(float(M.size)) * np.sqrt(scale.size):
        return None
    return SAFETY * vectors.T / values / scale[:, None]


def _padded_root(H: Array, kept: Mask, n: int) -> Array | None:
    """Root of the inverse over some columns, 0 in the others."""
    part = inverse_root(H[np.ix_(kept, kept)], n)
    if part is None:
        return None
    root = np.zeros((kept.size, part.shape[1]))
    root[kept] = part
    return root


def _held(penalty: ElasticNet, box: Box, b: Array, moments: _Moments) -> tuple[Array, Array, tuple[Array, Array]]:
    """Slopes m by which penalty and box hold g, the rounding of g + m, and the ends of m."""
    middle = penalty.l2 * b + penalty.kink(b)
    kink = np.where(b == 0, penalty.l1, 0.0)
    floor = np.where(b <= box.lower, -np.inf, middle - kink)
    ceiling = np.where(b >= box.upper, np.inf, middle + kink)
    m = np.clip(-moments.g, floor, ceiling)
    roundings = 4.0
    if isinstance(penalty, GroupedElasticNet):
        m = np.where(penalty.single, m, group_slopes(penalty, b, moments.g))
        roundings += 8.0 + np.bincount(penalty.groups).max()
    return m, moments.d + roundings * UNIT * np.abs(middle), (floor, ceiling)


def _quadratic(norm: float, rho: float) -> float:
    """Q: what the growth leaves below the base point; infinite where the Newton decrement is not small."""
    nu = rho * norm
    if not nu < 0.9:
        return np.inf
    if nu < 1e-3:  # the series does not cancel
        return 0.5 * (norm * norm) * (1 + nu)  # a power of a float raises where the product is infinite
    return (nu + (1 - nu) * np.log1p(-nu)) / rho**2 * (1 + 1e-9)


def _image(root: Array, v: Array, blur: Array) -> Array:
    """Bound |root' w| for every w within ``blur`` of v, the rounding of the product included."""
    rounding = gamma(v.size + 4.0) * np.abs(v)
    return np.abs(root.T @ v) + np.abs(root).T @ (blur + rounding)


def _height(problem: Any, root: Array, centre: Array, bend: Array) -> float:
    """max_i M_i sqrt(x_i' H^-1 x_i) over centred rows with the column of ones."""
    if not bend.any():
        return 0.0
    if problem.loss.joint:
        return float(problem.X.height(root))
    if not problem.X.sparse:
        blocks = ((bend[rows], block @ root) for rows, block in _centred(problem, centre))
        return max(float((M * np.sqrt((product**2).sum(axis=1))).max()) for M, product in blocks)
    p = problem.shape[1]
    product = problem.X.X @ root[:p]
    if problem.intercept:
        product = product + root[p]
    return float((bend * np.sqrt((product**2).sum(axis=1))).max())
