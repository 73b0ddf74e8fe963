"""How far a limit of a degenerate quadratic program may move: read a little further on, where nothing is degenerate.

As the limit leaves its place, some of the limits that are met with multiplier 0 are left, others take a multiplier.
Which ones is seen at the best point of the program with its limit moved by a little; from there a linear system says
how far back and how far ahead the same limits are met. If that reaches back to where the limit stood, it is the answer.
"""

from __future__ import annotations

import numpy as np

from thalweg.certificate import Tolerance
from thalweg.explaining.optimum import Optimum
from thalweg.explaining.regular import Regular
from thalweg.front import solve
from thalweg.watch import Watch

LITTLE = 1e-6  # share of the limit, or of the largest variable, that it is moved by
BACK = 1e-12  # the same limits must be met from here on, in the same unit
CLOSE = Tolerance(gap=1e-9)


def reach(optimum: Optimum, k: int, side: str, step: float, watch: Watch) -> float:
    """Where the limits that are met change, as limit k moves down (step -1) or up (1); NaN if that is not known."""
    value = optimum.limit(k, side)
    unit = abs(value) or float(np.abs(optimum.x).max()) or 1.0
    moved = optimum.moved(k, side, step * LITTLE * unit)
    if moved is None or watch.stop is not None:
        return np.nan
    found = solve(moved, tol=CLOSE, time_limit=watch.time_limit)
    there = Optimum.of(found, watch) if found.ok else None
    regular = Regular.of(there) if there is not None and there.settled else None
    if regular is None:
        return np.nan
    ends = regular.limit(k, side)[2:]
    back, ahead = ends if step > 0 else ends[::-1]
    return ahead if step * (back - value) <= BACK * unit else np.nan
