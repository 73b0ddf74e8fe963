"""A model: named blocks of variables, named rows, and an objective."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.front import solve
from thalweg.modelling.alignment import aligned
from thalweg.modelling.answer import ModelSolution
from thalweg.modelling.assembly import Parts, assembled
from thalweg.modelling.block import Block
from thalweg.modelling.expression import Expression
from thalweg.modelling.labels import Labels
from thalweg.modelling.quadratic import Quadratic
from thalweg.modelling.rows import Rows
from thalweg.problems.linear import LinearProgram, check_flag
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.terms.constraints import Box

COLLAPSED = (
    "got {value!r}, not rows: the comparison had numbers on both sides. Write it with a variable of this model, "
    "such as m.add(A @ x <= b)."
)


class Model:
    """Blocks of labelled variables and rows, written as formulas and solved as one problem.

    `variable` makes a block, ``<=``, ``>=``, ``==`` between expressions make rows for `add`, `minimize` or `maximize`
    takes the objective. A model is a `LinearProgram`; with squares a `QuadraticProgram`, with integer variables a
    `MixedIntegerProgram`.

    Examples
    --------
    >>> import thalweg as tw
    >>> m = tw.Model()
    >>> x = m.variable("x", index=["bread", "cake"], lower=0)
    >>> m.add([[1, 2], [3, 1]] @ x <= [14, 12], name="hours")
    'hours'
    >>> m.maximize([3, 4] @ x)
    >>> s = m.solve()
    >>> s.verdict.name, s.objective
    ('PROVED', 30.0)
    >>> s.value(x["cake"])
    6.0
    """

    def __init__(self) -> None:
        self._blocks: dict[str, Block] = {}
        self._rows: dict[str, Rows] = {}
        self._objective: Expression | Quadratic | None = None
        self._maximize = False

    def variable(
        self, name: str, index: Any = None, *, lower: Any = None, upper: Any = None, integer: bool = False
    ) -> Expression:
        """Add a block of variables.

        Parameters
        ----------
        name : str
            Not yet used in this model.
        index : optional
            None: a scalar. A list or pandas Index: one label each. A number n: labels 0 to n - 1. A tuple of several of
            these, or a mapping of their names: all combinations. A list of tuples or a MultiIndex: these combinations.
        lower, upper : number, array, series or mapping by label, optional
            Limits. Default: none; **variables are free unless you bound them**.
        integer : bool
            Whether all of its values must be whole.

        Returns
        -------
        Expression
            To be used in formulas.

        Raises
        ------
        InputError
            A name or label twice, limits of another length, unknown labels (near ones are offered), NaN.
        ProblemError
            lower > upper, with the names.

        Examples
        --------
        >>> import thalweg as tw
        >>> m = tw.Model()
        >>> m.variable("flow", index=(["oslo", "rome"], 3), lower=0)
        <variable flow, 6 entries>
        """
        self._check_name(name, self._blocks, "variable")
        labels = Labels.of(index, f'index of "{name}"')
        limits = {"lower": (lower, -np.inf), "upper": (upper, np.inf)}
        sides = {side: _limit(value, labels, f'{side} of "{name}"', none) for side, (value, none) in limits.items()}
        if (sides["lower"] > sides["upper"]).any():
            Box.of(sides["lower"], sides["upper"], labels.size, labels.texts(name))  # says which
        start = sum(block.labels.size for block in self._blocks.values())
        block = Block(self, name, labels, sides["lower"], sides["upper"], check_flag(integer, "integer"), start)
        self._blocks[name] = block
        return Expression(labels, {block: block.identity}, np.zeros(labels.size), name)

    def add(self, rows: Rows, name: str | None = None) -> str:
        """Add rows, and return their name: ``rows1``, ``rows2``, ... if none is given.

        Parameters
        ----------
        rows : Rows
            A comparison of expressions, such as ``A @ x <= b``, ``x == y``, ``x.between(1, 2)``.
        name : str, optional
            Not yet used for rows of this model. Row labels become ``hours[mon]``.

        Raises
        ------
        InputError
            No rows (a comparison of numbers, an expression), variables of another model, a name twice.

        Examples
        --------
        >>> import thalweg as tw
        >>> m = tw.Model()
        >>> x = m.variable("x", index=3)
        >>> m.add(x.sum() == 1, name="total")
        'total'
        """
        if isinstance(rows, (bool, np.bool_)):
            raise InputError(COLLAPSED.format(value=bool(rows)))
        if not isinstance(rows, Rows):
            several = "; add them one by one, or as one comparison of blocks" if isinstance(rows, Iterable) else ""
            raise InputError(f"add() takes rows, such as A @ x <= b; got {type(rows).__name__}{several}.")
        self._check_owner(rows.expression)
        name = self._free_name() if name is None else name
        self._check_name(name, self._rows, "row")
        self._rows[name] = rows
        return name

    def minimize(self, objective: Any) -> None:
        """Set what is to be as small as possible: a linear or quadratic expression with one entry, or a number.

        Raises
        ------
        InputError
            Several entries, variables of another model, no expression.
        """
        self._set(objective, maximize=False)

    def maximize(self, objective: Any) -> None:
        """Set what is to be as large as possible; otherwise as `minimize`."""
        self._set(objective, maximize=True)

    def problem(self) -> LinearProgram | QuadraticProgram | MixedIntegerProgram:
        """Return the model as arrays: blocks of columns and of rows in the order in which they were added.

        Variables are named ``x[apples]`` (``x`` if scalar), rows ``hours[mon]``. Without objective it asks for any
        feasible point (minimise 0).

        Raises
        ------
        InputError
            No variables; squares together with integer variables.
        ProblemError
            Limits of rows that cross, no whole number between limits, with the names.

        Examples
        --------
        >>> import thalweg as tw
        >>> m = tw.Model()
        >>> x = m.variable("x", index=["a", "b"], lower=0)
        >>> m.problem().names
        ('x[a]', 'x[b]')
        """
        parts = Parts(tuple(self._blocks.values()), self._rows, self._objective, self._maximize)
        return assembled(parts)

    def solve(self, **options: Any) -> ModelSolution:
        """Solve the model; options are those of `thalweg.solve` (``tol``, ``time_limit``, ``solver``, ``start``, ...).

        ``start`` may be an answer of this model before its limits, rows or objective changed; its variables must be
        the same.

        Raises
        ------
        InputError, ProblemError
            As `problem`; options that cannot be used.

        Examples
        --------
        >>> import thalweg as tw
        >>> m = tw.Model()
        >>> x = m.variable("x", lower=2)
        >>> m.minimize(x)
        >>> m.solve(tol=1e-9).value(x)
        2.0
        """
        if isinstance(options.get("start"), ModelSolution):
            options["start"] = options["start"].solution
        return ModelSolution(solve(self.problem(), **options), tuple(self._blocks.values()), dict(self._rows))

    def relax(
        self, rows: Any = None, *, weights: Any = None, bounds: bool = False, time_limit: float | None = None
    ) -> Any:
        """Find the least total violation of the rows that leaves a point, as `LinearProgram.relax` does.

        The name of several rows stands for all of them, in ``rows`` and in ``weights``. With whole numbers the search
        may take long: after ``time_limit`` seconds the best so far is returned.

        Examples
        --------
        >>> import thalweg as tw
        >>> m = tw.Model()
        >>> x = m.variable("x", index=["a", "b"], lower=0, upper=1)
        >>> m.add(x >= {"a": 0.5, "b": 3}, name="need")
        'need'
        >>> m.relax(rows=["need"]).by_row
        {'need[b]': 2.0}
        """
        return self.problem().relax(rows, weights=weights, bounds=bounds, time_limit=time_limit)

    def _set(self, objective: Any, *, maximize: bool) -> None:
        if not isinstance(objective, (Expression, Quadratic)):
            number, labels = aligned(objective, Labels(), "the objective")
            objective = Expression(labels, {}, number)
        if objective.size != 1:
            raise InputError(f"the objective has {objective.size} entries; it must be one: write .sum().")
        self._check_owner(objective)
        self._objective, self._maximize = objective, maximize

    def _check_owner(self, expression: Expression | Quadratic) -> None:
        """Refuse variables of other models."""
        parts = [expression] if isinstance(expression, Expression) else [expression.linear, *_flat(expression.pairs)]
        for block in (block for part in parts for block in part.terms):
            if block.owner is not self:
                raise InputError(
                    f'"{block.name}" is a variable of another model; write it with a variable of this one.'
                )

    def _free_name(self) -> str:
        """Return the first name for rows that nobody has given."""
        return next(name for k in count(len(self._rows) + 1) if (name := f"rows{k}") not in self._rows)

    def _check_name(self, name: Any, known: Mapping[str, Any], what: str) -> None:
        if not isinstance(name, str) or not name:
            raise InputError(f"the name of a {what} is {name!r}; pass text.")
        if "[" in name or "]" in name:
            raise InputError(f'the name "{name}" holds brackets, which stand around labels. Choose another.')
        if name in known:
            raise InputError(f'this model has a {what} "{name}" already. Names must differ.')

    def __repr__(self) -> str:
        columns = sum(block.labels.size for block in self._blocks.values())
        rows = sum(rows.lower.size for rows in self._rows.values())
        return f"<Model: {columns} variables in {len(self._blocks)} blocks, {rows} rows in {len(self._rows)} blocks>"


def _flat(pairs: Iterable[tuple[Expression, Expression]]) -> list[Expression]:
    return [part for pair in pairs for part in pair]


def _limit(value: Any, labels: Labels, what: str, none: float) -> Any:
    """Read a limit of a block; the block keeps its own labels."""
    numbers, found = aligned(value, labels, what, none)
    if found.size != labels.size:
        raise InputError(f"{what} has {found.size} entries; expected {labels.size} (or one number for all).")
    return numbers
