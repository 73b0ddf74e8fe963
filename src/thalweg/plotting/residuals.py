"""The residuals of a run over time."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.plotting import canvas, history
from thalweg.result import Trace

ENOUGH_MARKERS = 12  # markers on a line; more would hide it


def plot_residuals(trace: Trace, ax: Any = None) -> Any:
    """Draw everything but the objective that a solver recorded on a log axis.

    Solvers record how far the conditions of a best point are from holding (``violation``, ``merit``), how steep the
    objective still is (``gradient``), or what the next step of Newton's method promises (``decrement``). These are the
    solver's own measures, of which the certificate trusts none; they tell how the run went.

    Parameters
    ----------
    trace : Trace
        What was recorded.
    ax : matplotlib axes, optional
        Where to draw. Default: axes of a new figure.

    Returns
    -------
    matplotlib axes
        The figure is ``ax.figure``.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.plotting.residuals import plot_residuals
    >>> trace = tw.Trace()
    >>> for step in range(4):
    ...     trace.add(seconds=0.1 * step, gradient=10.0**-step)
    >>> plot_residuals(trace).get_yscale()
    'log'
    """
    ax = canvas.axes(ax)
    canvas.title(ax, "Residuals of the solver over time")
    found = [column for name, column in history.series(trace).items() if name != "objective"]
    if not found:
        return canvas.nothing(ax, "no residuals were recorded")
    drawn = [draw(ax, column, place) for place, column in enumerate(found)]
    if not any(drawn):
        return canvas.nothing(ax, "every recorded residual is 0")
    canvas.logarithmic(ax)
    canvas.label(ax, history.clock(trace)[0], "residual")
    canvas.legend(ax)
    return ax


def draw(ax: Any, column: history.Series, place: int) -> bool:
    """Draw the sizes of one column that are not 0, in a line of its own kind; False if there are none."""
    size = np.abs(column.values)
    shown = size > 0
    if not shown.any():
        return False
    colour = (canvas.FIRST, canvas.SECOND, canvas.INK)[place % 3]
    ax.plot(
        column.clock[shown],
        size[shown],
        color=colour,
        linestyle=canvas.DASHES[place % len(canvas.DASHES)],
        marker=canvas.MARKERS[place % len(canvas.MARKERS)],
        markevery=max(1, int(shown.sum()) // ENOUGH_MARKERS),
        markersize=4,
        linewidth=1.4,
        label=canvas.entry(column.name),
    )
    return True
