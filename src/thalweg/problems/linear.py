"""Linear programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

import numpy as np

from thalweg import inputs
from thalweg.errors import InputError, suggest
from thalweg.problems.labelled import aligned_costs, names_of_rows, readable, variable_names
from thalweg.problems.lineage import derived
from thalweg.problems.scipy_form import SciPyForm, two_sided
from thalweg.result import Array
from thalweg.terms.constraints import Box, matrix_of


@dataclass(frozen=True, eq=False)
class LinearProgram:
    """Minimise (or maximise) c'x + constant subject to row_lower <= A x <= row_upper, lower <= x <= upper.

    **Variables are free unless you bound them** (as in mathematics; unlike ``scipy.optimize.linprog``): write
    ``lower=0`` for x >= 0. Limits of magnitude 1e19 and more mean infinite.

    Parameters
    ----------
    c : (n,) array or Series
        Cost per unit of each variable.
    A : (m, n) array, SciPy sparse matrix or data frame, optional
        Row coefficients. Column names of a data frame become variable names, names in its index those of the rows.
    row_lower, row_upper : (m,) array, Series, number or mapping by name, optional
        Limits of the rows; equal entries make an equality. Default: none.
    lower, upper : (n,) array, Series, number or mapping by name, optional
        Limits of the variables. Default: none.
    constant : float
        Added to the objective; never part of a gap's scale.
    maximize : bool
        Maximise instead.
    names, row_names : sequence of str, optional
        Labels of variables and rows, used in messages and answers.

    Notes
    -----
    A Series whose labels are text is read by label, in any order; where nothing else names the variables or the rows,
    the first one does. One whose index counts 0, 1, 2, ... is read by position, like an array, unless these numbers are
    the names in another order; any other index, such as sorting or a filter leaves, is refused. A data frame of one
    column or one row is read as a Series. Limits by label may leave some out: there is no limit then.

    With row duals y and reduced costs z, grad objective = A'y + z; y_i is d(best objective) / d(active limit of row i).
    In a minimisation y_i > 0 pushes at ``row_lower``, y_i < 0 at ``row_upper``; z likewise.

    Raises
    ------
    InputError
        NaN, wrong shapes, text, duplicate names.
    ProblemError
        lower > upper, with the names.

    Examples
    --------
    >>> import thalweg as tw
    >>> bread = tw.LinearProgram([3.0, 5.0], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True)
    >>> solution = tw.solve(bread)
    >>> solution.objective, solution.x, solution.duals
    (36.0, array([2., 6.]), array([0. , 1.5, 1. ]))
    """

    c: Array
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
    P: ClassVar[None] = None

    def __post_init__(self) -> None:
        c = aligned_costs(self, self.c, "c")
        check_program(self, c)
        object.__setattr__(self, "c", c)

    @classmethod
    def from_scipy(
        cls, c: Any, A_ub: Any = None, b_ub: Any = None, A_eq: Any = None, b_eq: Any = None, bounds: Any = (0, None)
    ) -> LinearProgram:
        """Build from the arguments of ``scipy.optimize.linprog``, whose variables are >= 0 unless ``bounds`` differ.

        Rows keep their order: A_ub first, then A_eq.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.solve(tw.LinearProgram.from_scipy([-1, -2], A_ub=[[1, 1]], b_ub=[4])).objective
        -8.0
        """
        size = inputs.vector(c, "c").size  # c itself keeps its labels
        return cls(c, **two_sided(SciPyForm(A_ub, b_ub, A_eq, b_eq, bounds), size))

    @property
    def q(self) -> Array:
        """Linear part of the objective: c."""
        return self.c

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, variables)."""
        return self.A.shape

    @property
    def demands(self) -> frozenset[str]:
        """What a solver must respect."""
        return frozenset({"rows"} if self.A.shape[0] else ())

    def objective(self, values: Mapping[str, Any]) -> float:
        """c'x + constant."""
        return float(self.c @ np.asarray(values["x"], dtype=float)) + self.constant

    def start(self) -> dict[str, Array]:
        """Return the point of the box nearest to 0."""
        return {"x": Box(self.lower, self.upper).project(np.zeros(self.c.size))}

    def replace(self, **changes: Any) -> LinearProgram:
        """Return a copy with some fields changed and everything checked again.

        `solve` starts it from the last solution of this problem, as long as that is alive. A field is replaced as a
        whole: bounds by name that leave a variable out leave it free. A=None takes all rows away.

        Raises
        ------
        InputError, ProblemError
            There is no such field (near ones are offered); else as above.

        Examples
        --------
        >>> import thalweg as tw
        >>> diet = tw.LinearProgram([2.0, 3.0], [[1.0, 2.0]], row_lower=[4.0], lower=0)
        >>> tw.solve(diet.replace(row_lower=[8.0])).objective
        12.0
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
        """Find the least total violation of the rows that leaves a point: what an infeasible problem would take.

        least sum_i w_i v_i subject to row_lower - v <= A x <= row_upper + v, v >= 0, lower <= x <= upper

        Parameters
        ----------
        rows : sequence of str or int, optional
            Names or positions of the rows that may give way; all others hold. Default: all may. In problems of a
            `Model` the name of a block stands for all of its rows, here and in ``weights``.
        weights : number, (m,) array or mapping by name, optional
            Price w_i > 0 of a unit of violation. Default 1.
        bounds : bool
            Let the bounds of variables give way as well, at price 1.
        time_limit : float, optional
            Seconds. After that the best so far is returned, with what is proved of it. Default: none.

        Returns
        -------
        Relaxation
            With ``objective`` (0 if all limits can be met), ``x``, ``by_row``, ``prices`` and the moved ``problem``.

        Raises
        ------
        InputError
            Unknown rows, weights that are not > 0, a time limit that is not > 0.

        Examples
        --------
        >>> import thalweg as tw
        >>> problem = tw.LinearProgram([1], [[1]], row_lower=[5], upper=3, names=["load"], row_names=["need"])
        >>> print(problem.relax().explain())
        A total violation of 2 leaves a point (PROVED: no smaller total will do): row "need" from >= 5 to >= 3.
        """
        from thalweg.explaining.relaxation import relax

        return relax(self, rows, weights=weights, bounds=bounds, time_limit=time_limit)


def check_program(program: Any, q: Array) -> None:
    """Check and store what linear and quadratic programs share."""
    if q.size == 0:
        raise InputError("the program has no variables; its objective vector is empty.")
    A = matrix_of(program.A, q.size)  # first: of a matrix that is transposed the names are wrong as well
    names, row_names = variable_names(program, q.size), names_of_rows(program, A.shape[0])
    sides = {side: readable(getattr(program, side), names, side) for side in ("lower", "upper")}
    sides |= {side: readable(getattr(program, side), row_names, side, program.A) for side in ("row_lower", "row_upper")}
    rows = Box.of(sides["row_lower"], sides["row_upper"], A.shape[0], row_names, "row_")
    box = Box.of(sides["lower"], sides["upper"], q.size, names)
    checked = {"A": A, "names": names, "row_names": row_names, "constant": _finite(program.constant)}
    checked |= {"maximize": check_flag(program.maximize, "maximize")}
    checked |= {"row_lower": rows.lower, "row_upper": rows.upper, "lower": box.lower, "upper": box.upper}
    for name, value in checked.items():
        object.__setattr__(program, name, value)


def checked_changes(problem: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes of fields that the problem has; limits and names of rows do not outlive the rows.

    They are dropped where rows are the first ones, and where A=None takes all of them away.

    Raises
    ------
    InputError
        There is no such field; near ones are offered.
    """
    fields = [field.name for field in dataclasses.fields(problem)]
    unknown = [name for name in changes if name not in fields]
    if unknown:
        raise InputError(f'{type(problem).__name__} has no field "{unknown[0]}". {suggest(unknown[0], fields)}')
    others = "A" in changes and (changes["A"] is None or problem.A.shape[0] == 0)
    return {**dict.fromkeys(("row_lower", "row_upper", "row_names") if others else ()), **changes}


def check_flag(value: Any, what: str) -> bool:
    """Refuse what is only true or false by accident, such as the text "no"."""
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(f"{what} is {value!r}; pass True or False.")
    return bool(cast(Any, value))


def _finite(constant: Any) -> float:
    try:
        value = float(constant)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"constant is {constant!r}; it must be a number.") from None
    if not np.isfinite(value):
        raise InputError(f"constant is {value}; it must be finite.")
    return value
