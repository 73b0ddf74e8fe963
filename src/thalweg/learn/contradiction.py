"""Which limits contradict each other, by their names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thalweg import naming
from thalweg.problems.fit import Fit
from thalweg.result import Array, Solution

NEGLIGIBLE = 1e-9  # share of the largest weight, or of a column's own terms, that is only rounding
SHOWN = 10


def contradiction(solution: Solution) -> str:
    """Name the limits that the checked ray of an infeasible fit weighs against each other, and say what to do."""
    limits = list(_weighed(solution.problem, solution.certificate.facts["ray"]))
    more = f", and {len(limits) - SHOWN} more" if len(limits) > SHOWN else ""
    return f"These contradict each other: {'; '.join(limits[:SHOWN])}{more}. Drop or loosen one of them."


def _weighed(problem: Fit, ray: Array) -> Iterator[str]:
    """Labels of the rows with weight, and the limits of coefficients that their sum runs against."""
    names = getattr(problem, "column_names", problem.names)  # of several classes, one name for each of theirs
    for i in np.flatnonzero(np.abs(ray) > NEGLIGIBLE * np.abs(ray).max()):
        yield naming.label(problem.row_names, i, "row")
    pull, size = problem.A.T @ ray, abs(problem.A).T @ np.abs(ray)
    for j in np.flatnonzero(np.abs(pull) > NEGLIGIBLE * size):
        # the sum of the rows asks for pull_j b_j to be large: a positive pull runs against the upper limit
        side, limits = ("upper", problem.upper) if pull[j] > 0 else ("lower", problem.lower)
        yield f"{side} limit {np.ravel(limits)[j]:g} of {naming.label(names, int(j))}"
