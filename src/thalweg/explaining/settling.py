"""A best point of a quadratic program to the last digit, so that it can be told which limits it meets.

The gap of a point is of second order in its error: a gap of 1e-9 leaves the point 3e-5 away, and multipliers likewise,
so that nothing of that size can be told from 0. Primal-dual active-set steps (Hintermüller, Ito and Kunisch 2003) lead
on from there: a limit is held where its multiplier outweighs the distance to it, and the equations that remain are
solved to the last digit, until the same limits are held again. Limits that nearly coincide may be held together and
contradict each other; then the one whose multiplier vanishes first along the contradiction is let go, as in a dual
method (Goldfarb and Idnani 1983).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from thalweg.result import Array, Index
from thalweg.solvers._active_set import ActiveEquations, Sides, reduced_costs
from thalweg.solvers._program import Program, minimisation, scaled
from thalweg.terms.constraints import sizes_of
from thalweg.watch import Watch

ROUNDS = 20  # changes of what is held, from one guess
TRIALS = (1e-9, 1e-12, 1e-14)  # regularisation of the equations
EDGE = 1e-13  # share of its terms below which a distance, or a multiplier, is rounding
SOLVED = 1e-12  # equations hold within this share of their own terms
ROUNDING = 1e-15  # or within this share of the largest

Equations = Callable[[Sides, Array, Array], tuple[Array, Array]]


@dataclass(frozen=True, eq=False)
class Settled:
    """A best point and row duals (of a minimisation); ``met``: -1 lower, 1 upper, 0 none, of each row and variable."""

    x: Array
    y: Array
    met: Index


def settled(problem: Any, x: Array, y: Array, watch: Watch) -> Settled | None:
    """Start from a best point and its row duals; None if no set of held limits is found that proves itself."""
    small, scales = scaled(minimisation(problem)[0])
    equations = ActiveEquations(small)
    start = _State(small, *scales.into(x, y))
    for regularisation in TRIALS:
        found = _last(start, partial(equations.solved, regularisation=regularisation), watch)
        if found is not None:
            return Settled(scales.point(found.x), scales.row_dual(found.y), found.met)
    return None


def _last(state: _State, solved: Equations, watch: Watch) -> _State | None:
    """Hold limits and solve what remains, until the same limits are held again."""
    m, held = state.y.size, state.side
    for _ in range(ROUNDS):
        if watch.stop is not None:
            return None
        reached = _State(state.program, *solved(Sides(held[:m], held[m:]), state.x, state.y))
        missed, contradict = reached.misses(held)
        if contradict:
            fewer = state.without_one(held, missed)
            if fewer is None:
                return None
            held = fewer
        elif np.array_equal(reached.side, held):
            return reached if reached.still else None
        else:
            state, held = reached, reached.side
    return None


@dataclass(frozen=True, eq=False)
class _State:
    """A point of the scaled program; rows and variables in one list, as in `Optimum`."""

    program: Program
    x: Array
    y: Array

    @cached_property
    def _limits(self) -> tuple[Array, Array]:
        p = self.program
        return np.append(p.row_lower, p.lower), np.append(p.row_upper, p.upper)

    @cached_property
    def _values(self) -> tuple[Array, Array]:
        """Value of each row and variable, and the size of its terms."""
        A = self.program.A
        return np.append(A @ self.x, self.x), np.append(abs(A) @ np.abs(self.x), np.abs(self.x))

    @cached_property
    def _pushes(self) -> tuple[Array, Array]:
        """Multiplier of each row and variable, and the size of its terms."""
        p, y = self.program, np.abs(self.y)
        terms = np.abs(p.q) + abs(p.A).T @ y + abs(p.P) @ np.abs(self.x)
        return np.append(self.y, reduced_costs(p, self.x, self.y)), np.append(y, terms)

    @cached_property
    def _slacks(self) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """Distance to the lower and to the upper limit, each with its rounding."""
        (low, high), (value, size) = self._limits, self._values
        return (value - low, EDGE * (sizes_of(low) + size)), (high - value, EDGE * (sizes_of(high) + size))

    @cached_property
    def side(self) -> Index:
        """Side at which each limit is to be held: where its multiplier outweighs the distance to it."""
        (below, rounding_below), (above, rounding_above) = self._slacks
        push, terms = self._pushes
        low, high = self._limits
        at_lower = (push > below + rounding_below + EDGE * terms) | (low == high)
        at_upper = -push > above + rounding_above + EDGE * terms
        return np.where(at_lower, -1, np.where(at_upper, 1, 0))

    @property
    def met(self) -> Index:
        """Side at which each limit is met, with a multiplier or without."""
        (below, rounding_below), (above, rounding_above) = self._slacks
        touched = np.where(below <= rounding_below, -1, np.where(above <= rounding_above, 1, 0))
        return np.where(self.side != 0, self.side, touched)

    def misses(self, held: Index) -> tuple[Array, bool]:
        """By how much each row misses the limit that it is held at, and whether any does by more than rounding."""
        m = self.y.size
        (low, high), (value, size) = self._limits, self._values
        at = np.where(held < 0, low, np.where(held > 0, high, value))[:m]
        off, room = at - value[:m], SOLVED * (size[:m] + np.abs(at)) + ROUNDING * size.max()
        return off, bool((np.abs(off) > room).any())

    @property
    def still(self) -> bool:
        """Whether free variables have no reduced cost."""
        m = self.y.size
        push, terms = (part[m:] for part in self._pushes)
        left = np.abs(push) <= SOLVED * terms + ROUNDING * terms.max()
        return bool(left[self.side[m:] == 0].all())

    def without_one(self, held: Index, missed: Array) -> Index | None:
        """Let go of one of the limits that contradict each other: of what the rows miss, w, it is known G_W'w = 0."""
        low, high = self._limits
        w = np.append(missed, -(self.program.A.T @ missed))
        vanish = np.flatnonzero((held * w > 0) & (low != high))
        if not vanish.size:
            return None
        first = vanish[np.argmin(np.abs(self._pushes[0][vanish] / w[vanish]))]
        return np.where(np.arange(w.size) == first, 0, held)
