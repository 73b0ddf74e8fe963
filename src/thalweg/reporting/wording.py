"""Numbers and counts as reports write them."""

from __future__ import annotations

import math

import numpy as np

from thalweg.inputs import is_sparse
from thalweg.result import Array
from thalweg.visible import shortened, visible

LONGEST_NAME = 60  # characters of a name within a sentence
NOISE = 1e-12  # share of the largest number of a column, up to which a solver's zeros are shown as 0 ...
NOISE_CAP = 1e-9  # ... and never more than this, where the largest is huge


def number(value: float) -> str:
    """Ten digits, and no negative zero."""
    return f"{float(value) + 0.0:.10g}"


def outward(value: float) -> str:
    """Two digits, rounded up: "by no more than" must stay true."""
    if not 0 < value < math.inf:
        return f"{value:.2g}"
    shown = f"{value:.1e}"
    if float(shown) < value * (1 - 1e-9):
        unit = 10.0 ** (math.floor(math.log10(value)) - 1)
        shown = f"{float(shown) + unit:.1e}"
    return f"{float(shown):.2g}"


def extent(values: Array) -> str:
    """One number, or the least and the largest."""
    low, high = float(values.min()), float(values.max())
    return f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g}"


def count(amount: int, noun: str) -> str:
    """``1 row``, ``1,234 rows``."""
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def nonzeros(matrix: object) -> int:
    """Entries that are not 0."""
    return int(matrix.nnz) if is_sparse(matrix) else int(np.count_nonzero(matrix))  # type: ignore[attr-defined, call-overload]


def without_noise(values: object) -> Array:
    """Numbers of rounding size beside the largest of them become 0."""
    numbers = np.asarray(values, dtype=float)
    size = np.abs(numbers)
    largest = float(size[np.isfinite(size)].max(initial=0.0))
    return np.where(size <= min(NOISE * largest, NOISE_CAP), 0.0, numbers)


def named(names: object, symbol: str, index: int) -> str:
    """Name of a variable or row, or its place."""
    return f"{symbol}{index}" if names is None else names[index]  # type: ignore[index]


def mentioned(names: object, symbol: str, index: int) -> str:
    """Name of a variable or row as a sentence can bear it: visible, and not too long."""
    return shortened(visible(named(names, symbol, index)), LONGEST_NAME)


def interval(name: str, low: float, high: float) -> str:
    """Return ``0 <= name <= 1`` with the finite ends only; empty if there are none."""
    if low == high:
        return f"{name} = {number(low)}"
    if np.isfinite(low) and np.isfinite(high):
        return f"{number(low)} <= {name} <= {number(high)}"
    if np.isfinite(low):
        return f"{name} >= {number(low)}"
    return f"{name} <= {number(high)}" if np.isfinite(high) else ""
