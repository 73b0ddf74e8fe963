"""``thalweg check``: judge anybody's answer to a program; no solver is run."""

from __future__ import annotations

import time

import click

from thalweg.cli._output import Output, shared_options


@click.command(short_help="Judge an answer from a file; runs no solver.")
@click.argument("file")
@click.argument("answer")
@shared_options
def command(file: str, answer: str, tol: float | None, as_json: bool) -> None:
    """Judge the ANSWER (JSON) to the linear or quadratic program in FILE (MPS, QPS or LP; also .gz).

    ANSWER holds {"x": {name: value} or [...], "duals": ..., "ray": ..., "direction": ...}, each optional; what
    `thalweg solve --json` prints will do. Row duals are d(best objective)/d(limit). No solver is run.
    """
    from thalweg.front import certify
    from thalweg.io.answers import read_answer
    from thalweg.io.programs import read
    from thalweg.result import Claim, Solution

    problem = read(file)
    claimed = read_answer(answer, problem)
    began = time.perf_counter()
    certificate = certify(problem, tol=tol, **claimed)
    seconds = time.perf_counter() - began
    values = {name: claimed[name] for name in problem.answer if name in claimed}
    solution = Solution(problem, Claim(values, by=answer), certificate, seconds=seconds)
    remarks = [("file", file), ("answer", answer)]
    Output(as_json).deliver(solution, file, remarks, dict(remarks))
