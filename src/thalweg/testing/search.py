"""Slow searches that share nothing with what they check."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thalweg.result import Array


def lowest_on_line(function: Callable[[Array], Array], low: float, high: float) -> tuple[float, float]:
    """Least value of a convex function on [low, high]: a grid, refined around its best point down to rounding.

    Examples
    --------
    >>> from thalweg.testing.search import lowest_on_line
    >>> place, value = lowest_on_line(lambda t: (t - 3.0) ** 2 + 1.0, -1e4, 1e4)
    >>> round(place, 6), round(value, 9)
    (3.0, 1.0)
    """
    best_place, best_value = low, float(function(np.array([low]))[0])
    for _ in range(40):
        grid = np.linspace(low, high, 33)
        values = function(grid)
        k = int(np.argmin(values))
        if values[k] < best_value:
            best_place, best_value = float(grid[k]), float(values[k])
        low, high = float(grid[max(k - 1, 0)]), float(grid[min(k + 1, 32)])
        if high - low <= 1e-15 * (1 + abs(high)):
            break
    return best_place, best_value
