"""Least x'G x / 2 - c'x + a group lasso: group by group to find those that are 0, then Newton's method on the rest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thalweg.result import Array, Index
from thalweg.solvers._signed_quadratic import NEARLY, PATIENCE, ROUNDING, ROUNDS, newton_step
from thalweg.terms.grouped import GroupedElasticNet
from thalweg.watch import Watch

SWEEPS = 3  # between two Newton steps
HALVINGS = 30
NEWTON = 60  # steps towards a norm; a handful are taken


class GroupedQuadratic(NamedTuple):
    """G is symmetric, positive semidefinite and dense; only groups of one have limits; the ridge is part of G."""

    G: Array
    c: Array
    penalty: GroupedElasticNet
    lower: Array
    upper: Array

    def minimise(self, x: Array, watch: Watch) -> Array:
        """Improve x until its optimality conditions hold to rounding, or nothing improves."""
        x, best, idle = x.copy(), np.inf, 0
        parts = [_Part.of(self, columns) for columns in _members(self.penalty.groups)]
        for _ in range(ROUNDS):
            size = float((np.abs(self.c) + np.abs(self.G) @ np.abs(x)).max(initial=0.0))
            off = self._violation(x)
            idle = 0 if off < best else idle + 1
            if off <= ROUNDING * size or (idle >= PATIENCE and off <= NEARLY * size) or watch.stop is not None:
                break
            best = min(best, off)
            for _ in range(SWEEPS):
                self._sweep(x, parts)
            self._settle(x)
        return x

    def value(self, x: Array) -> float:
        """x'G x / 2 - c'x and the norms."""
        norms = self.penalty.factors @ self.penalty.norms(x)
        return float(0.5 * x @ (self.G @ x) - self.c @ x + norms)

    def _violation(self, x: Array) -> float:
        """Largest step towards a better point."""
        step = np.clip(self.penalty.shrink(x + self.c - self.G @ x), self.lower, self.upper) - x
        return float(np.abs(step).max(initial=0.0))

    def _sweep(self, x: Array, parts: list[_Part]) -> None:
        """Minimise over one group after the other."""
        slope = self.c - self.G @ x
        for part in parts:
            old = x[part.columns]
            new = np.clip(part.least(slope[part.columns] + part.G @ old), part.lower, part.upper)
            if (new != old).any():
                slope -= self.G[:, part.columns] @ (new - old)
                x[part.columns] = new

    def _settle(self, x: Array) -> None:
        """One Newton step on the groups that are not 0, halved until it is a descent."""
        at_limit = (x <= self.lower) | (x >= self.upper)
        resting = (self.penalty.norms(x) == 0)[self.penalty.groups] & (self.penalty.l1 > 0)
        free = np.flatnonzero(~at_limit & ~resting)
        if not free.size:
            return
        slope = self.c - self.G @ x - self.penalty.kink(x)
        H = self.G[np.ix_(free, free)] + self.penalty.bend(x, free)
        if not np.isfinite(H).all():
            return
        step = newton_step(H, slope[free])
        before, length = self.value(x), 1.0
        for _ in range(HALVINGS):
            moved = x.copy()
            moved[free] = np.clip(x[free] + length * step, self.lower[free], self.upper[free])
            if self.value(moved) <= before:
                x[:] = moved
                return
            length /= 2


class _Part(NamedTuple):
    """One group: its block of G with eigenvalues and vectors, its factor and limits."""

    columns: Index
    G: Array
    values: Array
    vectors: Array
    factor: float
    lower: Array
    upper: Array

    @classmethod
    def of(cls, model: GroupedQuadratic, columns: Index) -> _Part:
        """Take a group apart."""
        G = model.G[np.ix_(columns, columns)]
        values, vectors = np.linalg.eigh(G)
        values = np.where(values > NEARLY * values[-1], values, 0.0)
        factor = float(np.sqrt(columns.size)) * float(model.penalty.l1[columns[0]])
        return cls(columns, G, values, vectors, factor, model.lower[columns], model.upper[columns])

    def least(self, s: Array) -> Array:
        """argmin over b of b'G b / 2 - s'b + factor |b|.

        With r = |b| it is (G + factor / r)^-1 s, so that q(r)^2 = sum_k s_k^2 / (r d_k + factor)^2 over eigenvectors
        is 1. 1 / q is concave and nearly linear: Newton's method reaches the root from the left without passing it.
        """
        if not self.values[-1] > 0:
            return np.zeros(s.size)
        along = self.vectors.T @ s
        if not self.factor:
            kept = self.values > 0
            return self.vectors[:, kept] @ (along[kept] / self.values[kept])
        if float(np.linalg.norm(s)) <= self.factor:
            return np.zeros(s.size)
        r = 0.0
        for _ in range(NEWTON):
            shares = along / (r * self.values + self.factor)
            q = float(np.linalg.norm(shares))
            fall = float((shares * shares * self.values / (r * self.values + self.factor)).sum())
            step = q * q * (q - 1.0) / fall if fall > 0 else 0.0
            r += step
            if not step > ROUNDING * r:
                break
        return self.vectors @ (along * r / (r * self.values + self.factor))


def _members(groups: Index) -> list[Index]:
    """Columns of each group."""
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
