"""Linear programs by the interior-point method of HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

from thalweg.certificate import Tolerance
from thalweg.problems.linear import LinearProgram
from thalweg.result import Claim
from thalweg.solvers._highs import least_linear
from thalweg.solvers._program import claim_by
from thalweg.solvers.registry import solver
from thalweg.watch import Watch


@solver("interior-point", solves=(LinearProgram,), handles={"rows"}, rank=20, interruptible="callback")
@dataclass(frozen=True)
class InteriorPoint:
    """Interior-point method (Schork and Gondzio 2020), followed by a crossover to a vertex.

    Faster than the simplex method on some large programs; rarely on small ones.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.solve(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0), solver="interior-point").x
    array([1., 0.])
    """

    def solve(self, problem: LinearProgram, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the best vertex, or a ray."""
        return claim_by("interior-point", lambda program: least_linear(program, watch, aim, "ipm"), problem, watch)
