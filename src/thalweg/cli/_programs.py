"""A program's answer as JSON, for the commands that read program files."""

from __future__ import annotations

from typing import Any

from thalweg.cli._output import attempts, named
from thalweg.result import Solution


def answer_of(solution: Solution) -> dict[str, Any]:
    """Sizes, values and duals by name, rays, attempts."""
    problem, facts = solution.problem, solution.certificate.facts
    rows, columns = problem.shape
    found = {
        "x": named(problem.names, solution.claim.values.get("x")),
        "duals": named(problem.row_names, solution.duals),
        "reduced_costs": named(problem.names, solution.reduced_costs),
        "ray": named(problem.row_names, facts.get("ray")),
        "direction": named(problem.names, facts.get("direction")),
    }
    return {
        "kind": type(problem).__name__,
        "sense": "maximise" if problem.maximize else "minimise",
        "rows": rows,
        "columns": columns,
        **found,
        "stop": solution.stop.value,
        "attempts": attempts(solution),
    }
