"""Figures of an answer, each with words for those who do not see it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from thalweg.certificate import Verdict
from thalweg.plotting import history
from thalweg.plotting.coefficients import plot_coefficients
from thalweg.plotting.convergence import plot_convergence
from thalweg.plotting.region import plot_region
from thalweg.plotting.residuals import plot_residuals
from thalweg.problems.class_columns import by_column
from thalweg.problems.fit import Fit
from thalweg.reporting.svg import svg
from thalweg.reporting.wording import mentioned
from thalweg.result import Solution

MOST_BARS = 30
TOLD = 5  # coefficients named in the words of the figure
MEASURES = {
    "violation": "how far the conditions of a best point are from holding",
    "merit": "how far the conditions of a best point are from holding",
    "gradient": "how steep the objective still is",
    "decrement": "what the next step of Newton's method promises",
}


class Figure(NamedTuple):
    """A picture as inline SVG, and what it shows in words."""

    svg: str
    words: str


def of_the_answer(solution: Solution) -> list[Figure]:
    """Coefficients of a fit, or the region of a program with two variables."""
    solution = by_column(solution)
    problem = solution.problem
    if isinstance(problem, Fit):
        coef = solution.claim.values.get("coef")
        if np.shape(coef) != (problem.shape[1],) or not np.isfinite(coef).all():
            return []
        words = _coefficients_in_words(solution)
        return [_figure(plot_coefficients(solution, most=MOST_BARS), "coefficients", "Coefficients by size", words)]
    if hasattr(problem, "q") and problem.shape[1] == 2:
        return [_figure(plot_region(solution), "region", "The limits and the answer", _region_in_words(solution))]
    return []


def of_the_run(solution: Solution) -> list[Figure]:
    """Value and residuals over time, where more than one record was kept."""
    recorded = history.series(solution.trace)
    figures = []
    if "objective" in recorded and recorded["objective"].values.size > 1:
        words = _convergence_in_words(solution, recorded["objective"])
        caption = "Value over time and the certified bound"
        figures.append(_figure(plot_convergence(solution), "convergence", caption, words))
    others = [
        column for name, column in recorded.items() if name != "objective" and np.count_nonzero(column.values) > 1
    ]
    if others:
        words = f"The solver's own measures, first to last: {'; '.join(map(_measure_in_words, others))}."
        figures.append(_figure(plot_residuals(solution.trace), "residuals", "Residuals of the solver over time", words))
    return figures


def _figure(ax: Any, key: str, caption: str, words: str) -> Figure:
    return Figure(svg(ax.figure, key, caption, words), words)


def _measure_in_words(column: history.Series) -> str:
    meaning = f" ({MEASURES[column.name]})" if column.name in MEASURES else ""
    name = mentioned([column.name], "", 0)
    return f"{name}{meaning} from {abs(column.values[0]):.3g} to {abs(column.values[-1]):.3g}"


def _coefficients_in_words(solution: Solution) -> str:
    problem, coef = solution.problem, np.asarray(solution.claim.values["coef"], dtype=float)
    largest = np.argsort(-np.abs(coef), kind="stable")[:TOLD].tolist()
    told = ", ".join(f"{mentioned(problem.names, 'x', j)} {coef[j]:.4g}" for j in largest if coef[j])
    return f"{coef.size} coefficients, {np.count_nonzero(coef == 0)} of them 0. The largest: {told or 'none'}."


def _region_in_words(solution: Solution) -> str:
    if solution.certificate.verdict is Verdict.INFEASIBLE:
        return "The limits leave no point: the rows that contradict each other are drawn."
    x = solution.claim.values.get("x")
    if np.shape(x) != (2,):
        return "The points that meet all limits are shaded."
    first, second = (mentioned(solution.problem.names, "x", j) for j in range(2))
    return f"The points that meet all limits are shaded; the answer is {first} {x[0]:.4g}, {second} {x[1]:.4g}."


def _convergence_in_words(solution: Solution, recorded: history.Series) -> str:
    sign = -1.0 if getattr(solution.problem, "maximize", False) else 1.0
    first, last = sign * recorded.values[0], sign * recorded.values[-1]
    bound = solution.certificate.bound
    told = f"The certified bound is {bound:.6g}." if math.isfinite(bound) else "No bound was proved."
    return f"In {recorded.values.size} records the value goes from {first:.6g} to {last:.6g}. {told}"
