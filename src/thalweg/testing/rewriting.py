"""Programs as plain dense data, so that they can be rewritten and put together again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from thalweg import inputs
from thalweg.problems.linear import LinearProgram
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Array, Claim
from thalweg.terms.matrices import dense


class Written(NamedTuple):
    """The data of a program; P = 0 for a linear one."""

    P: Array
    q: Array
    A: Array
    row_lower: Array
    row_upper: Array
    lower: Array
    upper: Array
    constant: float = 0.0
    maximize: bool = False

    def in_other_sense(self) -> Written:
        """Return the same problem, maximised instead of minimised or the reverse."""
        return self._replace(P=-self.P, q=-self.q, constant=-self.constant, maximize=not self.maximize)

    def problem(self, quadratic: bool, sparse: bool = False) -> LinearProgram | QuadraticProgram:
        """Put the program together."""
        A, P = (_sparse(self.A), _sparse(self.P)) if sparse else (self.A, self.P)
        limits = self._asdict()
        for name in ("P", "q", "A"):
            del limits[name]
        if quadratic:
            return QuadraticProgram(P, self.q, A, **limits)
        assert not self.P.any(), "a linear program has no quadratic part"
        return LinearProgram(self.q, A, **limits)

    def like(self, problem: Any) -> LinearProgram | QuadraticProgram:
        """Put the program together as the same kind of problem, stored alike."""
        return self.problem(problem.P is not None, inputs.is_sparse(problem.A))


def written(problem: Any) -> Written:
    """Read a program's data."""
    n = problem.q.size
    return Written(
        P=np.zeros((n, n)) if problem.P is None else dense(problem.P),
        q=problem.q,
        A=dense(problem.A),
        row_lower=problem.row_lower,
        row_upper=problem.row_upper,
        lower=problem.lower,
        upper=problem.upper,
        constant=problem.constant,
        maximize=problem.maximize,
    )


def _sparse(matrix: Array) -> Any:
    from scipy import sparse

    return sparse.csc_array(matrix)


@np.errstate(all="ignore")  # numbers that overflow become infinite
def rewrite(claim: Claim, moves: Mapping[str, Callable[[Array], Array]]) -> Claim:
    """Apply the moves to the arrays of these names, wherever they stand in the claim."""

    def moved(arrays: Mapping[str, Any]) -> dict[str, Any]:
        return {k: moves[k](np.asarray(v, dtype=float)) if k in moves else v for k, v in arrays.items()}

    return replace(claim, values=moved(claim.values), hints=moved(claim.hints))
