"""Answers of multinomial fits as answers of one long row of coefficients: what tables and pictures show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array, Solution


def by_column(solution: Solution) -> Solution:
    """Return the answer of a multinomial fit as one of a `Fit` with a column per class and feature, and per intercept.

    Any other answer is returned as it is, and so are values of other shapes, which a claim may have.
    """
    problem = solution.problem
    if not isinstance(problem, MultinomialFit):
        return solution
    values, facts = dict(solution.claim.values), dict(solution.certificate.facts)
    listed = _listed(problem, values.pop("coef", None), values.pop("intercept", None))
    if listed is not None:
        values["coef"] = listed
    direction = _listed(problem, facts.pop("direction", None), facts.pop("direction_intercept", None))
    if direction is not None:
        facts["direction"] = direction
    rest = problem.classes if problem.intercept else 0
    for name, of_intercepts in (("coef_error", np.inf), ("certified_zeros", False), ("reduced_costs", 0.0)):
        if name in facts:
            facts[name] = np.append(np.ravel(facts[name]), [of_intercepts] * rest)
    certificate = replace(solution.certificate, facts=facts)
    return replace(
        solution, problem=problem.listed, claim=replace(solution.claim, values=values), certificate=certificate
    )


def _listed(problem: MultinomialFit, coef: Any, intercept: Any) -> Array | None:
    """Coefficients, class by class, and then the intercepts; None if these are none."""
    if np.size(coef) != problem.classes * problem.shape[1] or coef is None:
        return None
    level = np.zeros(problem.classes) if np.size(intercept) != problem.classes else np.ravel(intercept)
    return np.append(np.ravel(coef), level if problem.intercept else [])
