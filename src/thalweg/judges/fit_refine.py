"""A better dual point for the same claim: Newton steps on a copy of the coefficients.

The objective's error is of second order in the error of the coefficients, the raw gap's of first order. A few
active-set Newton steps on a copy give slopes t and row multipliers y at (nearly) the best point; the claim itself is
then judged against them. The copy is never returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from thalweg import inputs
from thalweg.judges.fit_gap import columns_of, split
from thalweg.result import Array, Index, Mask
from thalweg.terms.constraints import Box
from thalweg.terms.grouped import GroupedElasticNet

STEPS = 20
MOST = 2500  # free columns that are worth a dense Hessian
NEAR = 1e-6  # a row this close to its limit (of its own terms) is tried as active
SAME = 1e-12  # multipliers that change less have settled
SINGULAR = 1e12  # a solution this much longer than the right side comes from a singular system
ENOUGH = 1e-14  # relative decrease below which another step is rounding


@dataclass(frozen=True, eq=False)
class Refined:
    """Columns of the copy (intercept last), its linear predictor, and the row multipliers found with it."""

    columns: Array
    eta: Array
    y: Array


def refine(problem: Any, columns: Array, y: Array) -> Refined | None:
    """Improve a copy of the coefficients (intercept last); None if the problem is too large for it, or has kinks."""
    if problem.loss.kinked:
        return None
    copy = _Copy(problem, columns.copy(), y)
    for _ in range(STEPS):
        if not copy.step():
            break
    return Refined(copy.b, copy.eta, copy.y) if copy.changed else None


class _Copy:
    """State of the refinement: coefficients, predictor, value, multipliers."""

    def __init__(self, problem: Any, columns: Array, y: Array) -> None:
        self.problem, self.b, self.y = problem, columns, y
        self.penalty, self.box = columns_of(problem)
        self.b = np.clip(columns, self.box.lower, self.box.upper)
        self.several: Mask = np.zeros(columns.size, dtype=bool)
        if isinstance(self.penalty, GroupedElasticNet):
            self.several = ~self.penalty.single
        self.changed = False
        self._evaluate()

    def _evaluate(self) -> None:
        coef, intercept = split(self.problem, self.b)
        self.eta = self.problem.eta(coef, intercept)
        self.value = self.problem.value_at(self.eta, coef)

    def _near_rows(self) -> tuple[Index, Array]:
        """Rows close to a limit, and that limit."""
        A, rows = self.problem.A, cast(Box, self.problem.rows)
        coef = split(self.problem, self.b)[0]
        activity: Array = A @ coef
        size: Array = abs(A) @ np.abs(coef)
        low = np.isfinite(rows.lower) & (activity - rows.lower <= NEAR * (size + np.abs(rows.lower)))
        high = np.isfinite(rows.upper) & (rows.upper - activity <= NEAR * (size + np.abs(rows.upper)))
        chosen = np.flatnonzero(low | high)
        return chosen, np.where(low, rows.lower, rows.upper)[chosen]

    def step(self) -> bool:
        """One Newton step on the free columns; False if neither they nor the multipliers gain."""
        problem, before = self.problem, self.y
        slope = problem.weighted(problem.loss.slope(self.eta, problem.y))
        g = problem.X.t_dot(slope)
        g = np.append(g, slope.sum()) if problem.intercept else g
        smooth = g + self.penalty.l2 * self.b
        lagrangian = smooth - self._pull()
        sign = np.where(self.b != 0, np.sign(self.b), -np.sign(lagrangian))
        free = self._free(lagrangian)
        if not free.size or free.size > MOST:
            return False
        pull = np.where(self.several, self.penalty.kink(self.b), self.penalty.l1 * sign)
        direction = self._direction(free, (smooth + pull)[free])
        if direction is None:
            return False
        gained = self._move(free, direction, sign[free])
        pulled = bool(np.abs(self.y - before).max(initial=0.0) > SAME * np.abs(self.y).max(initial=0.0))
        self.changed = self.changed or gained or pulled
        return gained or pulled

    def _pull(self) -> Array:
        """A'y, 0 for the intercept."""
        pull = np.zeros(self.b.size)
        if self.y.size:
            pull[: self.problem.shape[1]] = self.problem.A.T @ self.y
        return pull

    def _free(self, slope: Array) -> Index:
        """Columns that may move: not held by a kink of the penalty or by a bound they push against."""
        l1 = self.penalty.l1
        kinked = (self.b == 0) & (self.several | (np.abs(slope) <= l1))  # of a group, those that are not 0 suffice
        rise = slope + l1 * np.sign(self.b)
        stuck = ((self.b <= self.box.lower) & (rise >= 0)) | ((self.b >= self.box.upper) & (rise <= 0))
        return np.flatnonzero(~kinked & ~stuck)

    def _direction(self, free: Index, gradient: Array) -> Array | None:
        """Solve the Newton system on the free columns, with the rows at their limits whose multipliers agree."""
        H = self._hessian(free)
        if not self.y.size:
            return _solve(H, -gradient)
        coef, inside = split(self.problem, self.b)[0], free < self.problem.shape[1]
        rows, targets = self._near_rows()
        while True:
            chosen = self.problem.A[rows]
            dense: Array = np.asarray(chosen.todense() if inputs.is_sparse(chosen) else chosen)
            part = np.zeros((rows.size, free.size))
            part[:, inside] = dense[:, free[inside]]
            system = np.block([[H, part.T], [part, np.zeros((rows.size, rows.size))]])
            solution = _solve(system, np.concatenate([-gradient, targets - dense @ coef]))
            if solution is None:
                return None
            multipliers = -solution[free.size :]
            right = self._agree(rows, targets, multipliers)
            if right.all():
                self.y = np.zeros(self.y.size)
                self.y[rows] = multipliers
                return solution[: free.size]
            rows, targets = rows[right], targets[right]

    def _agree(self, rows: Index, targets: Array, multipliers: Array) -> Mask:
        """Whether each multiplier pushes at the limit its row is held at."""
        lower, upper = self.problem.row_lower[rows], self.problem.row_upper[rows]
        at_lower, at_upper = (targets == lower) & (multipliers >= 0), (targets == upper) & (multipliers <= 0)
        return (lower == upper) | at_lower | at_upper

    def _hessian(self, free: Index) -> Array:
        problem = self.problem
        p = problem.shape[1]
        h = problem.weighted(problem.loss.curvature(self.eta, problem.y))
        columns = free[free < p]
        H = np.zeros((free.size, free.size))
        H[: columns.size, : columns.size] = problem.X.gram(h, None if columns.size == p else columns)
        if columns.size < free.size:  # the intercept, last
            border = problem.X.t_dot(h)[columns]
            H[-1, :-1] = H[:-1, -1] = border
            H[-1, -1] = h.sum()
        H[np.diag_indices_from(H)] += self.penalty.l2[free]
        return H + self.penalty.bend(self.b, free) if isinstance(self.penalty, GroupedElasticNet) else H

    def _move(self, free: Index, direction: Array, sign: Array) -> bool:
        """Backtrack; a coefficient that would change sign stops at 0, one that would leave its box at the bound."""
        start, value = self.b.copy(), self.value
        l1 = np.where(self.several, 0.0, self.penalty.l1)[free]
        for halving in range(12):
            moved = start[free] + direction * 0.5**halving
            moved = np.where((l1 > 0) & (moved * sign < 0), 0.0, moved)
            self.b = start.copy()
            self.b[free] = np.clip(moved, self.box.lower[free], self.box.upper[free])
            self._evaluate()
            if self.value <= value:
                return value - self.value > ENOUGH * value or bool(halving == 0 and self.value < value)
        self.b = start
        self._evaluate()
        return False


def _solve(system: Array, right: Array) -> Array | None:
    """Solve a symmetric system scaled so that units do not matter; least squares where it is singular."""
    diagonal = np.abs(np.diag(system))
    scale = np.where(diagonal > 0, diagonal, 1.0) ** -0.5
    held = diagonal == 0  # rows of the constraints: scaled to unit length in the scaled columns
    length = np.sqrt(((system[held] * scale) ** 2).sum(axis=1))
    scale[held] = 1.0 / np.where(length > 0, length, 1.0)
    scaled = system * scale[:, None] * scale
    if not np.isfinite(scaled).all():
        return None
    try:
        solution = np.linalg.solve(scaled, scale * right)
    except np.linalg.LinAlgError:
        solution = np.full(right.size, np.nan)
    largest = np.abs(scale * right).max(initial=0.0)
    if not np.abs(solution).max(initial=0.0) <= SINGULAR * largest:  # NaN fails
        solution = np.linalg.lstsq(scaled, scale * right, rcond=1.0 / SINGULAR)[0]
    return scale * solution
