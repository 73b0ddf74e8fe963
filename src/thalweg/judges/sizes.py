"""The natural size of each column: how large x_j would be if it alone carried its lightest row."""

from __future__ import annotations

import numpy as np

from thalweg.judges.form import Form
from thalweg.result import Array
from thalweg.terms.constraints import Box, triplets

HOPS = 4  # rows between a column of unknown size and one that has a size


def column_sizes(form: Form, x: Array) -> Array:
    """max(|x_j|, min over rows of (|limit_i| + sum_k |a_ik x_k|) / |a_ij|): follows any scaling of rows and columns.

    A column whose rows are all zero at x takes its size from the other columns of its rows.
    """
    i, j, a = triplets(form.A)
    sizes = np.maximum(np.abs(x), _largest_limit(form.box))
    if form.P is not None:  # where the curvature alone would put x_j
        bend = np.asarray(form.P.diagonal())
        pull = np.abs(form.q) + abs(form.P) @ np.abs(x)
        sizes = np.maximum(sizes, np.where(bend > 0, pull / np.where(bend > 0, bend, 1.0), 0.0))
    rows = _largest_limit(form.rows) + abs(form.A) @ np.abs(x)
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


def _largest_limit(limits: Box) -> Array:
    """Larger finite magnitude of the two limits; 0 if both are infinite."""
    low = np.where(np.isfinite(limits.lower), np.abs(limits.lower), 0.0)
    return np.maximum(low, np.where(np.isfinite(limits.upper), np.abs(limits.upper), 0.0))
