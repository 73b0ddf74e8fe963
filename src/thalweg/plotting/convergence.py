"""Value and certified bound over time."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.plotting.axes import BOUND, INK, SHADE, VALUE, axes_of, bare, numbers_in, tidy, time_of
from thalweg.result import Solution


def plot_convergence(solution: Solution, ax: Any = None) -> Any:
    """Draw the objective over time, the certified bound, and the gap between them.

    The bound is the one that the certificate proves at the end; what a solver called its bound on the way is drawn only
    where it recorded one.

    Parameters
    ----------
    solution : Solution
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
    >>> from thalweg.plotting import plot_convergence
    >>> solution = tw.solve(tw.Fit([[0.0], [1.0], [2.0]], [0, 1, 0], "logistic", l2=0.1))
    >>> plot_convergence(solution).get_ylabel()
    'objective'
    """
    ax = axes_of(ax)
    certificate, columns = solution.certificate, solution.trace.columns()
    times, label = time_of(columns)
    recorded = {name: column for name, column in numbers_in(columns).items() if name in ("objective", "bound")}
    if np.isnan(certificate.objective) and not recorded:
        return bare(ax, "there is no objective to draw: no point was found")
    end = float(np.nanmax(times)) if times.size else 0.0
    sign = -1.0 if solution.problem.maximize else 1.0  # solvers minimise
    if "objective" in recorded:
        ax.plot(times, sign * recorded["objective"], color=VALUE, marker="o", markersize=4, label="value on the way")
    if "bound" in recorded:
        ax.plot(times, sign * recorded["bound"], ":", color=BOUND, label="the solver's own bound")
    if np.isfinite(certificate.objective):
        ax.plot([end], [certificate.objective], "D", color=VALUE, label=f"answer {certificate.objective:.6g}")
    if np.isfinite(certificate.bound):
        ax.axhline(
            certificate.bound, color=BOUND, linestyle="--", label=f"nobody is better than {certificate.bound:.6g}"
        )
        if np.isfinite(certificate.objective):
            ax.axhspan(*sorted((certificate.bound, certificate.objective)), color=SHADE, alpha=0.3, linewidth=0)
    ax.set_xlabel(label)
    ax.set_ylabel("objective", color=INK)
    ax.legend(frameon=False)
    return tidy(ax)
