"""Quadratic programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from thalweg import inputs
from thalweg.errors import InputError
from thalweg.problems.labelled import aligned_costs, check_square
from thalweg.problems.lineage import derived
from thalweg.problems.linear import check_program, checked_changes
from thalweg.problems.scipy_form import SciPyForm, two_sided
from thalweg.result import Array
from thalweg.terms.constraints import Box


@dataclass(frozen=True, eq=False)
class QuadraticProgram:
    """Minimise (or maximise) x'P x / 2 + q'x + constant subject to row_lower <= A x <= row_upper, lower <= x <= upper.

    **Variables are free unless you bound them**: write ``lower=0`` for x >= 0. Limits of magnitude 1e19 and more mean
    infinite. P must be symmetric; a difference between P and P' of rounding size is averaged away, a larger one is
    refused. Convexity (P positive semidefinite; negative semidefinite in a maximisation) is proved by the judge, not
    assumed.

    Parameters
    ----------
    P : (n, n) array, SciPy sparse matrix or data frame
        Symmetric, both triangles filled. Column names of a data frame become variable names.
    q : (n,) array or Series
        Linear cost.
    A, row_lower, row_upper, lower, upper, constant, maximize, names, row_names
        As in `LinearProgram`, also what labels mean; signs of duals and reduced costs as well:
        grad objective = P x + q = A'y + z.

    Raises
    ------
    InputError
        NaN, wrong shapes, text, P not symmetric.
    ProblemError
        lower > upper, with the names.

    Examples
    --------
    >>> import thalweg as tw
    >>> nearest = tw.QuadraticProgram([[1, 0], [0, 1]], [-3, -1], [[1, 1]], row_upper=[2])   # to (3, 1)
    >>> solution = tw.solve(nearest)
    >>> solution.x.round(9), round(solution.objective, 9), solution.duals.round(9)
    (array([2., 0.]), -4.0, array([-1.]))
    """

    P: Any
    q: Array
    A: Any = None
    row_lower: Any = field(default=None, kw_only=True)
    row_upper: Any = field(default=None, kw_only=True)
    lower: Any = field(default=None, kw_only=True)
    upper: Any = field(default=None, kw_only=True)
    constant: float = field(default=0.0, kw_only=True)
    maximize: bool = field(default=False, kw_only=True)
    names: Sequence[str] | None = field(default=None, kw_only=True)
    row_names: Sequence[str] | None = field(default=None, kw_only=True)

    answer: ClassVar[tuple[str, ...]] = ("x",)

    def __post_init__(self) -> None:
        columns = inputs.column_names(self.P)
        check_square(self.P, self.names)
        object.__setattr__(self, "names", self.names if self.names is not None else columns)
        q = aligned_costs(self, self.q, "q")
        check_program(self, q)
        object.__setattr__(self, "q", q)
        object.__setattr__(self, "P", inputs.owned(_symmetric(inputs.matrix(self.P, "P", rows=q.size, columns=q.size))))

    @classmethod
    def from_scipy(
        cls,
        P: Any,
        q: Any,
        A_ub: Any = None,
        b_ub: Any = None,
        A_eq: Any = None,
        b_eq: Any = None,
        bounds: Any = (None, None),
    ) -> QuadraticProgram:
        """Build from constraints as ``scipy.optimize.linprog`` writes them; here variables are free by default.

        Rows keep their order: A_ub first, then A_eq.

        Examples
        --------
        >>> import thalweg as tw
        >>> problem = tw.QuadraticProgram.from_scipy([[2.0]], [-4.0], A_ub=[[1.0]], b_ub=[1.0])
        >>> round(tw.solve(problem).objective, 9)
        -3.0
        """
        size = inputs.vector(q, "q").size  # q itself keeps its labels
        return cls(P, q, **two_sided(SciPyForm(A_ub, b_ub, A_eq, b_eq, bounds), size))

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, variables)."""
        return self.A.shape

    @property
    def demands(self) -> frozenset[str]:
        """What a solver must respect."""
        return frozenset({"quadratic", "rows"} if self.A.shape[0] else {"quadratic"})

    def objective(self, values: Mapping[str, Any]) -> float:
        """x'P x / 2 + q'x + constant."""
        x = np.asarray(values["x"], dtype=float)
        return float(0.5 * (x @ (self.P @ x)) + self.q @ x) + self.constant

    def start(self) -> dict[str, Array]:
        """Return the point of the box nearest to 0."""
        return {"x": Box(self.lower, self.upper).project(np.zeros(self.q.size))}

    def replace(self, **changes: Any) -> QuadraticProgram:
        """Return a copy with some fields changed and everything checked again, as `LinearProgram.replace` does.

        `solve` starts it from the last solution of this problem, as long as that is alive.
        """
        return derived(dataclasses.replace(self, **checked_changes(self, changes)), self, changes)

    def relax(
        self,
        rows: Sequence[str | int] | None = None,
        *,
        weights: Mapping[str, float] | Sequence[float] | float | None = None,
        bounds: bool = False,
        time_limit: float | None = None,
    ) -> Any:
        """Find the least total violation of the rows that leaves a point, as in `LinearProgram.relax`; P plays no part.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.QuadraticProgram([[2.0]], [0.0], [[1.0]], row_lower=[5.0], upper=3.0).relax().by_row
        {'row0': 2.0}
        """
        from thalweg.explaining.relaxation import relax

        return relax(self, rows, weights=weights, bounds=bounds, time_limit=time_limit)


def _symmetric(P: Any) -> Any:
    """P itself if symmetric; the mean of P and P' if they differ by rounding; an error otherwise."""
    with np.errstate(over="ignore"):
        difference = abs(P - P.T)
        if difference.max() == 0:
            return P
        beyond = difference - 1e-12 * abs(P) - 1e-12 * abs(P.T)
    if beyond.max() > 0:
        i, j = _largest(beyond)
        raise InputError(
            f"P is not symmetric: P[{i}, {j}] = {P[i, j]:g} but P[{j}, {i}] = {P[j, i]:g}. "
            "Pass (P + P.T) / 2 if x'Px is meant, or P + P.T - diag(P) if this is one triangle."
        )
    return P / 2 + P.T / 2


def _largest(matrix: Any) -> tuple[int, int]:
    """Place of the largest entry, which is positive; a sparse matrix stays sparse."""
    if inputs.is_sparse(matrix):
        entries = matrix.tocoo()
        k = int(entries.data.argmax())
        return int(entries.row[k]), int(entries.col[k])
    i, j = np.unravel_index(int(matrix.argmax()), matrix.shape)
    return int(i), int(j)
