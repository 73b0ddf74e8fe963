"""The value of the answer over time, against the bound that nobody can beat."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.plotting import canvas, history
from thalweg.result import Solution

WIDE = 100.0  # ratio of the largest value to the least from which on small ones would hide on a linear axis


def plot_convergence(solution: Solution, ax: Any = None) -> Any:
    """Draw the recorded objective over time and the certified bound, with the gap between them shaded.

    The bound is a statement about the problem, so it is drawn over the whole time although it was proved at the end.
    The axis is logarithmic where all values are positive and one is a hundred times another.

    Parameters
    ----------
    solution : Solution
        Its trace and its certificate are read.
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
    >>> from thalweg.plotting.convergence import plot_convergence
    >>> solution = tw.solve(tw.Fit([[0.0], [1.0], [2.0]], [0, 1, 0], loss="logistic", l2=0.1))
    >>> plot_convergence(solution).get_ylabel()
    'objective'
    """
    ax = canvas.axes(ax)
    canvas.title(ax, "Value over time and the certified bound")
    recorded = history.series(solution.trace).get("objective")
    if recorded is None:
        return canvas.nothing(ax, "no objective was recorded on the way")
    sign = -1.0 if getattr(solution.problem, "maximize", False) else 1.0  # traces are in minimisation sense
    times, values = recorded.clock, sign * recorded.values
    ax.plot(times, values, color=canvas.FIRST, marker="o", markersize=3.5, linewidth=1.5, label="value")
    bound = solution.certificate.bound
    heights = np.append(values, bound) if abs(bound) <= canvas.LARGEST else values
    _bound(ax, bound, times, values)
    if 0 < WIDE * heights.min() <= heights.max():
        canvas.logarithmic(ax)
    canvas.label(ax, history.clock(solution.trace)[0], "objective")
    canvas.legend(ax)
    return ax


def _bound(ax: Any, bound: float, times: Any, values: Any) -> None:
    if not abs(bound) <= canvas.LARGEST:
        ax.plot([], [], linestyle="none", label="a bound beyond 1e100" if np.isfinite(bound) else "no bound was proved")
        return
    ax.axhline(bound, color=canvas.SECOND, linestyle="--", linewidth=1.5, label="certified bound")
    if times.size > 1:
        ax.fill_between(times, values, bound, color=canvas.FILL, linewidth=0, zorder=0.5, label="gap")
