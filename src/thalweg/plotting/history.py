"""What a trace holds, ready to be drawn: a clock, and columns without their gaps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thalweg.plotting.canvas import LARGEST
from thalweg.result import Array, Mask, Trace

_CLOCKS = ("seconds", "step")


class Series(NamedTuple):
    """One column over the clock, only entries that an axis can show; what is below 1e-100 counts as 0."""

    name: str
    clock: Array
    values: Array


def clock(trace: Trace) -> tuple[str, Array]:
    """Return the name and values of the time axis: seconds, else steps, else the numbers of the records."""
    recorded = trace.columns()
    for name in _CLOCKS:
        if name in recorded and _showable(recorded[name]).any():
            return name, recorded[name]
    return "record", np.arange(float(len(trace)))


def series(trace: Trace) -> dict[str, Series]:
    """Return every column with at least one entry that an axis can show, by name."""
    _, times = clock(trace)
    found = {}
    for name, values in trace.columns().items():
        there = _showable(values) & _showable(times)
        if name not in _CLOCKS and there.any():
            found[name] = Series(name, _without_dust(times[there]), _without_dust(values[there]))
    return found


def _showable(values: Array) -> Mask:
    return np.abs(values) <= LARGEST  # not so for NaN


def _without_dust(values: Array) -> Array:
    return np.where(np.abs(values) < 1 / LARGEST, 0.0, values)
