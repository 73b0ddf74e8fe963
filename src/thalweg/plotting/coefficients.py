"""Coefficients of a fit, the largest first; certified zeros are marked."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.plotting.axes import BOUND, INK, VALUE, axes_of, bare, drawn_name, tidy
from thalweg.result import Array, Mask, Solution


def plot_coefficients(solution: Solution, ax: Any = None, most: int = 30) -> Any:
    """Draw the coefficients of a fit as bars, the largest first.

    A hollow circle marks a coefficient that is 0 in *every* best answer, as the certificate proves; a cross one that is
    0 in this answer. Short strokes are finite limits.

    Parameters
    ----------
    solution : Solution
        Of a `Fit`.
    ax : matplotlib axes, optional
        Where to draw. Default: a new figure.
    most : int
        How many coefficients are drawn; the title says how many are left out.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    InputError
        The problem has no coefficients.
    MissingExtra
        If matplotlib is not installed.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.plotting import plot_coefficients
    >>> fit = tw.Fit([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]], [0.0, 1.0, 2.0], l1=0.1, names=["age", "debt"])
    >>> [label.get_text() for label in plot_coefficients(tw.solve(fit)).get_yticklabels()]
    ['age', 'debt']
    """
    problem = solution.problem
    if "coef" not in problem.answer:
        raise InputError(f"{type(problem).__name__} has no coefficients; plot_coefficients draws those of a Fit.")
    coef = solution.claim.values.get("coef")
    if coef is None or np.shape(coef) != (problem.shape[1],):
        return bare(axes_of(ax), "there are no coefficients to draw: no point was found")
    coef = np.asarray(coef, dtype=float)
    sizes = np.nan_to_num(np.abs(coef), nan=np.inf)
    chosen = np.argsort(-sizes, kind="stable")[:most]
    ax = axes_of(ax, height=1.2 + 0.24 * chosen.size)
    places = np.arange(chosen.size)
    ax.barh(places, coef[chosen], color=VALUE, height=0.6)
    _mark_zeros(ax, coef[chosen], _certified(solution)[chosen])
    for limits in (problem.lower[chosen], problem.upper[chosen]):
        ax.plot(limits, places, "|", color=BOUND, markersize=12, markeredgewidth=1.5)
    names = problem.names or [f"x[{j}]" for j in range(coef.size)]
    ax.set_yticks(places, [drawn_name(names[j]) for j in chosen], parse_math=False)
    ax.invert_yaxis()
    ax.axvline(0.0, color=INK, linewidth=0.8)
    left_out = coef.size - chosen.size
    ax.set_xlabel("coefficient" + (f" ({left_out} smaller ones are not shown)" if left_out else ""))
    return tidy(ax)


def _certified(solution: Solution) -> Mask:
    """Which coefficients are 0 in every best answer."""
    found = solution.certificate.facts.get("certified_zeros")
    return np.zeros(solution.problem.shape[1], dtype=bool) if found is None else np.asarray(found, dtype=bool)


def _mark_zeros(ax: Any, coef: Array, certified: Mask) -> None:
    for mask, marker, label in (
        (certified, "o", "0 in every best answer (certified)"),
        ((coef == 0) & ~certified, "x", "0 in this answer"),
    ):
        if mask.any():
            places = np.flatnonzero(mask)
            ax.plot(coef[places], places, marker, color=INK, fillstyle="none", linestyle="", label=label)
    if ax.get_legend_handles_labels()[1]:
        ax.legend(frameon=False)
