"""Linear programs by the simplex method of HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

from thalweg.certificate import Tolerance
from thalweg.problems.linear import LinearProgram
from thalweg.result import Claim
from thalweg.solvers._highs import least_linear
from thalweg.solvers._program import Answer, Basis, Program, claim_by, is_ordinary
from thalweg.solvers.registry import solver
from thalweg.watch import Watch


@solver("simplex", solves=(LinearProgram,), handles={"rows"}, rank=10, interruptible="callback")
@dataclass(frozen=True)
class Simplex:
    """Dual revised simplex (Huangfu and Hall 2018); ends in a vertex, whose duals are exact to rounding.

    It goes on from the basis of a start, such as the solution of a program that differs in a few numbers.

    Examples
    --------
    >>> import thalweg as tw
    >>> tw.solve(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0), solver="simplex").x
    array([1., 0.])
    """

    def solve(self, problem: LinearProgram, start: Claim | None, watch: Watch, aim: Tolerance) -> Claim:
        """Return the best vertex, or a ray."""
        basis = Basis.of(start, problem.shape)

        def vertex(program: Program) -> Answer:
            """Solve ordinary programs as they are: what is rescaled may lose the last digits on its way back."""
            return least_linear(program, watch, aim, as_it_is=is_ordinary(program), basis=basis)

        return claim_by("simplex", vertex, problem, watch)
