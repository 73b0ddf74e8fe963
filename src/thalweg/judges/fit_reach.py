r"""How far the best coefficients of unpenalised columns can be: a finite box that needs no assumption.

Let e be any linear predictor, t = f'(e), h and M_i the growth of the losses there (`Loss.growth`, h weighted),
H = sum h, M = max M_i, and let the bound at t leave the slope excess_j unpaid on the unpenalised columns Z. For every
point c that is no worse than the claim, with r = eta(c) - e, convexity with growth gives

    sum_i h_i r_i^2 / (2 + M |r_i|)  <=  G = paid gap + sum_{j in Z} excess_j |c_j|

(exp(-x) + x - 1 >= x^2 / (2 + x)). By Cauchy-Schwarz T = sum_i h_i |r_i| satisfies T^2 <= G (2 H + M T). Since
Z c_Z = r + (e - offset) - X_P c_P and |c_j| <= B_j on the other columns P (their box, or the level over their penalty),

    sum_i h_i |(Z c_Z)_i|  <=  T + sum_i h_i |e_i - offset_i| + sum_{j in P} B_j sum_i h_i |x_ij|  =  T + C,

and with K = Z'hZ, k = max_i sqrt(z_i' K^-1 z_i):  |c_j| <= k sqrt((K^-1)_jj) (T + C) for j in Z. G depends on the
reach and the reach on G; the map is concave, so one value that it does not enlarge is a bound.

A column without samples is not in Z: a row of A with two finite ends ties it to the others.

A loss that rises to both sides, f >= a |eta| - c (`Loss.coercivity`), needs none of this: with h = w a instead, every
point no worse than the claim has sum_i h_i |eta_i| <= level + sum_i w_i c_i, which takes the place of T.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thalweg import inputs, naming
from thalweg.judges.fit_gap import Gap, Point, columns_of
from thalweg.judges.fit_growth import growth_of, inverse_root
from thalweg.result import Array, Index
from thalweg.terms.constraints import Box
from thalweg.terms.penalties import ElasticNet
from thalweg.terms.rounding import gamma

ROUNDED_UP = 1 + 1e-6  # more than the roundings of a sum over all columns
MOST = 300  # columns of Z that are worth a dense K
ROUNDING = 1e-8  # an unpaid slope above this share of its own terms is real
SMALL = 1e-12  # share of the objective that is not worth a second way to pay
ASSUMED = 1e4  # an assumed reach: this multiple of the column's natural size


def price(problem: Any, point: Point, gap: Gap, e: Array | None, rough: bool = False) -> tuple[float, tuple[str, ...]]:
    """Cost of the unpaid slopes and the assumption it rests on, if any; infinite if they cannot be paid.

    Only if the gap is one against the slopes at a predictor ``e``, growth around it says how far points can be.
    A rough one saves a pass over X, and is never smaller.
    """
    unpaid = np.flatnonzero(gap.excess > 0)
    if not unpaid.size:
        return 0.0, ()
    level = point.value + point.noise
    penalty, box = columns_of(problem)
    own = np.minimum(np.maximum(np.abs(box.lower), np.abs(box.upper)), penalty.reach(level))
    base = point.eta if e is None else e
    h, bend = growth_of(problem, base)
    spread = _spread(problem, h, rough)
    C = _held(penalty, box, level, spread) + float((h * np.abs(base - problem.offset)).sum())
    if problem.loss.joint:
        cost = _between_classes(problem, gap, own, level)
        return (cost, ()) if np.isfinite(cost) else _assumed(gap, unpaid, spread, C, problem)
    growing, cost = None if e is None else _reach(problem, h, own, spread), np.inf
    if growing is not None:
        cost = _fixed_point(gap, growing, (C, float(h.sum()), float(bend.max())))
    if cost > SMALL * level:
        rising = _coercive(problem, own, level, rough)
        cost = min(cost, np.inf if rising is None else rising[0].cost(gap.excess, level + rising[1]))
    if np.isfinite(cost):
        return cost, ()
    rise = None if h.any() else problem.loss.coercivity(problem.y)
    if rise is not None:  # losses that do not bend: their own rise says what is natural
        h = problem.weighted(rise[0])
        spread = _spread(problem, h, rough)
        C = _held(penalty, box, level, spread) + float((h * np.abs(base - problem.offset)).sum())
    return _assumed(gap, unpaid, spread, C, problem)


class _Reach(NamedTuple):
    """Where points no worse than the claim are: |c_j| <= factor_j S + fixed_j, S a bound of sum_i h_i |(Z c_Z)_i|."""

    factor: Array
    fixed: Array

    def cost(self, excess: Array, size: float) -> float:
        """Cost of unpaid slopes."""
        unpaid = excess > 0
        total = (excess[unpaid] * (self.factor[unpaid] * size + self.fixed[unpaid])).sum()
        return float(total) * (1 + float(gamma(100.0)))


def _coercive(problem: Any, own: Array, level: float, rough: bool) -> tuple[_Reach, float] | None:
    """Reach where the losses alone hold the predictors; S is the level plus the number returned with it."""
    rise = problem.loss.coercivity(problem.y)
    if rise is None:
        return None
    h = problem.weighted(rise[0])
    spread = _spread(problem, h, rough)
    reach = _reach(problem, h, own, spread)
    if reach is None:
        return None
    held = _held(*columns_of(problem), level, spread)
    return reach, problem.total(rise[1]) + float((h * np.abs(problem.offset)).sum()) + held


def _held(penalty: ElasticNet, box: Box, level: float, spread: Array) -> float:
    """Bound sum_j |c_j| spread_j over columns that a box or a penalty of at most the level holds.

    Penalised columns are held together: by Cauchy and Schwarz sum_j spread_j |c_j| is at most sqrt(2 level) times the
    root of the sum of spread_j^2 / l2_j, and at most level times the largest spread_j / l1_j.
    """
    ends = np.maximum(np.abs(box.lower), np.abs(box.upper))
    open_, l1, l2 = np.isinf(ends), penalty.l1, penalty.l2
    alone = (np.minimum(ends, penalty.reach(level)) * spread)[~open_].sum()
    ridge, lasso = open_ & (l2 > 0), open_ & (l2 == 0) & (l1 > 0)
    with np.errstate(over="ignore"):
        by_ridge = np.sqrt(2 * level) * np.sqrt((spread[ridge] ** 2 / l2[ridge]).sum())
        by_lasso = level * (spread[lasso] / l1[lasso]).max(initial=0.0)
    return float(alone + (by_ridge + by_lasso) * ROUNDED_UP)


def _between_classes(problem: Any, gap: Gap, own: Array, level: float) -> float:
    """Cost of unpaid slopes of the intercepts of a multinomial fit, if nothing else has to be paid.

    A sample of class k loses at least eta_l - eta_k for every class l. Summed over the samples of class k, this is at
    most the level, so that b0_l - b0_k <= (level + S) / W with W = sum w_i and S = sum w_i (|x_i|'(B_k + B_l) + |o_ik|
    + |o_il|), where |b_j| <= B_j. With k the last class, whose intercept is 0, and then l, both ends are bounded.
    """
    X = problem.X
    if np.isinf(own[: own.size - X.intercepts]).any():
        return np.inf
    sizes = X.abs_dot(np.where(np.isinf(own), 0.0, own)) + np.abs(problem.offset)  # the largest of all classes
    sizes, w = sizes.reshape(X.classes, -1).max(axis=0), problem.weights.reshape(X.classes, -1)[0]
    members = problem.y.reshape(X.classes, -1)
    reach = (level + 2 * (members @ (w * sizes))) / (members @ w)
    cost = gap.excess[own.size - X.intercepts :] @ np.maximum(reach[:-1], reach[-1])[: X.intercepts]
    return float(cost) * (1 + float(gamma(100.0)))


def _spread(problem: Any, h: Array, rough: bool = False) -> Array:
    """sum_i h_i |x_ij| per column, the intercept last."""
    spread = problem.X.remembered(f"spread {rough}", h, lambda: problem.X.abs_t_dot(h, rough))
    return np.append(spread, h.sum()) if problem.intercept else spread


def _reach(problem: Any, h: Array, own: Array, spread: Array) -> _Reach | None:
    """k sqrt((K^-1)_jj) for the columns Z without a reach of their own; None if K is too large or near singular."""
    p = problem.shape[1]
    Z = np.flatnonzero(np.isinf(own) & (spread > 0))
    if Z.size > MOST:
        return None
    columns, ones = Z[p > Z], bool((p == Z).any())
    root = inverse_root(moments_of(problem, h, columns, ones), problem.shape[0])
    if root is None:
        return None
    factor, fixed = np.where(np.isinf(own), np.inf, 0.0), np.where(np.isinf(own), 0.0, own)
    factor[Z] = problem.X.longest(columns, root, ones) * np.sqrt((root**2).sum(axis=1))
    for j in np.flatnonzero(np.isinf(factor)):
        factor[j], fixed[j] = _through_rows(problem, int(j), factor, fixed)
    return _Reach(factor, fixed)


def moments_of(problem: Any, h: Array, columns: Index, ones: bool) -> Array:
    """Z'hZ for some columns, and perhaps a last one of ones."""
    k = columns.size
    K = np.zeros((k + ones, k + ones))
    if k:
        K[:k, :k] = problem.X.gram(h, None if k == problem.shape[1] else columns)
    if ones:
        K[k, :k] = K[:k, k] = problem.X.t_dot(h)[columns] if k else 0.0
        K[k, k] = h.sum()
    return K


