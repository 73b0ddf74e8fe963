"""Limits and rows of more than two classes: a feature's name means all its coefficients, ``feature[class]`` one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import InputError
from thalweg.learn.constraints import Piece, joined, pieces_of
from thalweg.problems.class_limits import column_names
from thalweg.result import Array
from thalweg.terms.matrices import dense


def rows_of_classes(
    constraints: Any, p: int, names: Sequence[str] | None, class_names: Sequence[str]
) -> dict[str, Any]:
    """Return the rows of a `MultinomialFit` for what ``constraints=`` takes.

    A text, or a matrix with p columns, that speaks of features holds in every class, and makes one row for each; in the
    same text ``feature[class]`` stands for one coefficient. A matrix with K p columns is taken as it stands.

    Raises
    ------
    InputError
        As `rows_of_constraints`.
    """
    features, K = list(naming.places_of(names, p)), len(class_names)
    known = [*features, *column_names(names, class_names, p)]
    pieces = [piece for piece in pieces_of(constraints, known, (p, K * p)) if piece.A.shape[0]]
    return joined([_by_class(piece, k, p, class_names) for k, piece in enumerate(pieces)])


def _by_class(piece: Piece, k: int, p: int, class_names: Sequence[str]) -> Piece:
    """Rows on K p coefficients."""
    K, A = len(class_names), dense(piece.A)
    if A.shape[1] == K * p:
        return piece
    shared, single = A[:, :p], A[:, p:] if A.shape[1] > p else np.zeros((A.shape[0], K * p))
    low, high = (
        inputs.limits(getattr(piece, side), side, A.shape[0], default=default)
        for side, default in (("row_lower", -np.inf), ("row_upper", np.inf))
    )
    rows, sides, labels = list[Array](), list[tuple[float, float]](), list[str]()
    for i in range(A.shape[0]):
        label = piece.row_names[i] if piece.row_names is not None else f"constraints[{k}] row {i}"
        for number, name in enumerate(class_names if shared[i].any() else class_names[:1]):
            row = single[i].reshape(K, p).copy()
            row[number] += shared[i]
            rows.append(row.ravel())
            sides.append((low[i], high[i]))
            labels.append(f"{label} [{name}]" if shared[i].any() else label)
    return Piece(np.array(rows), *np.array(sides).T, tuple(labels))


def offset_of_classes(offset: Array, K: int) -> Array | None:
    """Return an offset per row and class; None where there is none."""
    if offset.ndim == 1 and not offset.any():
        return None
    if offset.ndim == 1 or offset.shape[1] != K:
        given = "one number per row, which changes no probability" if offset.ndim == 1 else f"{offset.shape[1]} columns"
        raise InputError(f"offset has {given}; of {K} classes it has {K} columns, one per class in sorted order.")
    return offset
