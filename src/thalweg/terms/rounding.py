"""Bounds on the rounding of sums and products in float64 (Higham 2002, chapters 3 and 4)."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from thalweg.result import Array

UNIT = 2.0**-53  # the unit roundoff u of float64
TINY = 5e-324  # one subnormal step: what an underflow can lose

_Count = TypeVar("_Count", float, Array)


def gamma(k: _Count) -> _Count:
    """gamma_k = k u / (1 - k u): relative error of k roundings in a row, in any order of summation."""
    return k * UNIT / (1.0 - k * UNIT)


def sum_depth(n: int) -> int:
    """Roundings on the longest path of NumPy's pairwise sum of n numbers (blocks of 128, eight accumulators)."""
    return 24 + max(int(n), 1).bit_length()


def normalised(vector: Array) -> Array:
    """Scale by a power of two so that the largest entry lies in [1/2, 1): its products do not underflow."""
    largest = np.abs(vector).max(initial=0.0)
    return np.ldexp(vector, -int(np.frexp(largest)[1])) if largest > 0 else vector


def power_of_two(values: Any) -> Any:
    """Return the power of two nearest to each positive value on a logarithmic scale."""
    return np.ldexp(1.0, np.floor(np.log2(values) + 0.5).astype(int))


def smallest(values: Array) -> float:
    """Smallest magnitude that is not 0; infinite if there is none."""
    sizes = np.abs(values)
    return float(sizes[sizes > 0].min(initial=np.inf))
