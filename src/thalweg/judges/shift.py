r"""Row multipliers moved by rounding, so that no reduced cost of rounding size faces an infinite side.

Basic columns have reduced cost 0 plus rounding of either sign, and where such a column has no bound, not even an
implied one, the bound rests on an assumption. Their columns of A are (nearly) independent, so a tiny move of the
multipliers of the active rows gives them reduced costs just inside their cone (the idea of "project and shift", Steffy
& Wolter 2013). The move may expose other columns; they join, until none is left or nothing helps. The moved multipliers
are judged like any others, so nothing here needs to be exact.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.judges.dual_bound import DualBound
from thalweg.judges.form import Form
from thalweg.result import Array, Index
from thalweg.terms.constraints import triplets
from thalweg.terms.matrices import scaled_by
from thalweg.terms.rounding import UNIT
from thalweg.terms.saddle import Saddle, sparse_rows

ROUNDS = 5
REGULARISATION = 1e-12  # of the equations for a move
MARGIN = 4.0  # reduced costs are moved to this multiple of what rounding of the multipliers does to them
ACTIVE = 1e-9  # a row whose multiplier contributes less than this share to every column is not active


def shifted(form: Form, w: Array, bound: DualBound, evaluate: Callable[[Array], DualBound]) -> DualBound | None:
    """Bound without assumptions from moved multipliers; None if there is none nearby."""
    chosen = bound.assumed
    rows, unit = active_rows(form, w, bound.y)
    costs = form.sharp_gradient(w, bound.y)[0], form.reduced_costs(w, bound.y)[2]
    for _ in range(ROUNDS):
        up, down = np.isposinf(form.box.upper) & chosen, np.isneginf(form.box.lower) & chosen
        if (up & down).any() or not rows.size:
            return None  # a free column would need a reduced cost of exactly 0
        moved = evaluate(_moved(form, bound.y, costs, (rows, unit), np.flatnonzero(chosen)))
        if not moved.assumed.any():
            return moved if np.isfinite(moved.value) else None
        if not (moved.assumed & ~chosen).any():
            return None
        chosen = chosen | moved.assumed
    return None


def active_rows(form: Form, w: Array, y: Array) -> tuple[Index, Array]:
    """Rows whose multiplier may move either way, and the natural unit of each multiplier."""
    i, j, a = triplets(form.A)
    _, _, terms = form.reduced_costs(w, y)
    share = np.zeros(y.size)
    np.maximum.at(share, i, np.abs(a * y[i]) / terms[j])
    unit = np.full(y.size, np.inf)
    np.minimum.at(unit, i, terms[j] / np.abs(a))
    either_way = np.isfinite(form.rows.lower) & np.isfinite(form.rows.upper)
    rows = np.flatnonzero((either_way | (share > ACTIVE)) & np.isfinite(unit) & (unit > 0))
    return rows, unit[rows]


def _moved(form: Form, y: Array, costs: tuple[Array, Array], rows: tuple[Index, Array], columns: Index) -> Array:
    """Multipliers for which the reduced costs of these columns lie inside their cone by a margin."""
    z, terms = costs
    inward = np.where(np.isposinf(form.box.upper[columns]), 1.0, -1.0)
    wanted = inward * MARGIN * UNIT * terms[columns]
    index, unit = rows
    A = sparse_rows(form.A) if is_sparse(form.A) else form.A
    part = scaled_by(A[index][:, columns].T, 1.0 / terms[columns], unit)
    step, _ = Saddle(np.ones(index.size), part, REGULARISATION).solve(
        np.zeros(index.size), (z[columns] - wanted) / terms[columns]
    )
    moved = y.copy()
    moved[index] += unit * step
    return moved
