"""SciPy's way to write constraints (A_ub x <= b_ub, A_eq x = b_eq, bounds), turned into two-sided rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thalweg import inputs
from thalweg.errors import InputError
from thalweg.result import Array


class SciPyForm(NamedTuple):
    """The constraint arguments of ``scipy.optimize.linprog``."""

    A_ub: Any
    b_ub: Any
    A_eq: Any
    b_eq: Any
    bounds: Any


def two_sided(form: SciPyForm, size: int) -> dict[str, Any]:
    """Keyword arguments A, row_lower, row_upper, lower, upper; rows of A_ub first, then of A_eq."""
    blocks: list[Any] = []
    row_lower: list[Array] = []
    row_upper: list[Array] = []
    for A, b, equal, name in ((form.A_ub, form.b_ub, False, "ub"), (form.A_eq, form.b_eq, True, "eq")):
        if (A is None) != (b is None):
            raise InputError(f"A_{name} and b_{name} come together; one of them is missing.")
        if A is not None:
            block = inputs.matrix(A, f"A_{name}", columns=size)
            right = inputs.vector(b, f"b_{name}", size=block.shape[0], of="rows")
            blocks.append(block)
            row_lower.append(right if equal else np.full(right.size, -np.inf))
            row_upper.append(right)
    lower, upper = _bounds(form.bounds, size)
    if not blocks:
        return {"A": None, "lower": lower, "upper": upper}
    rows = {"row_lower": np.concatenate(row_lower), "row_upper": np.concatenate(row_upper)}
    return {"A": _stacked(blocks), "lower": lower, "upper": upper, **rows}


def _stacked(blocks: list[Any]) -> Any:
    if any(inputs.is_sparse(block) for block in blocks):
        from scipy import sparse

        return sparse.vstack([sparse.csc_array(block) for block in blocks], format="csc")
    return np.vstack(blocks)


def _bounds(bounds: Any, size: int) -> tuple[list[Any], list[Any]]:
    """SciPy's forms: None, one (min, max) pair for all, a sequence of pairs, or an object with lb and ub."""
    if bounds is None:
        return [0.0] * size, [None] * size
    if hasattr(bounds, "lb"):
        lower: Array = np.broadcast_to(bounds.lb, size)
        upper: Array = np.broadcast_to(bounds.ub, size)
        return list(lower), list(upper)
    try:
        pairs = list(bounds)
    except TypeError:
        raise InputError(f"bounds is {bounds!r}; pass one (min, max) pair, or one for each variable.") from None
    if len(pairs) == 2 and not any(hasattr(end, "__len__") for end in pairs):
        pairs = [tuple(pairs)] * size
    if len(pairs) == 1:
        pairs = pairs * size
    if len(pairs) != size or any(not hasattr(pair, "__len__") or len(pair) != 2 for pair in pairs):
        raise InputError(f"bounds must be one (min, max) pair or {size} of them; got {len(pairs)} entries.")
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
