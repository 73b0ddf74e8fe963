"""The equations that remain of a program once its active limits are known, solved to the last digit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thalweg.result import Array
from thalweg.solvers._program import Program
from thalweg.terms.extended import ExtendedRows, gradient_map
from thalweg.terms.saddle import Saddle, sparse_rows

STEPS = 12  # proximal steps on one active set
FASTER = 0.5  # each must make the residual smaller by this factor


class Sides(NamedTuple):
    """Side at which each row and each variable is held: -1 lower, 1 upper, 0 none."""

    rows: Array
    columns: Array

    def held(self, program: Program, x: Array) -> Array:
        """Put the variables that are held on their limits, exactly."""
        return np.where(self.columns < 0, program.lower, np.where(self.columns > 0, program.upper, x))


class ActiveEquations:
    """Stationary points of a program's objective with some limits as equations.

    Each proximal step solves [P + r I, A'; A, -r I] (dx, -dy) = (-reduced costs, slacks) over the free variables and
    the active rows. Residuals are taken in twice the precision, so that the result is right to the last digit.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.A = sparse_rows(program.A)
        self.P = None if program.P is None else sparse_rows(program.P)
        self.slacks = ExtendedRows(program.A)
        self.costs = ExtendedRows(gradient_map(program.A, program.P))

    def solved(
        self, sides: Sides, x: Array, y: Array, regularisation: float, enough: float = 0.0
    ) -> tuple[Array, Array]:
        """Return point and row duals, starting from those given; residuals of ``enough`` of them end the steps."""
        program = self.program
        free, active = np.flatnonzero(sides.columns == 0), np.flatnonzero(sides.rows != 0)
        x, y = sides.held(program, x), np.where(sides.rows != 0, y, 0.0)
        limits = np.where(sides.rows < 0, program.row_lower, np.where(sides.rows > 0, program.row_upper, 0.0))
        H = np.zeros(free.size) if self.P is None else self.P[free][:, free]
        saddle = Saddle(H, self.A[active][:, free], regularisation)
        best, least = (x, y), np.inf
        for _ in range(STEPS):
            costs = self.costs.residual(program.q, np.concatenate([y, x] if self.P is not None else [y]))
            falls = -costs[free]
            slack = self.slacks.residual(limits, x)[active]
            size = max(np.abs(falls).max(initial=0.0), np.abs(slack).max(initial=0.0))
            if size < least:
                best = x.copy(), y.copy()
            if not size < FASTER * least or size <= enough * max(np.abs(x).max(), np.abs(y).max(initial=0.0)):
                break
            least = size
            dx, dy = saddle.solve(falls, slack)
            x[free] += dx
            y[active] -= dy
        return best


def reduced_costs(program: Program, x: Array, y: Array) -> Array:
    """q + P x - A'y."""
    gradient = program.q if program.P is None else program.q + program.P @ x
    return gradient - program.A.T @ y
