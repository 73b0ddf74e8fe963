"""What a solver recorded on its way."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.plotting.axes import VALUE, axes_of, bare, numbers_in, tidy, time_of
from thalweg.plotting.residuals import plot_residuals
from thalweg.result import Trace


def plot_trace(trace: Trace, ax: Any = None) -> Any:
    """Draw the recorded objective over time, as its distance to the least of the run; else what else was recorded.

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
    >>> trace = tw.Trace()
    >>> for k in range(5):
    ...     trace.add(seconds=0.1 * k, objective=1.0 + 10.0 ** -k)
    >>> trace.plot().get_ylabel()
    'objective above the best of the run'
    """
    ax = axes_of(ax)
    columns = trace.columns()
    if "objective" not in numbers_in(columns):
        return plot_residuals(trace, ax=ax)
    values, (times, label) = columns["objective"], time_of(columns)
    known = np.isfinite(values) & np.isfinite(times)
    times, values = times[known], values[known]
    above = values - values.min()
    if not (above > 0).any():
        ax.plot(times, values, color=VALUE, marker="o")
        ax.set_ylabel("objective")
    else:
        shown = above > 0  # the best itself has no place on a logarithmic axis
        ax.semilogy(times[shown], above[shown], color=VALUE, marker="o" if shown.sum() < 50 else None, markersize=4)
        ax.set_ylabel("objective above the best of the run")
    if not times.size:
        return bare(ax, "no objective was recorded")
    ax.set_xlabel(label)
    return tidy(ax)
