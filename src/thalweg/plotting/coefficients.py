"""The coefficients of a fit by size."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.plotting import canvas
from thalweg.problems.class_columns import by_column
from thalweg.problems.fit import Fit
from thalweg.result import Array, Solution

CERTIFIED = "certified_zeros"  # fact: which coefficients are 0 in every best fit
LINE = 0.2  # inches a coefficient
AROUND = 1.3  # inches of title, axis and legend


def plot_coefficients(solution: Solution, ax: Any = None, most: int = 30) -> Any:
    """Draw coefficients as horizontal bars, the largest on top, with brackets at their limits.

    A bracket opens to the side that its limit allows; limits far outside the picture have none. A hollow circle marks a
    zero that is proved to be zero in every best fit (the certificate's fact ``certified_zeros``); a dot marks one that
    is 0 in this answer, which proves nothing about other best fits.

    Parameters
    ----------
    solution : Solution
        Answer of a `Fit`.
    ax : matplotlib axes, optional
        Where to draw. Default: axes of a new figure, as tall as needed.
    most : int
        Coefficients shown; the title says how many there are.

    Returns
    -------
    matplotlib axes
        The figure is ``ax.figure``.

    Raises
    ------
    InputError
        If the problem is no `Fit`, or ``most`` is not a positive number.
    MissingExtra
        If matplotlib is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.plotting.coefficients import plot_coefficients
    >>> solution = tw.solve(tw.Fit([[0.0, 1.0], [1.0, 0.0], [2.0, 0.0]], [1.0, 3.0, 5.0], names=["age", "size"]))
    >>> [label.get_text() for label in plot_coefficients(solution).get_yticklabels()]
    ['age', 'size']
    """
    solution = by_column(solution)
    if not isinstance(solution.problem, Fit):
        raise InputError(f"plot_coefficients() draws the answer of a Fit; this is one of {_kind(solution)}.")
    if not (isinstance(most, int) and most > 0):
        raise InputError(f"most is {most!r}; pass how many coefficients to show, e.g. 30.")
    coef = _coefficients(solution)
    if coef is None:
        return canvas.nothing(canvas.axes(ax), "no coefficients that an axis can show were found")
    chosen = np.argsort(-np.abs(coef), kind="stable")[:most]
    ax = canvas.axes(ax, (canvas.SIZE[0], AROUND + LINE * max(chosen.size, 6)))
    counted = "" if chosen.size == coef.size else f": the largest {chosen.size} of {coef.size}"
    canvas.title(ax, f"Coefficients{counted}")
    _bars(ax, coef[chosen], _certified(solution, coef)[chosen])
    _limits(ax, solution.problem, chosen)
    _names(ax, solution.problem, chosen)
    canvas.label(ax, "coefficient")
    if ax.get_legend_handles_labels()[0]:
        canvas.legend(ax, below=True)
    return ax


def _kind(solution: Solution) -> str:
    return f"a {type(solution.problem).__name__}"


def _coefficients(solution: Solution) -> Array | None:
    """The claimed coefficients, if there is one number that an axis can show for each feature."""
    coef = solution.claim.values.get("coef")
    if coef is None or np.shape(coef) != (solution.problem.shape[1],):
        return None
    coef = np.asarray(coef, dtype=float)
    return coef if (np.abs(coef) <= canvas.LARGEST).all() else None


def _certified(solution: Solution, coef: Array) -> Any:
    fact = solution.certificate.facts.get(CERTIFIED)
    return np.zeros(coef.size, dtype=bool) if fact is None else np.asarray(fact, dtype=bool) & (coef == 0)


def _bars(ax: Any, coef: Array, certified: Any) -> None:
    places = np.arange(coef.size)
    ax.barh(places, coef, height=0.62, color=canvas.FIRST)
    ax.axvline(0, color=canvas.FAINT, linewidth=0.8)
    zero = (coef == 0) & ~certified
    marks = {"linestyle": "none", "color": canvas.INK, "clip_on": False, "zorder": 3}
    if certified.any():
        ax.plot(0 * places[certified], places[certified], marker="o", mfc=canvas.PAPER, label="certified zero", **marks)
    if zero.any():
        ax.plot(0 * places[zero], places[zero], marker=".", label="0 in this answer", **marks)


def _limits(ax: Any, problem: Fit, chosen: Any) -> None:
    """Brackets at the limits that are near enough not to stretch the axis much."""
    from matplotlib.path import Path

    low, high = ax.get_xlim()
    reach = 2 * max(abs(low), abs(high))
    places = np.arange(chosen.size)
    style = {"linestyle": "none", "markersize": 11, "markerfacecolor": "none", "markeredgewidth": 1.8, "zorder": 4}
    sides = (("lower limit", problem.lower[chosen], 0.35), ("upper limit", problem.upper[chosen], -0.35))
    for name, side, inward in sides:
        near = np.abs(side) <= reach
        if near.any():
            bracket = Path([(inward, 1), (0, 1), (0, -1), (inward, -1)])
            ax.plot(side[near], places[near], color=canvas.SECOND, marker=bracket, label=name, **style)
            low, high = min(low, 1.05 * side[near].min()), max(high, 1.05 * side[near].max())
    ax.set_xlim(low, high)


def _names(ax: Any, problem: Fit, chosen: Any) -> None:
    names = [problem.names[j] if problem.names else f"x{j}" for j in chosen.tolist()]
    shown = [canvas.plain(name, canvas.LONGEST) for name in names]
    ax.set_yticks(np.arange(chosen.size), shown, color=canvas.INK, parse_math=False)
    ax.set_ylim(chosen.size - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
