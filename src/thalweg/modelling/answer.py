"""An answer of a model, read by the names and labels that it was written with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.certificate import Certificate, Verdict
from thalweg.errors import InputError, NotProved, suggest
from thalweg.modelling.block import Block
from thalweg.modelling.expression import Expression
from thalweg.modelling.labels import Labels
from thalweg.modelling.quadratic import Quadratic
from thalweg.modelling.rows import Rows
from thalweg.result import Array, Solution


@dataclass(frozen=True, eq=False, repr=False)
class ModelSolution:
    """A `Solution` read by labels.

    Numbers with labels come as a pandas Series, or as a plain NumPy array in the order of the labels where pandas is
    not installed; scalars come as a float.

    Attributes
    ----------
    solution : Solution
        The answer to ``m.problem()``, with its certificate.

    Examples
    --------
    >>> import thalweg as tw
    >>> m = tw.Model()
    >>> x = m.variable("x", index=["bread", "cake"], lower=0, upper=5)
    >>> m.add([[2, 1]] @ x <= 8, name="hours")
    'hours'
    >>> m.maximize(x.sum())
    >>> s = m.solve()
    >>> s.value(x).to_dict(), s.dual("hours").to_list(), s.reduced_cost(x["cake"])
    ({'bread': 1.5, 'cake': 5.0}, [0.5], 0.5)
    """

    solution: Solution
    blocks: tuple[Block, ...]
    rows: Mapping[str, Rows]

    @property
    def ok(self) -> bool:
        """True if the certificate says so."""
        return self.solution.ok

    @property
    def objective(self) -> float:
        """Value of the answer as the judge computed it."""
        return self.solution.objective

    @property
    def certificate(self) -> Certificate:
        """What the answer proves."""
        return self.solution.certificate

    @property
    def verdict(self) -> Verdict:
        """What the answer proves, in one word."""
        return self.solution.certificate.verdict

    @property
    def conflict(self) -> Any:
        """Limits of an infeasible model that contradict each other, in its own names: a `Conflict`."""
        return self.solution.conflict

    def ranging(self, rows: Any = None, columns: Any = None, *, time_limit: float | None = None) -> Any:
        """Return the prices of limits and how far they hold, as ``solution.ranging`` does.

        ``rows`` and ``columns`` are names, such as ``hours[mon]``, or those of whole blocks.
        """
        return self.solution.ranging(rows, columns, time_limit=time_limit)

    def require(self, what: str = "ok") -> ModelSolution:
        """Return self if the certificate is that good ("ok" or "proved"), else raise NotProved."""
        self.solution.require(what)
        return self

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write problem and claim to one ``.npz`` file; `thalweg.load` reads it as a `Solution`, with these names."""
        self.solution.save(path, overwrite=overwrite)

    def report(self, path: str | os.PathLike[str], *, title: str | None = None, overwrite: bool = False) -> None:
        """Write a self-contained HTML page (needs jinja2 and matplotlib)."""
        self.solution.report(path, title=title, overwrite=overwrite)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and hasattr(type(self.solution), name):
            raise AttributeError(f"a ModelSolution is read by labels; for the rest ask .solution.{name}")
        raise AttributeError(f'ModelSolution has no "{name}"; value(), dual() and reduced_cost() read it by labels')

    def explain(self) -> str:
        """Certificate in plain words, then the attempts."""
        return self.solution.explain()

    def value(self, expression: Expression | Quadratic) -> Any:
        """Return the value of a variable or expression: a series by label, a float for a scalar.

        Raises
        ------
        NotProved
            There is no point, because the problem is infeasible or the solver found none; the message says which.
        InputError
            No expression, or one with variables that the solved model did not have.
        """
        x = self._found(self.solution.x, "no point")
        return _labelled(self._evaluated(expression, x), expression.labels)

    def dual(self, name: str) -> Any:
        """Return d(best objective) / d(limit) for the rows of that name, by label.

        Raises
        ------
        InputError
            No rows have this name (near names are offered), or the model has integer variables, whose best objective
            has no derivative.
        NotProved
            There are no duals, because the problem is infeasible or the solver found none.
        """
        if not isinstance(name, str) or name not in self.rows:
            raise InputError(f'no rows are called "{name}". {suggest(str(name), self.rows)}')
        self._need_derivatives()
        sizes = [rows.lower.size for rows in self.rows.values()]
        start = sum(sizes[: list(self.rows).index(name)])
        rows = self.rows[name]
        y = self._found(self.solution.duals, "no duals")
        return _labelled(y[start : start + rows.lower.size], rows.expression.labels)

    def reduced_cost(self, variable: Expression) -> Any:
        """Return d(best objective) / d(active limit) for a variable or entries of it, by label.

        Raises
        ------
        InputError
            What was passed is not made of single variables, or the model has integer variables.
        NotProved
            There are no reduced costs, because the problem is infeasible or the solver found none.
        """
        self._need_derivatives()
        single = isinstance(variable, Expression) and len(variable.terms) == 1 and not variable.constant.any()
        matrix = next(iter(variable.terms.values())).tocsr() if single else None
        if matrix is None or not ((np.diff(matrix.indptr) == 1).all() and (matrix.data == 1).all()):
            raise InputError("reduced costs belong to variables; pass one, such as x or x[label], and no formula.")
        z = self._found(self.solution.reduced_costs, "no reduced costs")
        return _labelled(self._evaluated(variable, z), variable.labels)

    def _evaluated(self, expression: Any, x: Array) -> Array:
        if isinstance(expression, Quadratic):
            products = [self._evaluated(left, x) * self._evaluated(right, x) for left, right in expression.pairs]
            total = sum(product.sum() if expression.scalar else product for product in products)
            return self._evaluated(expression.linear, x) + total
        if not isinstance(expression, Expression):
            raise InputError(f"got {type(expression).__name__}; pass a variable or an expression of this model.")
        value = expression.constant
        for block, matrix in expression.terms.items():
            if not any(block is own for own in self.blocks):
                raise InputError(
                    f'"{block.name}" is a variable of another model, or was added after this one was solved.'
                )
            value = value + matrix @ x[block.columns]
        return value

    def _found(self, array: Any, what: str) -> Array:
        if array is None:
            raise NotProved(f"{what} to read. {self.explain()}", self.solution)
        return np.asarray(array, dtype=float)

    def _need_derivatives(self) -> None:
        if hasattr(self.solution.problem, "integer"):
            raise InputError(
                "the model has integer variables, whose best objective has no derivative by a limit. Duals of its "
                "relaxation are in solution.certificate.facts, as relaxation_row_dual and relaxation_reduced_costs."
            )

    def __repr__(self) -> str:
        return f"<ModelSolution: {self.verdict.name}, objective {self.objective:.10g}; print() tells all>"

    def __str__(self) -> str:
        return str(self.solution)

    def __rich__(self) -> Any:
        return self.solution.__rich__()

    def _repr_html_(self) -> str:
        return self.solution._repr_html_()  # pyright: ignore[reportPrivateUsage]


def _labelled(numbers: Array, labels: Labels) -> Any:
    """Return a float for a scalar, else a series, else an array where pandas is not installed."""
    if labels.scalar:
        return float(numbers[0])
    try:
        import pandas as pd
    except ImportError:
        return numbers
    return pd.Series(numbers, index=labels.to_pandas())
