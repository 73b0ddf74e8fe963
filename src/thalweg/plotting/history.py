"""What a trace holds, ready to be drawn: a clock, and columns without their gaps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thalweg.result import Array, Trace

_CLOCKS = ("seconds", "step")


class Series(NamedTuple):
    """One column over the clock, finite entries only."""

    name: str
    clock: Array
    values: Array


def clock(trace: Trace) -> tuple[str, Array]:
    """Return the name and values of the time axis: seconds, or the number of the record where none were recorded."""
    seconds = trace.columns().get("seconds")
    if seconds is not None and np.isfinite(seconds).any():
        return "seconds", seconds
    return "record", np.arange(float(len(trace)))


def series(trace: Trace) -> dict[str, Series]:
    """Return every column with at least one finite entry, by name."""
    _, times = clock(trace)
    found = {}
    for name, values in trace.columns().items():
        there = np.isfinite(values) & np.isfinite(times)
        if name not in _CLOCKS and there.any():
            found[name] = Series(name, times[there], values[there])
    return found
