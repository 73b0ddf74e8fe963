"""Coefficients along a row of penalty strengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.learn.path import Path
from thalweg.plotting import canvas
from thalweg.result import Array

LEAST_GAP = 0.045  # of the height, between two names


def plot_path(path: Path, ax: Any = None, most: int = 10) -> Any:
    """Draw each coefficient as a line over alpha, the strongest penalty on the left.

    The names of the largest coefficients stand at the right end of their lines. Points that are not certified are
    marked with a cross on the axis.

    Parameters
    ----------
    path : Path
        What ``model.path`` returned.
    ax : matplotlib axes, optional
        Where to draw. Default: axes of a new figure.
    most : int
        Names shown; the other lines are thin.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    InputError
        If ``most`` is negative.
    MissingExtra
        If matplotlib is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> X, y = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 1.0]], [1.0, 3.0, 5.0, 8.0]
    >>> ax = tw.LinearRegression(l1_ratio=1.0).path(X, y, n_alphas=5).plot()
    >>> ax.get_xlabel()
    'alpha'
    """
    if not (isinstance(most, int) and most >= 0):
        raise InputError(f"most is {most!r}; pass how many names to show, e.g. 10.")
    whole = path.coefs.reshape(len(path), -1)
    drawn = np.isfinite(whole).all(axis=1) & (np.abs(whole) <= canvas.LARGEST).all(axis=1) & (path.alphas > 0)
    if not drawn.any():
        return canvas.nothing(canvas.axes(ax), "no point of the path has coefficients that an axis can show")
    alphas, coefs = path.alphas[drawn], whole[drawn]
    ax = canvas.axes(ax)
    canvas.title(ax, f"Coefficients along {drawn.sum()} penalties")
    leading = np.argsort(-np.abs(coefs[-1]), kind="stable")[:most]
    for k, j in enumerate(leading.tolist()):
        ax.plot(alphas, coefs[:, j], color=canvas.FIRST, linestyle=canvas.DASHES[k % len(canvas.DASHES)], linewidth=1.4)
    others = np.setdiff1d(np.arange(coefs.shape[1]), leading)
    if others.size:
        ax.plot(alphas, coefs[:, others], color=canvas.FAINT, linewidth=0.6)
    ax.axhline(0, color=canvas.FAINT, linewidth=0.8)
    ax.set_xlim(alphas[0] * 1.05, alphas[-1] / 1.05)
    canvas.logarithmic(ax, "x")
    canvas.label(ax, "alpha", "coefficient")
    _names(ax, path, coefs[-1], leading.tolist())
    _unproven(ax, path)
    return ax


def _names(ax: Any, path: Path, ends: Array, leading: list[int]) -> None:
    """Write the names beside the ends of their lines, moved apart where they would cover each other."""
    low, high = ax.get_ylim()
    least = LEAST_GAP * (high - low)
    place = -np.inf
    for j in sorted(leading, key=lambda j: ends[j]):
        place = max(float(ends[j]), place + least)
        name = f"x{j}" if path.names is None else canvas.plain(path.names[j], canvas.LONGEST)
        ax.annotate(
            name, (1.0, place), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=canvas.LETTERS - 2, color=canvas.INK, parse_math=False, annotation_clip=False,
        )  # fmt: skip


def _unproven(ax: Any, path: Path) -> None:
    doubtful = np.array([not certificate.ok for certificate in path.certificates]) & (path.alphas > 0)
    if doubtful.any():
        style = {"linestyle": "none", "marker": "x", "color": canvas.SECOND, "clip_on": False}
        transform = ax.get_xaxis_transform()
        ax.plot(path.alphas[doubtful], 0 * path.alphas[doubtful], label="not certified", transform=transform, **style)
        canvas.legend(ax, below=True)
