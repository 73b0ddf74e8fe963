"""Ranges at an optimum where nothing is degenerate: one linear system instead of linear programs.

Let W be the limits that the point meets (but for rows without terms, which hold nothing), with independent normals G_W
and multipliers that are not 0 (those of equalities may be), and let P be positive definite on their null space; then
point and multipliers are unique. If limit k moves by t, they move by t dx and t dmu with

    P dx - G_W'dmu = 0,    G_W dx = e_k,

until a limit is met or a multiplier is 0. Without P that is a vertex: dmu = 0 and dx = inv(G_W) e_k; the price holds
that far and no further, since the next multiplier is not 0.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from thalweg.explaining.optimum import Optimum
from thalweg.result import Array, Index
from thalweg.terms.matrices import dense

LARGEST = 1_500  # unknowns of the dense system
SINGULAR = 1e-11  # reciprocal condition below which a system counts as singular
SPANNED = 1e-8  # a cost that multipliers make up for but for this is within what the normals span
STILL = 1e-11  # a rate below this share of the largest is 0


class Regular:
    """Prices and ranges of a nondegenerate optimum."""

    def __init__(self, optimum: Optimum, places: Index, moves: Array, turns: Array) -> None:
        self.optimum, self.places = optimum, places
        self.moves, self.turns = moves, turns  # dx and dmu, one column per limit of W
        self.normals = optimum.normals(places)
        self.rates = np.vstack([optimum.problem.A @ moves, moves])
        self.position = {int(k): i for i, k in enumerate(places)}

    @classmethod
    def of(cls, optimum: Optimum) -> Regular | None:
        """Return None if something is degenerate or too large."""
        n, places = optimum.x.size, np.flatnonzero(optimum.met & optimum.has_terms)
        strict = (optimum.multipliers[places] != 0) | optimum.fixed[places]
        if not strict.all() or places.size > n or n + places.size > LARGEST:
            return None
        G, P = optimum.normals(places), optimum.problem.P
        if P is None and places.size < n:
            return None
        inverse = _inverse(G if P is None else _system(optimum.sign * dense(P), G))
        if inverse is None:
            return None
        turns = np.zeros((places.size, places.size)) if P is None else inverse[n:, n:]
        return cls(optimum, places, inverse[:n, -places.size :] if places.size else np.zeros((n, 0)), turns)

    def limit(self, k: int, side: str) -> tuple[float, float, float, float]:
        """Left and right price of a limit, and the ends up to which they hold."""
        o = self.optimum
        value = o.limit(k, side)
        if not o.meets(k, side):
            reached = float(o.times(o.x)[k])
            return (0.0, 0.0, -np.inf, reached) if side == "lower" else (0.0, 0.0, reached, np.inf)
        if not o.has_terms[k]:  # 0 cannot be anything else
            left, right = 0.0 if side == "lower" else -np.inf, 0.0 if side == "upper" else np.inf
            return left, right, -np.inf if side == "lower" else value, np.inf if side == "upper" else value
        price, place = float(o.multipliers[k]), self.position[k]
        rate, turn = _without_noise(self.rates[:, place]), _without_noise(self.turns[:, place])
        back = min(self._room(k, side, -rate), self._turn(-turn))
        ahead = min(self._room(k, side, rate), self._turn(turn))
        return price, price, value - back, value + ahead

    def cost(self, j: int) -> tuple[float, float]:
        """Ends between which cost j may move while the point stays best: as far as multipliers can make up for it."""
        q = float(self.optimum.sign * self.optimum.problem.q[j])
        rates = _without_noise(self._pull[j])
        made_up = rates @ self.normals
        made_up[j] -= 1.0
        if np.abs(made_up).max() > SPANNED:
            return q, q
        return q - self._turn(-rates), q + self._turn(rates)

    @cached_property
    def _pull(self) -> Array:
        """Row j: the multipliers that make up for a unit of cost j, as nearly as the normals can."""
        return self.moves if self.optimum.problem.P is None else np.linalg.pinv(self.normals)

    def _room(self, k: int, side: str, rate: Array) -> float:
        """How far the point may move before it meets another limit, or limit k its other side."""
        o = self.optimum
        value = o.times(o.x)
        below = np.where(o.met, np.inf, np.maximum(value - o.lower, 0.0))
        above = np.where(o.met, np.inf, np.maximum(o.upper - value, 0.0))
        other = above if side == "lower" else below
        other[k] = np.inf if side == "=" else o.upper[k] - o.lower[k]
        down, up = rate < 0, rate > 0
        ends = np.append(below[down] / -rate[down], above[up] / rate[up])
        return float(ends.min(initial=np.inf))

    def _turn(self, rates: Array) -> float:
        """How far the multipliers may move before one is 0; those of equalities may have any sign."""
        mu = self.optimum.multipliers[self.places]
        toward = ~self.optimum.fixed[self.places] & (mu * rates < 0)
        return float(np.abs(mu[toward] / rates[toward]).min(initial=np.inf))


def _system(P: Array, G: Array) -> Array:
    return np.block([[P, -G.T], [G, np.zeros((G.shape[0], G.shape[0]))]])


def _inverse(system: Array) -> Array | None:
    try:
        inverse = np.linalg.inv(system)
    except np.linalg.LinAlgError:
        return None
    size = np.abs(system).sum(axis=0).max(initial=0.0) * np.abs(inverse).sum(axis=0).max(initial=0.0)
    return inverse if size * SINGULAR < 1.0 else None


def _without_noise(rates: Array) -> Array:
    return np.where(np.abs(rates) <= STILL * np.abs(rates).max(initial=0.0), 0.0, rates)
