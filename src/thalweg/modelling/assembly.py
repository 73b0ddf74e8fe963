"""A model's parts put together as one problem; every matrix is concatenated once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.modelling.block import Block
from thalweg.modelling.expression import Expression
from thalweg.modelling.quadratic import Quadratic
from thalweg.modelling.rows import Rows
from thalweg.problems.linear import LinearProgram
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Array


@dataclass(frozen=True)
class Parts:
    """What a model holds."""

    blocks: tuple[Block, ...]
    rows: Mapping[str, Rows]
    objective: Expression | Quadratic | None
    maximize: bool

    @property
    def columns(self) -> int:
        """Number of variables."""
        return sum(block.labels.size for block in self.blocks)


def assembled(parts: Parts) -> LinearProgram | QuadraticProgram | MixedIntegerProgram:
    """Return the problem."""
    if not parts.blocks:
        raise InputError("the model has no variables; add one, e.g. x = m.variable('x', lower=0).")
    integer = np.concatenate([np.full(block.labels.size, block.integer) for block in parts.blocks])
    P, q, constant = _objective(parts.objective, parts.columns)
    common: dict[str, Any] = {
        "lower": np.concatenate([block.lower for block in parts.blocks]),
        "upper": np.concatenate([block.upper for block in parts.blocks]),
        "names": [text for block in parts.blocks for text in block.labels.texts(block.name)],
        "constant": constant,
        "maximize": parts.maximize,
        **_rows(parts),
    }
    if P is None:
        return MixedIntegerProgram(q, integer=integer, **common) if integer.any() else LinearProgram(q, **common)
    if integer.any():
        raise InputError(
            "the objective has squares or products and some variables are integer; no solver here takes both. Make the "
            "objective linear (y >= x and y >= -x for |x|), or drop integer=True."
        )
    return QuadraticProgram(P, q, **common)


def _rows(parts: Parts) -> dict[str, Any]:
    """Row matrix, limits and names; nothing if there are no rows."""
    if not parts.rows:
        return {}
    rows = list(parts.rows.values())
    return {
        "A": stacked([entry.expression for entry in rows], parts.columns),
        "row_lower": np.concatenate([entry.lower for entry in rows]),
        "row_upper": np.concatenate([entry.upper for entry in rows]),
        "row_names": [text for name, entry in parts.rows.items() for text in entry.expression.labels.texts(name)],
    }


def stacked(expressions: list[Expression], columns: int) -> Any:
    """Return the coefficients of expressions, one below the other, in all columns of the model."""
    from scipy import sparse

    height, pieces = 0, list[tuple[Any, Any, Any]]()
    for expression in expressions:
        for block, matrix in expression.terms.items():
            entries = matrix.tocoo()
            kept = entries.data != 0  # what cancelled
            i, j = (places[kept] for places in entries.coords)
            pieces.append((entries.data[kept], i + height, j + block.start))
        height += expression.size
    data, i, j = (np.concatenate(part) for part in zip(*pieces, strict=True)) if pieces else (np.empty(0), *[[]] * 2)
    return sparse.csc_array((data, (i, j)), shape=(height, columns))


def _objective(objective: Expression | Quadratic | None, columns: int) -> tuple[Any, Array, float]:
    """Return P (None if it is linear), q and the constant of x'P x / 2 + q'x + constant."""
    if objective is None:
        return None, np.zeros(columns), 0.0
    linear = objective if isinstance(objective, Expression) else objective.linear
    q = np.asarray(stacked([linear], columns).sum(axis=0)).ravel()
    constant, P = float(linear.constant.sum()), None
    for left, right in objective.pairs if isinstance(objective, Quadratic) else ():
        M, N = stacked([left], columns), stacked([right], columns)
        half = M.T @ N  # (M x + l)'(N x + r)
        P = half + half.T if P is None else P + half + half.T
        q = q + M.T @ right.constant + N.T @ left.constant
        constant += float(left.constant @ right.constant)
    if P is None or not P.nnz or not P.data.any():
        return None, q, constant
    return P, q, constant
