"""``thalweg solve``: a linear or quadratic program from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from thalweg.cli._output import Output, Search, attempts, named, solving_options

if TYPE_CHECKING:
    from thalweg.result import Solution


@click.command(short_help="Solve a linear or quadratic program from a file.")
@click.argument("file")
@solving_options
def command(file: str, search: Search, output: Output) -> None:
    """Solve the linear or quadratic program in FILE (MPS, QPS or LP; also .gz) and prove the answer.

    What --json prints is an answer file for `thalweg check`.
    """
    output.check(file)
    from thalweg.io.programs import read

    solution = search.run(read(file), f"solving {file}")
    output.deliver(solution, file, [("file", file)], {"file": file, **_answer(solution)})


def _answer(solution: Solution) -> dict[str, Any]:
    """Sizes, values and duals by name, rays, attempts."""
    problem, facts = solution.problem, solution.certificate.facts
    rows, columns = problem.shape
    return {
        "kind": type(problem).__name__,
        "sense": "maximise" if problem.maximize else "minimise",
        "rows": rows,
        "columns": columns,
        "x": named(problem.names, solution.claim.values.get("x")),
        "duals": named(problem.row_names, solution.duals),
        "reduced_costs": named(problem.names, solution.reduced_costs),
        "ray": named(problem.row_names, facts.get("ray")),
        "direction": named(problem.names, facts.get("direction")),
        "stop": solution.stop.value,
        "attempts": attempts(solution),
    }
