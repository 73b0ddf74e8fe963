"""Quadratic programs from the solution of a similar one: the active limits are guessed, then corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Claim
from thalweg.solvers._program import minimisation
from thalweg.solvers.piqp import prefers_dense
from thalweg.solvers.polish import TRIALS, Search, claim_from, polished
from thalweg.solvers.registry import solver
from thalweg.watch import Watch

ENOUGH = 1e-3  # share of the tolerance that a point may be away from a proof


@solver("active-set", solves=(QuadraticProgram,), handles={"quadratic", "rows"}, rank=5, restarts=True)
@dataclass(frozen=True)
class ActiveSet:
    """Primal-dual active-set steps (Hintermüller, Ito and Kunisch 2003) from a point and its row duals.

    Where few active limits differ from those of the similar program, this is faster than starting from nothing; where
    many do, it gives up after a few steps.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.QuadraticProgram([[2.0]], [-4.0], [[1.0]], row_upper=[1.0])
    >>> similar = problem.replace(row_upper=[1.5])
    >>> tw.solve(similar, solver="active-set", start=tw.solve(problem)).x
    array([1.5])
    """

    rounds: int = 2

    def worthwhile(self, problem: Any) -> bool:
        """Whether solving from nothing is not as cheap: on dense matrices it is."""
        return not prefers_dense(minimisation(problem)[0])

    @np.errstate(over="ignore", invalid="ignore")  # what overflows has no merit
    def solve(self, problem: Any, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the best point seen, starting from the one given."""
        search = Search(TRIALS[:1], self.rounds, ENOUGH * aim.gap)
        return claim_from(start, "active-set", problem, lambda p, x, y: polished(p, x, y, watch, search=search))
