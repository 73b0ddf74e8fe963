"""A best point with its limits: which of them it meets, and with which multipliers.

Rows and bounds are one list here: limit k < m is row k, limit m + j is the bound of variable j, so that G = [A; I].
Always a minimisation; whoever tells the user turns the signs (`sign`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.result import Array, Mask, Solution

MET = 1e-9  # a limit is met within this share of its terms
NEARLY = 1e-5  # and within this share, if its multiplier is larger than what is left to it
AT_VERTICES = 1e-3  # share of the largest variable that limits at 0 are measured beside: vertices are nearly exact
ZERO = 1e-9  # a multiplier below this share of its own terms is 0


@dataclass(frozen=True, eq=False)
class Optimum:
    """Best point x of a linear or convex quadratic program, slope g = q + P x = G'multipliers, and what is met."""

    problem: Any
    sign: float
    x: Array
    g: Array
    lower: Array
    upper: Array
    at_lower: Mask
    at_upper: Mask
    multipliers: Array

    @classmethod
    def of(cls, solution: Solution) -> Optimum:
        """Read a proved answer."""
        problem = solution.problem
        sign = -1.0 if problem.maximize else 1.0
        x = np.asarray(solution.x, dtype=float)
        facts = solution.certificate.facts
        y = sign * np.asarray(facts["row_dual"])
        bend = np.zeros(x.size) if problem.P is None else problem.P @ x
        g = sign * (problem.q + bend)
        lower, upper = np.append(problem.row_lower, problem.lower), np.append(problem.row_upper, problem.upper)
        size, far = np.append(abs(problem.A) @ np.abs(x), np.abs(x)), np.full(x.size, np.abs(x).max())
        size = size + np.append(abs(problem.A) @ far, far) * (AT_VERTICES if problem.P is None else 1.0)
        z = g - problem.A.T @ y
        terms = np.abs(g) + abs(problem.A).T @ np.abs(y)
        z = np.where(np.abs(z) <= ZERO * terms, 0.0, z)
        y = np.where(np.abs(y) <= ZERO * np.abs(y).max(initial=0.0), 0.0, y)
        multipliers, value = np.append(y, z), np.append(problem.A @ x, x)
        at_lower = _met(value - lower, np.maximum(multipliers, 0.0), _size(lower) + size)
        at_upper = _met(upper - value, np.maximum(-multipliers, 0.0), _size(upper) + size)
        multipliers = np.where(at_lower | at_upper, multipliers, 0.0)
        m = problem.shape[0]
        x = np.where(at_lower[m:], problem.lower, np.where(at_upper[m:], problem.upper, x))
        return cls(problem, sign, x, g, lower, upper, at_lower, at_upper, multipliers)

    @property
    def rows(self) -> int:
        """Count of rows."""
        return int(self.problem.shape[0])

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
        G[inside] = picked.toarray() if is_sparse(picked) else picked
        G[~inside, places[~inside] - self.rows] = 1.0
        return G

    def times(self, x: Array) -> Array:
        """G x."""
        return np.append(self.problem.A @ x, x)

    def normal(self, k: int) -> Array:
        """One row of G."""
        return self.normals(np.array([k]))[0]


def _met(slack: Array, multiplier: Array, size: Array) -> Mask:
    """Limits that are met: by rounding, or nearly while the multiplier says so (interior points stop before them)."""
    scale = np.where(size > 0, size, 1.0)
    return (np.abs(slack) <= MET * scale) | ((np.abs(slack) <= NEARLY * scale) & (multiplier > slack))


def _size(limits: Array) -> Array:
    return np.where(np.isfinite(limits), np.abs(limits), 0.0)
