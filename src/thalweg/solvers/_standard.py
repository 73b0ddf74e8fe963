"""A fit in standard form: columns centred and of size about 1, rows of weight 0 left out; and its answer as a claim.

Centring and scaling change the numbers of a solver, not the problem: coefficients, penalties and limits travel along.
Scales are powers of two, so that limits are met exactly on the way back.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.problems.fit import Fit
from thalweg.result import Array, Claim, Index, Stop
from thalweg.solvers._centred import CONSTANT, Centred
from thalweg.terms.design import BLOCK, Design
from thalweg.terms.grouped import GroupedElasticNet
from thalweg.terms.losses import Loss
from thalweg.terms.rounding import power_of_two
from thalweg.watch import Watch

CANCELLING = 0.9999  # share of the means in a sum of squares beyond which the rest is computed without them
FURTHEST = 30.0  # exp(30) is 1e13
SMALL = 200_000  # entries that are written down once more: products with them cost less than what surrounds them
WHOLE = 2000  # columns of which a path keeps the Gram matrix
DENSE = 20_000_000  # entries that may be spread out for that


class Standard:
    """Minimise over b, b0:  sum_i w_i f(eta_i, y_i) + pen(b), eta = Z b + b0 + offset, lower <= b <= upper.

    Z = (X - mean) * scale. X is centred where it is dense and an intercept is fitted; else mean is 0.
    Making it and `gram` raise `Stopped` if a watch is given and says so.
    """

    def __init__(self, problem: Fit, watch: Watch | None = None) -> None:
        self.problem, self.check = problem, (Watch() if watch is None else watch).check
        used = problem.weights > 0
        X = problem.X.X if used.all() else problem.X.X[used]
        self.loss: Loss = problem.loss
        self.y, self.w, self.offset = problem.y[used], problem.weights[used], problem.offset[used]
        self.intercept = problem.intercept
        n, p = X.shape
        penalty = problem.penalty
        groups = penalty.groups if isinstance(penalty, GroupedElasticNet) else None
        key = np.concatenate([problem.weights, problem.l2, np.zeros(0) if groups is None else groups])
        parts = key, lambda: self._columns(X, problem.l2, groups)
        self.mean, self.scale, self.Z = problem.X.remembered(f"standard {self.intercept}", *parts)
        self.penalty = penalty.scaled(self.scale)
        self.lower, self.upper = problem.lower / self.scale, problem.upper / self.scale
        self.shape = (int(n), int(p))
        self.whole = problem.X.memory is not None and self.loss.quadratic and p <= WHOLE

    def _columns(self, X: Any, l2: Array, groups: Index | None) -> tuple[Array, Array, Design]:
        """Means, scales (one for each group), and the centred, scaled columns."""
        sparse = is_sparse(X)
        if self.intercept and not sparse:
            self.check()
            even = self.w.min() == self.w.max() and X is self.problem.X.X
            Z = Centred(X, self.w, self.w[0] * self.problem.X.column_squares if even else None)
            Z.scale = _scales(Z.size2 + l2, groups)
            return Z.mean, Z.scale, Z if X.size > SMALL else Design(Z.X, trusted=True)
        scale = _scales(column_norms(X, self.w, sparse) ** 2 + l2, groups)
        return np.zeros(X.shape[1]), scale, Design(X.multiply(scale).tocsc() if sparse else X * scale)

    def _centred(self, X: Array, mean: Array) -> Array:
        """X - mean."""
        Z = np.empty_like(X)
        for i in range(0, X.shape[0], BLOCK):
            self.check()
            np.subtract(X[i : i + BLOCK], mean, out=Z[i : i + BLOCK])
        return Z

    def project(self, b: Array) -> Array:
        """Return the nearest coefficients within the limits."""
        return np.clip(b, self.lower, self.upper)

    def eta(self, b: Array, b0: float) -> Array:
        """Linear predictor of the rows in use."""
        return (self.Z.dot(b) if b.any() else 0.0) + (b0 + self.offset)

    def value(self, eta: Array, b: Array) -> float:
        """Objective."""
        return float(self.w @ self.loss.value(eta, self.y)) + self.penalty.value(b)

    def slopes(self, eta: Array) -> Array:
        """w f'(eta)."""
        return self.w * self.loss.slope(eta, self.y)

    def curvatures(self, eta: Array) -> Array:
        """w f''(eta)."""
        return self.w if self.loss.quadratic else self.w * self.loss.curvature(eta, self.y)

    def gram(self, h: Array, columns: Array | None = None, dtype: type = np.float64) -> tuple[Array, Array]:
        """Return sum_i h_i (z_i - m)(z_i - m)' over some columns and the means m (0 without an intercept).

        Removing the intercept so is a Schur complement: what is left has no column for it. Where the means outweigh
        the spread, the difference of two sums would cancel, and the columns are centred first. Single precision is for
        dense columns that are centred already.
        """
        if self.whole and columns is not None:
            G, means = self._whole_gram(h)
            return G[np.ix_(columns, columns)], means[columns]
        single = {"dtype": dtype} if isinstance(self.Z, Centred) else {}
        G, weight = self.Z.gram(h, columns, self.check, **single), float(h.sum())
        if not (self.intercept and weight > 0):
            return G, np.zeros(G.shape[0])
        chosen = np.arange(self.shape[1]) if columns is None else columns
        if isinstance(self.Z, Centred) and h is self.w:  # centred by these very weights
            return G, np.zeros(G.shape[0])
        means, squares = self.Z.t_dot(h)[chosen] / weight, np.diag(G).copy()
        if (weight * means**2 <= CANCELLING * squares).all() or self.shape[0] * means.size > DENSE:
            return G - weight * np.outer(means, means), means
        centred = self.Z.columns(chosen) - means
        G = centred.T @ (centred * h[:, None])
        flat = np.diag(G) <= CONSTANT**2 * squares
        G[flat], G[:, flat] = 0.0, 0.0
        return G, means

    def _whole_gram(self, h: Array) -> tuple[Array, Array]:
        """The matrix of all columns, made once for the fits of a path."""
        scales = np.concatenate([h, self.scale])
        return self.problem.X.remembered(f"gram {self.intercept}", scales, lambda: self.gram(h))

    def start(self, claim: Claim | None) -> tuple[Array, float]:
        """Read a start; coefficients 0 where there is none.

        An intercept that saturates every sample cannot be improved by slopes and curvatures, and where offsets are
        large 0 is such an intercept: the one that puts the mean predictor at 0 is taken where it is better.
        """
        p = self.shape[1]
        values = claim.values if claim is not None else {}
        coef = np.asarray(values.get("coef", np.zeros(p)), dtype=float)
        intercept = float(np.asarray(values.get("intercept", 0.0), dtype=float)) if self.intercept else 0.0
        if coef.shape != (p,) or not (np.isfinite(coef).all() and np.isfinite(intercept)):
            coef, intercept = np.zeros(p), 0.0
        b, b0 = np.clip(coef / self.scale, self.lower, self.upper), float(intercept + self.mean @ coef)
        if not self.intercept or self.loss.quadratic:
            return b, b0
        eta = self.eta(b, 0.0)
        centre = -float(self.w @ eta) / float(self.w.sum())
        return b, min((b0, centre), key=lambda guess: self.value(eta + guess, b))

    def thinned(self, every: int) -> Standard:
        """Return the problem of every k-th row, each with the weight of k."""
        fewer = copy.copy(self)
        if isinstance(self.Z, Centred):
            fewer.Z = self.Z.every(every)
        else:
            fewer.Z = Design(self.Z.X[::every] if not self.Z.sparse else self.Z.X.tocsr()[::every].tocsc())
        fewer.y, fewer.offset, fewer.w = self.y[::every], self.offset[::every], every * self.w[::every]
        fewer.shape = (fewer.y.size, self.shape[1])
        return fewer

    def longest(self, image: Array) -> float:
        """Share of a step, at most 1, that moves no predictor of an exponential loss further than makes sense at once.

        Where all samples are saturated, curvatures are so small that steps lead to saturation on the other side.
        """
        most = float(np.abs(image).max(initial=0.0))
        exponential = 0.0 < getattr(self.loss, "concordance", np.inf) < np.inf
        return min(1.0, FURTHEST / most) if exponential and most > 0 else 1.0

    def settled(self, b: Array, b0: float) -> float:
        """Move the intercept by one Newton step if that brings the slope along it closer to 0."""
        eta = self.eta(b, b0)
        slope, curvature = float(self.slopes(eta).sum()), float(self.curvatures(eta).sum())
        if not self.intercept or not curvature > 0:
            return b0
        step = -slope / curvature
        return b0 + step if abs(float(self.slopes(eta + step).sum())) < abs(slope) else b0

    def coefficients(self, b: Array, b0: float) -> tuple[Array, float]:
        """Coefficients in the user's units, inside their limits."""
        coef = self.problem.box.project(b * self.scale)
        return coef, float(b0 - self.mean @ coef) if self.intercept else 0.0

    def offer(self, watch: Watch, value: float, b: Array, b0: float) -> None:
        """Keep a point for the case of an interruption."""
        coef, intercept = self.coefficients(b, b0)
        watch.offer(value, coef=coef, intercept=intercept)

    def claim(self, b: Array, b0: float, stop: Stop, by: str, message: str = "") -> Claim:
        """Claim an answer in the user's units."""
        return self.claim_of(*self.coefficients(b, b0), stop, by, message)

    def claim_of(self, coef: Array, intercept: float, stop: Stop, by: str, message: str = "") -> Claim:
        """Claim coefficients in the user's units."""
        return claim_of(coef, intercept, stop, by, message)

    @property
    def rows_that_run(self) -> Any:
        """The fit whose predictors may improve for ever."""
        return self.problem

    def running(self, eta: Array, better: Array) -> Array:
        """How far each predictor has gone to the side on which its loss falls for ever."""
        return better[self.problem.weights > 0] * (eta - self.offset)

    def direction(self, d: Array, d0: float) -> dict[str, Array]:
        """Hints that show a direction without a minimiser."""
        return {"direction": d, "direction_intercept": np.array(d0)}


def _scales(squares: Array, groups: Index | None) -> Array:
    """Powers of two that bring columns, with their ridges, to a curvature of about 1; one for each group."""
    size = np.sqrt(squares)
    if groups is not None:
        largest = np.zeros(int(groups.max()) + 1)
        np.maximum.at(largest, groups, size)
        size = largest[groups]
    return 1.0 / power_of_two(np.where(size > 0, size, 1.0))


def claim_of(coef: Array, intercept: float, stop: Stop, by: str, message: str = "") -> Claim:
    """Claim coefficients."""
    return Claim({"coef": coef, "intercept": np.array(intercept)}, {}, stop, by, message)


def failed(by: str, message: str) -> Claim:
    """Return the claim of a solver that declines, or whose backend failed."""
    return Claim(stop=Stop.FAILED, by=by, message=message)


def column_norms(Z: Any, w: Array, sparse: bool) -> Array:
    """sqrt(sum_i w_i z_ij^2) per column."""
    squares = Z.multiply(Z).T @ w if sparse else np.einsum("ij,ij,i->j", Z, Z, w)
    return np.sqrt(np.asarray(squares))