def _through_rows(problem: Any, j: int, factor: Array, fixed: Array) -> tuple[float, float]:
    """Reach of a column without samples: a row with two ends ties it to columns whose reach is known."""
    best = np.inf, 0.0
    rows: Box = problem.rows
    for i in range(rows.lower.size if j < problem.shape[1] else 0):
        chosen = problem.A[[i]]
        row: Array = np.abs(np.asarray(chosen.todense() if inputs.is_sparse(chosen) else chosen)).ravel()
        end = max(abs(rows.lower[i]), abs(rows.upper[i]))
        if row[j] > 0 and np.isfinite(end):
            others = [k for k in range(row.size) if row[k] > 0 and k != j]
            share = row[others] / row[j]
            best = min(best, (float(share @ factor[others]), float(end / row[j] + share @ fixed[others])))
    return best


def _fixed_point(gap: Gap, reach: _Reach, constants: tuple[float, float, float]) -> float:
    """Cost of the unpaid slopes at a reach that is consistent with itself; infinite if there is none."""
    C, H, M = constants

    def cost(G: float) -> float:
        T = 0.5 * (M * G + np.sqrt(M * M * G * G + 8 * H * G))
        return reach.cost(gap.excess, T + C)

    G = max(2 * gap.paid, np.finfo(float).tiny)  # 0 maps to itself without bounding anything
    for _ in range(100):
        needed = max(gap.paid, 0.0) + cost(G)
        if needed < G:
            return cost(G)
        G = 2 * needed
        if not np.isfinite(G):
            return np.inf
    return np.inf


def _assumed(gap: Gap, unpaid: Index, spread: Array, C: float, problem: Any) -> tuple[float, tuple[str, ...]]:
    """Pay rounding-sized slopes through an assumed reach; real ones cannot be paid."""
    small = gap.excess[unpaid] <= ROUNDING * gap.sizes[unpaid]
    if not small.all() or not (spread[unpaid] > 0).all():
        return np.inf, ()
    reach = ASSUMED * C / spread[unpaid]
    worst = unpaid[int(np.argmax(reach))]
    label = "the intercept" if worst == problem.shape[1] else naming.label(problem.names, worst)
    which = f"{unpaid.size} unpenalised columns, some of which depend on each other"
    text = f"|b_j| <= {reach.max():.1e} in {which}, e.g. {label}"
    return float((gap.excess[unpaid] * reach).sum()), (text,)
