"""What was recorded on the way to an answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.plotting import canvas, history
from thalweg.plotting.residuals import plot_residuals
from thalweg.result import Trace


def plot_trace(trace: Trace, ax: Any = None) -> Any:
    """Draw how far the objective was above its best record over time, on a log axis; without objective, the residuals.

    Parameters
    ----------
    trace : Trace
        What was recorded.
    ax : matplotlib axes, optional
        Where to draw. Default: axes of a new figure.

    Returns
    -------
    matplotlib axes
        The figure is ``ax.figure``, e.g. ``ax.figure.savefig("trace.png")``.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> solution = tw.solve(tw.Fit([[0.0], [1.0], [2.0]], [0, 1, 0], loss="logistic", l2=0.1))
    >>> ax = solution.trace.plot()
    >>> ax.get_xlabel()
    'seconds'
    """
    objective = history.series(trace).get("objective")
    if objective is None:
        if history.series(trace):
            return plot_residuals(trace, ax)
        return canvas.nothing(canvas.axes(ax), "nothing was recorded")
    ax = canvas.axes(ax)
    best = objective.values.min()
    above = objective.values - best
    apart = np.where(above > 0, above, np.nan)  # a log axis has no place for the best itself
    canvas.label(ax, history.clock(trace)[0])
    if not (above > 0).any():
        return _level(ax, objective)
    _line(ax, objective.clock, apart)
    canvas.logarithmic(ax)
    ax.plot(
        objective.clock[above == 0][:1],
        [0],
        transform=ax.get_xaxis_transform(),
        color=canvas.SECOND,
        marker="v",
        markersize=7,
        linestyle="none",
        clip_on=False,
        label="best, first reached",
    )
    canvas.legend(ax)
    canvas.title(ax, "Objective over time")
    canvas.label(ax, history.clock(trace)[0], f"above the best ({best:.6g})")
    return ax


def _level(ax: Any, objective: history.Series) -> Any:
    """One record, or records that are all equal: there is no distance to show, but a value."""
    _line(ax, objective.clock, objective.values)
    canvas.title(ax, "Objective over time")
    canvas.label(ax, ax.get_xlabel(), "objective")
    value = f"{objective.values[0]:.6g}"
    text = f"one record: {value}" if objective.values.size == 1 else f"the same in all records: {value}"
    ax.text(0.5, 0.9, text, transform=ax.transAxes, ha="center", color=canvas.INK, fontsize=canvas.LETTERS)
    return ax


def _line(ax: Any, x: Any, y: Any) -> None:
    ax.plot(x, y, color=canvas.FIRST, marker="o", markersize=3.5, linewidth=1.5)
