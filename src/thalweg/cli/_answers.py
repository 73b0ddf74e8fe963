"""What --json prints of an answer beside its certificate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # NumPy comes with it, and --help does without
    from thalweg.result import Solution


def answer_of(solution: Solution) -> dict[str, Any]:
    """Sizes, values by name, duals, rays, attempts."""
    own = _fit(solution) if "coef" in solution.problem.answer else _program(solution)
    problem, facts = solution.problem, solution.certificate.facts
    return {
        "kind": type(problem).__name__,
        **own,
        "duals": named(problem.row_names, solution.duals),
        "ray": named(problem.row_names, facts.get("ray")),
        "direction": named(_names(problem), facts.get("direction")),
        "stop": solution.stop.value,
        "attempts": _attempts(solution),
    }


def _program(solution: Solution) -> dict[str, Any]:
    problem = solution.problem
    rows, columns = problem.shape
    return {
        "sense": "maximise" if problem.maximize else "minimise",
        "rows": rows,
        "columns": columns,
        "x": named(problem.names, solution.claim.values.get("x")),
        "reduced_costs": named(problem.names, solution.reduced_costs),
        **_whole(solution),
    }


def _whole(solution: Solution) -> dict[str, Any]:
    """Return what a mixed-integer program has besides: duals of its relaxation, and the bound that a solver reports."""
    problem = solution.problem
    if not hasattr(problem, "integer"):
        return {}
    from thalweg.result import SOLVER_BOUND

    duals = solution.certificate.facts.get("relaxation_row_dual")
    bound = solution.claim.hints.get(SOLVER_BOUND)
    return {
        "integers": int(problem.integer.sum()),
        "relaxation_duals": named(problem.row_names, duals),
        SOLVER_BOUND: number(bound.item() if getattr(bound, "size", 0) == 1 else bound),
    }


def _fit(solution: Solution) -> dict[str, Any]:
    problem, values, facts = solution.problem, solution.claim.values, solution.certificate.facts
    rows, features = problem.shape
    return {
        "rows": rows,
        "features": features,
        "coef": named(_names(problem), values.get("coef")),
        "intercept": _levels(problem, values.get("intercept")),
        "direction_intercept": _levels(problem, facts.get("direction_intercept")),
    }


def _names(problem: Any) -> Any:
    """Names of the coefficients: of a fit of several classes, feature[class]."""
    return getattr(problem, "column_names", problem.names)


def _levels(problem: Any, value: Any) -> Any:
    """One intercept, or one by class."""
    classes = getattr(problem, "class_names", None)
    return number(value) if classes is None else named(classes, value)


def named(names: Sequence[str] | None, numbers: Any) -> Any:
    """Numbers by name, or in order where there are no names, or not one number for each; else None."""
    if numbers is None:
        return None
    plain = [number(value) for value in numbers.ravel()]
    return plain if names is None or len(names) != len(plain) else dict(zip(names, plain, strict=True))


def number(value: Any) -> float | None:
    """A number as JSON knows it: infinite and NaN become None, and so does what is no single number."""
    try:
        plain = float(value) + 0.0  # no -0.0
    except (TypeError, ValueError):
        return None
    return plain if math.isfinite(plain) else None


def _attempts(solution: Solution) -> list[dict[str, Any]]:
    return [
        {
            "solver": attempt.by,
            "stop": attempt.stop.value,
            "verdict": attempt.verdict.name,
            "seconds": number(attempt.seconds),
            "message": attempt.message,
        }
        for attempt in solution.attempts
    ]
