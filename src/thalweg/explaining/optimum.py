"""A best point with its limits: which of them it meets, and with which multipliers.

Rows and bounds are one list here: limit k < m is row k, limit m + j is the bound of variable j, so that G = [A; I].
Always a minimisation; whoever tells the user turns the signs (`sign`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from thalweg.explaining.settling import settled
from thalweg.result import Array, Mask, Solution
from thalweg.terms.constraints import sizes_of
from thalweg.terms.matrices import dense
from thalweg.watch import Watch

MET = 1e-9  # a limit is met within this share of its terms
NEARLY = 1e-5  # and within this share, if its multiplier is larger than what is left to it
AT_VERTICES = 1e-3  # share of the largest variable that limits at 0 are measured beside: vertices are nearly exact
ZERO = 1e-9  # a multiplier below this share of its own terms is 0
LAST = 1e-12  # the same at a point that is settled to the last digit


@dataclass(frozen=True, eq=False)
class Optimum:
    """Best point x of a linear or convex quadratic program, slope g = q + P x = G'multipliers, and what is met.

    Where it is not ``settled``, limits that are met cannot be told from limits that are nearly met.
    """

    problem: Any
    sign: float
    x: Array
    g: Array
    lower: Array
    upper: Array
    at_lower: Mask
    at_upper: Mask
    multipliers: Array
    settled: bool

    @classmethod
    def of(cls, solution: Solution, watch: Watch | None = None) -> Optimum:
        """Read a proved answer: of a linear program a vertex; of a quadratic one any, which is settled first."""
        problem = solution.problem
        sign = -1.0 if problem.maximize else 1.0
        x, y = np.asarray(solution.x, dtype=float), sign * np.asarray(solution.certificate.facts["row_dual"])
        last = None if problem.P is None else settled(problem, x, y, watch or Watch())
        x, y = (x, y) if last is None else (last.x, last.y)
        g = sign * (problem.q if problem.P is None else problem.q + problem.P @ x)
        lower, upper = np.append(problem.row_lower, problem.lower), np.append(problem.row_upper, problem.upper)
        multipliers = _multipliers(problem, (x, g), y, ZERO if last is None else LAST)
        if last is None:
            at_lower, at_upper = _nearly_met(problem, x, multipliers)
        else:
            at_lower, at_upper = last.met < 0, (last.met > 0) | (lower == upper)
        multipliers, m = np.where(at_lower | at_upper, multipliers, 0.0), problem.shape[0]
        if last is not None:  # without the rounding of P x, which no multipliers make up for
            g = problem.A.T @ multipliers[:m] + multipliers[m:]
        x = np.where(at_lower[m:], problem.lower, np.where(at_upper[m:], problem.upper, x))
        sure = problem.P is None or last is not None
        return cls(problem, sign, x, g, lower, upper, at_lower, at_upper, multipliers, sure)

    @property
    def rows(self) -> int:
        """Count of rows."""
        return int(self.problem.shape[0])

    @cached_property
    def has_terms(self) -> Mask:
        """Limits of something that moves; rows without coefficients are always 0."""
        terms = abs(self.problem.A) @ np.ones(self.x.size)
        return np.append(terms > 0, np.ones(self.x.size, dtype=bool))

    @property
    def fixed(self) -> Mask:
        """Limits with one value: equalities and fixed variables."""
        return self.lower == self.upper

    @property
    def met(self) -> Mask:
        """Limits that the point meets at either side."""
        return self.at_lower | self.at_upper

    def meets(self, k: int, side: str) -> bool:
        """Whether the point meets this side ("lower", "upper" or "=") of a limit."""
        return bool({"lower": self.at_lower, "upper": self.at_upper, "=": self.fixed}[side][k])

    def limit(self, k: int, side: str) -> float:
        """Where a limit stands."""
        return float((self.upper if side == "upper" else self.lower)[k])

    def moved(self, k: int, side: str, shift: float) -> Any:
        """The problem with one limit moved, of an equality both sides; None if its sides would cross."""
        row = k < self.rows
        names = {"lower": "row_lower" if row else "lower", "upper": "row_upper" if row else "upper"}
        changes: dict[str, Array] = {}
        for end in ("lower", "upper") if side == "=" else (side,):
            changes[names[end]] = getattr(self.problem, names[end]).copy()
            changes[names[end]][k if row else k - self.rows] += shift
        room = self.upper[k] - self.lower[k] if (side == "lower") == (shift > 0) and side != "=" else np.inf
        return self.problem.replace(**changes) if abs(shift) < room else None

    def sides(self, k: int) -> list[str]:
        """Sides that a limit has: "=" stands for both at once."""
        if self.fixed[k]:
            return ["="]
        ends = {"lower": self.lower[k], "upper": self.upper[k]}
        return [side for side, end in ends.items() if np.isfinite(end)]

    def normals(self, places: Any) -> Array:
        """Rows of G, dense."""
        inside = places < self.rows
        G = np.zeros((places.size, self.x.size))
        picked = self.problem.A[places[inside]]
        G[inside] = dense(picked)
        G[~inside, places[~inside] - self.rows] = 1.0
        return G

    def times(self, x: Array) -> Array:
        """G x."""
        return np.append(self.problem.A @ x, x)

    def normal(self, k: int) -> Array:
        """One row of G."""
        return self.normals(np.array([k]))[0]


def _multipliers(problem: Any, place: tuple[Array, Array], y: Array, zero: float) -> Array:
    """Row duals and, of a point and the slope g there, reduced costs g - A'y, without their rounding."""
    x, g = place
    bends = 0.0 if problem.P is None else abs(problem.P) @ np.abs(x)
    z, terms = g - problem.A.T @ y, np.abs(problem.q) + bends + abs(problem.A).T @ np.abs(y)
    y = np.where(np.abs(y) <= zero * np.abs(y).max(initial=0.0), 0.0, y)
    return np.append(y, np.where(np.abs(z) <= zero * terms, 0.0, z))


def _nearly_met(problem: Any, x: Array, multipliers: Array) -> tuple[Mask, Mask]:
    """Limits that a point meets up to a tolerance, at their lower and at their upper side."""
    size, far = np.append(abs(problem.A) @ np.abs(x), np.abs(x)), np.full(x.size, np.abs(x).max())
    size = size + np.append(abs(problem.A) @ far, far) * (AT_VERTICES if problem.P is None else 1.0)
    value = np.append(problem.A @ x, x)
    lower, upper = np.append(problem.row_lower, problem.lower), np.append(problem.row_upper, problem.upper)
    at_lower = _met(value - lower, np.maximum(multipliers, 0.0), sizes_of(lower) + size)
    return at_lower, _met(upper - value, np.maximum(-multipliers, 0.0), sizes_of(upper) + size)


def _met(slack: Array, multiplier: Array, size: Array) -> Mask:
    """Limits that are met: by rounding, or nearly while the multiplier says so (interior points stop before them)."""
    scale = np.where(size > 0, size, 1.0)
    return (np.abs(slack) <= MET * scale) | ((np.abs(slack) <= NEARLY * scale) & (multiplier > slack))
