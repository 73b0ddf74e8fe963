"""Feasible region of a program with two variables."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.inputs import is_sparse
from thalweg.plotting.axes import BOUND, INK, SHADE, VALUE, axes_of, drawn_name, tidy
from thalweg.result import Array, Solution

FINE = 200  # points along each side for the level lines
MOST_LABELS = 8  # rows whose line is named


def plot_region(solution: Solution, ax: Any = None) -> Any:
    """Draw the feasible region of a program with two variables, its rows, the answer and the level line through it.

    Parameters
    ----------
    solution : Solution
        Of a `LinearProgram` or `QuadraticProgram` with two variables.
    ax : matplotlib axes, optional
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    InputError
        The problem is no program with two variables.
    MissingExtra
        If matplotlib is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.plotting import plot_region
    >>> program = tw.LinearProgram([3, 5], [[1, 2]], row_upper=[4], lower=0, maximize=True, names=["bread", "cake"])
    >>> plot_region(tw.solve(program)).get_xlabel()
    'bread'
    """
    problem = solution.problem
    if "x" not in problem.answer or problem.shape[1] != 2:
        size = f" has {problem.shape[1]} variables" if "x" in problem.answer else " is no program"
        raise InputError(f"{type(problem).__name__}{size}; plot_region draws programs with two variables.")
    ax = axes_of(ax, height=5.0)
    planes = _half_planes(problem)
    x = _point(solution)
    frame = _frame(planes, x)
    corners = _clipped(frame, planes)
    if len(corners):
        ax.fill(*corners.T, color=SHADE, alpha=0.35, linewidth=0)
    _draw_rows(ax, problem, frame)
    if x is not None:
        _draw_answer(ax, solution, x, frame)
    elif not len(corners):
        ax.set_title("no point satisfies all limits", color=INK)
    ax.set_xlim(frame[0, 0], frame[2, 0])
    ax.set_ylim(frame[0, 1], frame[2, 1])
    names = problem.names or ("x[0]", "x[1]")
    ax.set_xlabel(drawn_name(names[0]), parse_math=False)
    ax.set_ylabel(drawn_name(names[1]), parse_math=False)
    return tidy(ax)


def _half_planes(problem: Any) -> Array:
    """Rows (a, b, c) that mean a x + b y <= c."""
    A = np.asarray(problem.A.todense()) if is_sparse(problem.A) else problem.A
    normals = np.vstack([A, np.eye(2)])
    low = np.concatenate([problem.row_lower, problem.lower])
    high = np.concatenate([problem.row_upper, problem.upper])
    planes = np.vstack([np.column_stack([normals, high]), np.column_stack([-normals, -low])])
    return planes[np.isfinite(planes[:, 2]) & np.abs(planes[:, :2]).any(axis=1)]


def _point(solution: Solution) -> Array | None:
    x = solution.claim.values.get("x")
    return None if x is None or np.shape(x) != (2,) or not np.isfinite(x).all() else np.asarray(x, dtype=float)


def _frame(planes: Array, x: Array | None) -> Array:
    """Corners of a rectangle that shows where the lines of the limits meet, and the answer."""
    points = [np.zeros(2)] if x is None else [np.zeros(2), x]
    for i in range(len(planes)):
        for j in range(i):
            pair = planes[[i, j], :2]
            if abs(np.linalg.det(pair)) > 1e-9 * np.abs(pair).max() ** 2:
                meeting = np.linalg.solve(pair, planes[[i, j], 2])
                if (planes[:, :2] @ meeting <= planes[:, 2] + 1e-9 * (1 + np.abs(planes[:, 2]))).all():
                    points.append(meeting)
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    width = np.where(high > low, high - low, np.maximum(np.abs(high), 1.0))
    (left, bottom), (right, top) = low - 0.15 * width, high + 0.25 * width
    return np.array([[left, bottom], [right, bottom], [right, top], [left, top]])


def _clipped(polygon: Array, planes: Array) -> Array:
    """Cut a polygon by half planes (Sutherland and Hodgman 1974)."""
    for a, b, c in planes:
        values = polygon @ [a, b] - c
        inside = values <= 1e-9 * (abs(c) + 1.0)
        kept: list[Array] = []
        for k in range(len(polygon)):
            before = k - 1
            if inside[k] != inside[before]:
                share = values[before] / (values[before] - values[k])
                kept.append(polygon[before] + share * (polygon[k] - polygon[before]))
            if inside[k]:
                kept.append(polygon[k])
        polygon = np.array(kept).reshape(-1, 2)
        if not len(polygon):
            break
    return polygon


def _draw_rows(ax: Any, problem: Any, frame: Array) -> None:
    """Draw the line of each finite limit of a row, with its name at the end."""
    A = np.asarray(problem.A.todense()) if is_sparse(problem.A) else problem.A
    names = problem.row_names or [f"row[{i}]" for i in range(A.shape[0])]
    for i, (a, b) in enumerate(A):
        for limit in {problem.row_lower[i], problem.row_upper[i]}:
            ends = _line(a, b, limit, frame) if np.isfinite(limit) else None
            if ends is None:
                continue
            ax.plot(*ends.T, color=BOUND, linewidth=1.2)
            if i < MOST_LABELS:
                ax.annotate(
                    drawn_name(names[i]), ends[1], (-4, 4), textcoords="offset points", ha="right", fontsize="small",
                    parse_math=False, color=INK,
                )  # fmt: skip


def _line(a: float, b: float, c: float, frame: Array) -> Array | None:
    """Ends of the line a x + b y = c inside the frame; None if it passes outside."""
    (left, bottom), (right, top) = frame[0], frame[2]
    found = [(x, (c - a * x) / b) for x in (left, right) if b != 0]
    found += [((c - b * y) / a, y) for y in (bottom, top) if a != 0]
    slack = 1e-9 * (abs(right - left) + abs(top - bottom))
    inside = [p for p in found if left - slack <= p[0] <= right + slack and bottom - slack <= p[1] <= top + slack]
    return np.array([min(inside), max(inside)]) if len(inside) >= 2 else None


def _draw_answer(ax: Any, solution: Solution, x: Array, frame: Array) -> None:
    """Draw the point, and the line of points that are as good."""
    problem = solution.problem
    grid = np.meshgrid(np.linspace(*frame[[0, 2], 0], FINE), np.linspace(*frame[[0, 2], 1], FINE))
    points = np.stack(grid, axis=-1)
    values = points @ problem.q
    at = float(problem.q @ x)
    if problem.P is not None:
        P = np.asarray(problem.P.todense()) if is_sparse(problem.P) else problem.P
        values = values + 0.5 * np.einsum("ijk,kl,ijl->ij", points, P, points)
        at += 0.5 * float(x @ P @ x)
    if values.min() < at < values.max():
        ax.contour(*grid, values, levels=[at], colors=[VALUE], linestyles="--", linewidths=1.2)
    ax.plot(*x, "o", color=VALUE, markersize=8, zorder=5)
    ax.annotate(
        f"{solution.certificate.verdict.name.lower().replace('_', ' ')}: ({x[0]:.4g}, {x[1]:.4g})", x, (8, 8),
        textcoords="offset points", color=INK, parse_math=False,
    )  # fmt: skip
