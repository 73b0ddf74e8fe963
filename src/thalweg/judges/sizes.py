"""The natural size of each column: how large x_j would be if it alone carried its lightest row."""

from __future__ import annotations

import numpy as np

from thalweg.judges.form import Form
from thalweg.judges.lending import largest_limit, limited_triplets
from thalweg.result import Array

HOPS = 4  # rows between a column of unknown size and one that has a size


def column_sizes(form: Form, x: Array) -> Array:
    """max(|x_j|, min over rows of (|limit_i| + sum_k |a_ik x_k|) / |a_ij|): follows any scaling of rows and columns.

    A column whose rows are all zero at x takes its size from the other columns of its rows.
    """
    i, j, a = limited_triplets(form.A, form.rows)
    sizes = np.maximum(np.abs(x), largest_limit(form.box))
    sizes = np.maximum(sizes, bent_sizes(form, x))
    rows = largest_limit(form.rows) + form.entry_sizes @ np.abs(x)
    for _ in range(HOPS):
        lightest = np.full(sizes.size, np.inf)
        heavy = rows[i] > 0
        np.minimum.at(lightest, j[heavy], rows[i[heavy]] / np.abs(a[heavy]))
        sizes = np.maximum(sizes, _finite(lightest))
        if (sizes > 0).all():
            break
        carried = np.zeros(rows.size)
        np.maximum.at(carried, i, np.abs(a) * sizes[j])
        rows = np.where(rows > 0, rows, carried)
    return sizes


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, 0.0)


def bent_sizes(form: Form, x: Array) -> Array:
    """Where the curvature alone would put each x_j, the others being as large as in x; 0 without curvature."""
    if form.P is None:
        return np.zeros(x.size)
    bend = np.abs(np.asarray(form.P.diagonal()))
    pull = np.abs(form.q) + form.bend_sizes @ np.abs(x)
    return np.where(bend > 0, pull / np.where(bend > 0, bend, 1.0), 0.0)
