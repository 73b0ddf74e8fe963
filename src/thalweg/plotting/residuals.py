"""What a solver watched besides the objective: violations, decrements, gradients."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import numpy as np

from thalweg.plotting.axes import axes_of, bare, numbers_in, tidy, time_of
from thalweg.result import Trace

_STYLES = (("#1f5f99", "-", "o"), ("#b3470b", "--", "s"), ("#3f7f3f", "-.", "^"), ("#6f4f8f", ":", "D"))
_NO_RESIDUALS = {"objective", "bound"}


def plot_residuals(trace: Trace, ax: Any = None) -> Any:
    """Draw every recorded column but the objective and its bound over time, on a logarithmic axis.

    Parameters
    ----------
    trace : Trace
    ax : matplotlib axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.plotting import plot_residuals
    >>> trace = tw.Trace()
    >>> trace.add(seconds=0.0, violation=1.0); trace.add(seconds=0.1, violation=0.01)
    >>> plot_residuals(trace).get_legend_handles_labels()[1]
    ['violation']
    """
    ax = axes_of(ax)
    columns = trace.columns()
    times, label = time_of(columns)
    drawn = 0
    for (name, values), (colour, line, marker) in zip(numbers_in(columns).items(), cycle(_STYLES), strict=False):
        sizes = np.abs(values)
        shown = np.isfinite(sizes) & np.isfinite(times) & (sizes > 0)
        if name in _NO_RESIDUALS or not shown.any():
            continue
        ax.semilogy(times[shown], sizes[shown], line, color=colour, marker=marker, markersize=4, label=name)
        drawn += 1
    if not drawn:
        return bare(ax, "nothing was recorded but time" if len(trace) else "nothing was recorded")
    ax.set_xlabel(label)
    ax.set_ylabel("size")
    ax.legend(frameon=False)
    return tidy(ax)
