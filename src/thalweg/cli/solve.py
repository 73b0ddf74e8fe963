"""``thalweg solve``: a linear or quadratic program from a file."""

from __future__ import annotations

import click

from thalweg.cli._output import Output, shared_options, solving_options


@click.command(short_help="Solve a linear or quadratic program from a file.")
@click.argument("file")
@shared_options
@solving_options
def command(
    file: str, tol: float | None, as_json: bool, time_limit: float | None, solver: str, report: str | None, overwrite: bool
) -> None:
    """Solve the linear or quadratic program in FILE (MPS, QPS or LP; also .gz) and prove the answer.

    The output of --json is an answer file for `thalweg check`.
    """
    output = Output(as_json, report, overwrite)
    output.check()
    from thalweg.cli._progress import Progress
    from thalweg.cli._programs import answer_of
    from thalweg.front import solve
    from thalweg.io.programs import read

    problem = read(file)
    with Progress(f"solving {file}") as progress:
        solution = solve(problem, solver, tol=tol, time_limit=time_limit, callback=progress)
    output.deliver(solution, file, [("file", file)], {"file": file, **answer_of(solution)})
