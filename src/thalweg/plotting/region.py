"""The feasible region of a program with two variables."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.certificate import Verdict
from thalweg.errors import InputError
from thalweg.plotting import canvas
from thalweg.plotting.half_planes import HalfPlane, clipped, half_planes, window
from thalweg.result import Array, Solution
from thalweg.terms.matrices import dense

MOST_LINES = 12  # limits drawn one by one; all of them shape the region
SHADES = 160  # points of a side of the grid on which a quadratic objective is traced


def plot_region(solution: Solution, ax: Any = None) -> Any:
    """Draw the limits of a program with two variables, the points that meet them, and the answer.

    The dashed line joins the points whose objective equals the answer's. Where no point meets all limits, only the
    limits are drawn that the ray combines.

    Parameters
    ----------
    solution : Solution
        Answer of a `LinearProgram` or `QuadraticProgram` with two variables.
    ax : matplotlib axes, optional
        Where to draw. Default: axes of a new figure.

    Returns
    -------
    matplotlib axes
        The figure is ``ax.figure``.

    Raises
    ------
    InputError
        If the problem has another number of variables.
    MissingExtra
        If matplotlib is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.plotting.region import plot_region
    >>> bread = tw.LinearProgram([3.0, 5.0], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True)
    >>> plot_region(tw.solve(bread)).get_xlabel()
    'x0'
    """
    problem = solution.problem
    if not hasattr(problem, "q") or problem.shape[1] != 2:
        size = f"{problem.shape[1]} unknowns" if hasattr(problem, "shape") else "no matrix"
        raise InputError(
            f"plot_region() draws programs with two variables; this {type(problem).__name__} has {size}. "
            "Fix all variables but two (lower = upper) and state the smaller program."
        )
    ax = canvas.axes(ax, (canvas.SIZE[0], 3.9))
    planes, point = half_planes(problem), _point(solution)
    if any(plane.offset > canvas.LARGEST for plane in planes):
        return canvas.nothing(ax, f"a limit leaves only points beyond {canvas.LARGEST:g}, which no axis can show")
    box = window(planes, point)
    corners = clipped(box, planes)
    infeasible = solution.certificate.verdict is Verdict.INFEASIBLE or not corners.size
    if infeasible:
        planes = _weighted(solution, planes)
    else:
        _shade(ax, corners)
    for place, plane in enumerate(planes[:MOST_LINES]):
        _limit(ax, plane, box, place)
    if point is not None and not infeasible:
        _answer(ax, problem, point, box)
        _direction(ax, solution, point, box)
    _frame(ax, problem, box, _headline(solution, corners, len(planes)))
    return ax


def _point(solution: Solution) -> Array | None:
    x = solution.claim.values.get("x")
    return np.asarray(x, dtype=float) if np.shape(x) == (2,) and (np.abs(x) <= canvas.LARGEST).all() else None


def _headline(solution: Solution, corners: Array, limits: int) -> str:
    if solution.certificate.verdict is Verdict.INFEASIBLE:
        return "No point meets all limits"
    if not corners.size:
        return "No point here meets all limits"
    return "Points that meet all limits" + (f" ({MOST_LINES} of {limits} drawn)" if limits > MOST_LINES else "")


def _weighted(solution: Solution, planes: list[HalfPlane]) -> list[HalfPlane]:
    """Limits that take part in the contradiction: those of weighted rows, and of the variables."""
    ray = solution.certificate.facts.get("ray")
    return planes if ray is None else [plane for plane in planes if plane.row is None or ray[plane.row] != 0]


def _shade(ax: Any, corners: Array) -> None:
    """A region without area (an equality) still shows, as its edge."""
    ax.fill(*corners.T, facecolor=canvas.FILL, edgecolor=canvas.FIRST, linewidth=1.8, label="feasible", zorder=1)


def _limit(ax: Any, plane: HalfPlane, box: Array, place: int) -> None:
    """One limit: its line, and short strokes on the side that it forbids."""
    ends = plane.segment(box)
    if ends is None:
        return
    ax.plot(*ends.T, color=canvas.FAINT, linewidth=1.1, linestyle=canvas.DASHES[0], zorder=2)
    along = ends[0] + (0.12 + 0.76 * ((place * 0.37) % 1.0)) * (ends[1] - ends[0])
    outward = -plane.normal / np.hypot(*plane.normal)
    size = np.ptp(box, axis=0)
    stroke = outward * size * 0.03
    for share in np.linspace(0.04, 0.96, 24):
        start = ends[0] + share * (ends[1] - ends[0])
        ax.plot(*np.array([start, start + stroke]).T, color=canvas.FAINT, linewidth=0.6, zorder=1.5)
    if not plane.name:
        return
    ax.text(
        *(along + 1.2 * stroke),
        canvas.plain(plane.name, 18),
        color=canvas.INK,
        fontsize=canvas.LETTERS - 1.5,
        ha="center",
        va="center",
        parse_math=False,
        zorder=4,
        bbox={"facecolor": canvas.PAPER, "edgecolor": "none", "pad": 0.8},
        clip_on=True,
    )


def _answer(ax: Any, problem: Any, point: Array, box: Array) -> None:
    ax.plot(*point, marker="D", color=canvas.SECOND, markersize=6, linestyle="none", zorder=5, label="answer")
    style = {"colors": canvas.SECOND, "linestyles": "dashed", "linewidths": 1.3, "zorder": 3}
    first, second = np.meshgrid(*(np.linspace(*side, SHADES) for side in box.T))
    P = np.zeros((2, 2)) if problem.P is None else dense(problem.P)
    size = max(np.abs(problem.q).max(), np.abs(P).max()) or 1.0  # only signs matter
    q, P = problem.q / size, P / size
    values = q[0] * (first - point[0]) + q[1] * (second - point[1])
    values = values + 0.5 * (P[0, 0] * first**2 + 2 * P[0, 1] * first * second + P[1, 1] * second**2)
    values = values - 0.5 * point @ P @ point
    if values.min() < 0 < values.max():
        ax.contour(first, second, values, levels=[0.0], **style)
        ax.plot([], [], color=canvas.SECOND, linestyle="--", linewidth=1.3, label="same objective")


def _direction(ax: Any, solution: Solution, point: Array, box: Array) -> None:
    """An arrow from the point where the objective improves for ever."""
    direction = solution.certificate.facts.get("direction")
    if direction is not None:
        direction = direction / np.abs(direction).max()
        step = direction / np.abs(direction / np.ptp(box, axis=0)).max() * 0.3
        style = {"arrowstyle": "-|>", "color": canvas.SECOND, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", point + step, point, arrowprops=style, zorder=5)
        ax.text(*(point + 1.1 * step), "better for ever", color=canvas.INK, fontsize=canvas.LETTERS - 1.5, zorder=5)


def _frame(ax: Any, problem: Any, box: Array, headline: str) -> None:
    canvas.title(ax, headline)
    names = problem.names or ("x0", "x1")
    canvas.label(ax, *names)
    ax.set_xlim(*box[:, 0])
    ax.set_ylim(*box[:, 1])
    ax.grid(visible=False)
    if ax.get_legend_handles_labels()[0]:
        canvas.legend(ax, below=True)
