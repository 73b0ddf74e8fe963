"""Least x'G x / 2 - c'x + sum l1 |x| over a box: coordinate descent finds the signs, linear algebra the last digit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thalweg.result import Array
from thalweg.terms.penalties import soft_threshold
from thalweg.watch import Watch

DEPENDENT = 1e-13  # an eigenvalue of the unit-diagonal matrix below this, per column, is rounding
CLEAR = 1e-10  # a least squared pivot above this shows that there is none
FALLING = 1e-10  # a flat direction falls if its share of the slope exceeds this
ROUNDING = 4e-16  # a violation below this share of the terms it came from cannot be told from 0
NEARLY = 1e-12  # nor is one below this worth more sweeps, once they gain nothing
PATIENCE = 3
ROUNDS = 100  # sweeps followed by a solve on the support


class SignedQuadratic(NamedTuple):
    """G is symmetric, positive semidefinite and dense; l1 >= 0; lower <= upper."""

    G: Array
    c: Array
    l1: Array
    lower: Array
    upper: Array

    def minimise(self, x: Array, watch: Watch) -> Array:
        """Improve x until its optimality conditions hold to rounding, or nothing improves."""
        x, best, idle = x.copy(), np.inf, 0
        for _ in range(ROUNDS):
            slope = self.c - self.G @ x
            size = float((np.abs(self.c) + np.abs(self.G) @ np.abs(x)).max(initial=0.0))
            off = self._violation(x, slope)
            idle = 0 if off < best else idle + 1
            exhausted = idle >= PATIENCE and off <= NEARLY * size
            if off <= ROUNDING * size or exhausted or watch.stop is not None:
                break
            best = min(best, off)
            self._sweep(x, slope)
            if not idle:  # where the last solve gained nothing, sweeps alone go on
                self._settle(x, watch)
        return x

    def _violation(self, x: Array, slope: Array) -> float:
        """Largest slope towards a better point that no sign and no limit holds back."""
        step = np.clip(soft_threshold(x + slope, self.l1), self.lower, self.upper) - x
        return float(np.abs(step).max(initial=0.0))

    def _sweep(self, x: Array, slope: Array) -> None:
        """One pass of coordinate descent; ``slope`` = c - G x is kept up to date."""
        G = self.G
        curvature, l1 = np.diag(G).tolist(), self.l1.tolist()
        lower, upper = self.lower.tolist(), self.upper.tolist()
        for j in range(x.size):
            old, bend = x[j], curvature[j]
            if bend > 0:
                pull = slope[j] + bend * old
                size = abs(pull) - l1[j]
                new = 0.0 if size <= 0 else (size if pull > 0 else -size) / bend
            else:
                new = 0.0
            new = min(max(new, lower[j]), upper[j])
            if new != old:
                slope -= G[j] * (new - old)
                x[j] = new

    def _settle(self, x: Array, watch: Watch) -> None:
        """Solve on the support with signs fixed; hold what crosses a sign or limit there, and go on."""
        free = (x > self.lower) & (x < self.upper) & ((x != 0) | (self.l1 == 0)) & (np.diag(self.G) > 0)
        noise = NEARLY * float((np.abs(self.c) + np.abs(self.G) @ np.abs(x)).max())
        flat_allowed = True
        for _ in range(2 * x.size + 2):
            index = np.flatnonzero(free)
            if not index.size or watch.stop is not None:
                return
            signed = np.where(self.l1[index] > 0, np.sign(x[index]), 0.0)
            right = (self.c - self.G @ x)[index] - self.l1[index] * signed
            step, longest, flat = _step(self.G[np.ix_(index, index)], right, noise if flat_allowed else np.inf)
            wall = self._wall(index, signed, step)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                room = np.maximum(np.where(step == 0, np.inf, (wall - x[index]) / step), 0.0)
            if not flat and self._leap(x, index, np.where(room < 1.0, wall, x[index] + step)):
                free[index[room < 1.0]] = False
                if not (room < 1.0).any():
                    return
                continue
            length = min(float(room.min()), longest)
            if not np.isfinite(length):
                flat_allowed = False  # flat for ever, and nothing in the way: only rounding makes it seem to fall
                continue
            blocked = room <= length
            x[index] = np.where(blocked, wall, x[index] + length * step)
            free[index[blocked]] = False
            if not blocked.any():
                if not flat:
                    return
                flat_allowed = False  # once is enough: what is left in flat directions is rounding

    def _leap(self, x: Array, index: Array, target: Array) -> bool:
        """Go where all crossings are held at once, if that is a descent: it saves a factorisation for each."""
        moved = x.copy()
        moved[index] = target
        if not self.value(moved) < self.value(x):
            return False
        x[:] = moved
        return True

    def value(self, x: Array) -> float:
        """x'G x / 2 - c'x + sum l1 |x|."""
        return float(x @ (0.5 * (self.G @ x) - self.c) + self.l1 @ np.abs(x))

    def _wall(self, index: Array, signed: Array, step: Array) -> Array:
        """Where each coordinate must stop in the direction of its step: its limit, or 0 where its sign would change."""
        limit = np.where(step > 0, self.upper[index], self.lower[index])
        return np.where(signed * step < 0, np.where(signed > 0, np.maximum(limit, 0.0), np.minimum(limit, 0.0)), limit)


def newton_step(G: Array, right: Array) -> Array:
    """Solve G d = right; the shortest of the nearest where G is singular to rounding."""
    return _step(G, right, np.inf)[0]


def _step(G: Array, right: Array, noise: float) -> tuple[Array, float, bool]:
    """Newton step, its length 1, False; or a flat direction that falls, how far it falls, True.

    Flat directions are those of columns that depend on each other; one falls if its slope is more than noise.
    """
    from scipy.linalg import cho_factor, cho_solve

    size = np.sqrt(np.maximum(np.diag(G), 0.0))
    size = np.where(size > 0, size, 1.0)
    M, scaled = G / np.outer(size, size), right / size
    try:
        factor = cho_factor(M, check_finite=False)
        if np.diag(factor[0]).min() ** 2 > CLEAR:
            step = cho_solve(factor, scaled, check_finite=False)
            step += cho_solve(factor, scaled - M @ step, check_finite=False)
            return step / size, 1.0, False
    except np.linalg.LinAlgError:
        pass
    values, vectors = np.linalg.eigh(M)
    kept = values > DEPENDENT * values.size
    inside = vectors.T @ scaled
    flat = vectors[:, ~kept] @ inside[~kept]
    if np.linalg.norm(flat) > noise + FALLING * np.linalg.norm(scaled):
        curvature = float(flat @ (M @ flat))
        return flat / size, float(flat @ flat) / curvature if curvature > 0 else np.inf, True
    return vectors[:, kept] @ (inside[kept] / values[kept]) / size, 1.0, False
