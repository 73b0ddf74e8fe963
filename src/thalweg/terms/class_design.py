"""The design of a multinomial fit: the same X for every class, seen as one matrix of K stretches of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from thalweg.result import Array, Index, Mask
from thalweg.terms.design import BLOCK, Design


class ClassDesign(Design):
    """Block diagonal of K copies of X, with columns of ones for intercepts.

    Columns are those of class 0 in the order of X, then those of class 1, ..., then the intercepts. A feature whose
    coefficients nothing pins down but for their differences has no column in the last class: its coefficient there is
    0, as is the last intercept. X is stored once.

    Parameters
    ----------
    design : Design
        X, n x p.
    classes : int
        K.
    intercepts : int
        How many classes have a column of ones, from the first on: K - 1, as the last intercept can be 0, or none.
    free : (p,) array of bool
        Features without a column in the last class.
    names : sequence of str, optional
        Of the K p coefficients, and then of the K intercepts.
    """

    def __init__(self, design: Design, classes: int, intercepts: int, free: Mask, names: Any = None) -> None:
        p = design.shape[1]
        self.design, self.classes = design, classes
        self.X, self.sparse, self.memory = design.X, True, None  # of the whole, which is never formed
        self.kept = np.ones((classes, p), dtype=bool)
        self.kept[-1, free] = False
        self.intercepts = intercepts
        flat = np.flatnonzero(self.kept)
        self.names = None
        if names is not None:
            ones = names[self.kept.size :][: self.intercepts]
            self.names = (*(names[j] for j in flat), *ones)
        self.owner = np.append(flat // p, np.arange(self.intercepts))  # class and feature of each column
        self.feature = np.append(flat % p, np.full(self.intercepts, p))

    @property
    def shape(self) -> tuple[int, int]:
        """(K n, columns)."""
        return self.classes * self.design.shape[0], self.owner.size

    def spread(self, c: Array) -> tuple[Array, Array]:
        """Columns as coefficients (K, p) and intercepts (K,), 0 where there is no column."""
        m = self.owner.size - self.intercepts
        coef, intercept = np.zeros(self.kept.shape), np.zeros(self.classes)
        coef[self.kept], intercept[: self.intercepts] = c[:m], c[m:]
        return coef, intercept

    def gathered(self, coef: Array, intercept: Array) -> Array:
        """Columns of coefficients (K, p) and intercepts (K,); what has no column is dropped."""
        return np.append(coef[self.kept], intercept[: self.intercepts])

    def dot(self, b: Array) -> Array:
        """K stretches of X b_k + b0_k."""
        coef, intercept = self.spread(b)
        return (np.asarray(self.X @ coef.T) + intercept).T.ravel()

    def t_dot(self, u: Array) -> Array:
        """X' u_k per class, and the sums of the stretches."""
        stretches = u.reshape(self.classes, -1)
        return self.gathered(np.asarray(self.X.T @ stretches.T).T, stretches.sum(axis=1))

    def sharp_t_dot(self, u: Array) -> tuple[Array, int]:
        """As `t_dot`, summed as trees; the depth counts the rounding of slopes, whose sum over classes is 0."""
        parts = [self.design.sharp_t_dot(part) for part in u.reshape(self.classes, -1)]
        coef, depth = np.array([sums for sums, _ in parts]), max(depth for _, depth in parts)
        totals = u.reshape(self.classes, -1).sum(axis=1)
        return self.gathered(coef, totals), depth + int(np.log2(self.design.shape[0])) + self.classes + 16

    def abs_dot(self, b: Array, rough: bool = False) -> Array:
        """Sizes of the terms of the predictors, the largest of all classes: they are compared with each other."""
        coef, intercept = self.spread(np.abs(b))
        sizes = np.array([self.design.abs_dot(part, rough) for part in coef]) + intercept[:, None]
        return np.tile(sizes.max(axis=0), self.classes)

    def abs_t_dot(self, u: Array, rough: bool = False) -> Array:
        """Sizes of the terms of `t_dot`."""
        stretches = np.abs(u.reshape(self.classes, -1))
        coef = np.array([self.design.abs_t_dot(part, rough) for part in stretches])
        return self.gathered(coef, stretches.sum(axis=1))

    def squares(self, w: Array) -> Array:
        """sum_i w_i x_ij^2 of each column."""
        stretches = w.reshape(self.classes, -1)
        return self.gathered(np.array([self.design.squares(part) for part in stretches]), stretches.sum(axis=1))

    def largest(self) -> Array:
        """max_i |x_ij| of each column."""
        return self.gathered(np.tile(self.design.largest(), (self.classes, 1)), np.ones(self.classes))

    def gram(self, h: Array, columns: Array | None = None, between: Callable[[], object] = lambda: None) -> Array:
        """Z' W Z, W = diag(h_k) - h h' / sum(h) per sample: the second derivative, h being weights times p.

        Where some h_k are set to 0, it is a lower bound of that (the variance within a part of the classes).
        """
        chosen = np.arange(self.owner.size) if columns is None else np.asarray(columns)
        H = np.zeros((chosen.size, chosen.size))
        stretches = h.reshape(self.classes, -1)
        total = stretches.sum(axis=0)
        share = np.divide(stretches, total, out=np.zeros_like(stretches), where=total > 0)
        places = [np.flatnonzero(self.owner[chosen] == k) for k in range(self.classes)]
        for k in range(self.classes):
            others = np.delete(stretches, k, axis=0).sum(axis=0)
            for m in range(k, self.classes):
                weight = share[k] * (others if m == k else -stretches[m])
                block = self._block(weight, self.feature[chosen[places[k]]], self.feature[chosen[places[m]]], between)
                H[np.ix_(places[k], places[m])] = block
                H[np.ix_(places[m], places[k])] = block.T
        return H

    def _block(self, weight: Array, rows: Index, columns: Index, between: Callable[[], object]) -> Array:
        """[X 1]' diag(weight) [X 1] between some features and others; the last is the column of ones."""
        p = self.design.shape[1]
        union = np.union1d(rows, columns)
        inside = union[union < p]
        G = np.zeros((p + 1, p + 1)) if inside.size == p else np.zeros((union.size, union.size))
        m = inside.size
        if m:
            G[:m, :m] = self.design.gram(weight, None if m == p else inside, between)
        if union.size > m:
            G[m, :m] = G[:m, m] = self.design.t_dot(weight)[inside]
            G[m, m] = weight.sum()
        return G[np.ix_(np.searchsorted(union, rows), np.searchsorted(union, columns))]

    def height(self, root: Array) -> float:
        """Bound max_i max_kl |(z_ik - z_il)' root|: twice the largest distance from the middle of the classes."""
        worst, (n, p) = 0.0, self.design.shape
        X = self.X.tocsr() if self.design.sparse else self.X
        parts = [root[self.owner == k] for k in range(self.classes)]
        features = [self.feature[self.owner == k] for k in range(self.classes)]
        for start in range(0, n, BLOCK):
            block = X[start : start + BLOCK]
            images = np.array([_image(block, part, which, p) for part, which in zip(parts, features, strict=True)])
            images -= images.mean(axis=0)
            worst = max(worst, float(np.sqrt((images**2).sum(axis=2)).max()))
        return 2.0 * worst

    def columns(self, columns: Array) -> Array:
        """Chosen columns as a dense array; for few columns."""
        n, p = self.design.shape
        dense = np.zeros((self.classes, n, len(columns)))
        for place, column in enumerate(columns):
            k, j = self.owner[column], self.feature[column]
            dense[k, :, place] = 1.0 if j == p else self.design.columns(np.array([j]))[:, 0]
        return dense.reshape(self.classes * n, -1)

    def blocks(self) -> Iterator[Array]:
        """Not offered: rows belong together in groups of K."""
        raise NotImplementedError


def _image(block: Any, part: Array, features: Index, p: int) -> Array:
    """[X 1] times the rows of ``part`` that belong to these features."""
    inside = features < p
    whole = np.zeros((p, part.shape[1]))
    whole[features[inside]] = part[inside]
    return np.asarray(block @ whole) + part[~inside].sum(axis=0)
