"""``thalweg check``: judge anybody's answer to a program; no solver is run."""

from __future__ import annotations

import time

import click

from thalweg.cli._output import Output, common_options, gathered, tolerance_option


@click.command(short_help="Judge an answer from a file; runs no solver.")
@click.argument("file")
@click.argument("answer", metavar="ANSWER.json")
@tolerance_option
@common_options
@gathered(Output, "output")
def command(file: str, answer: str, tol: float | None, output: Output) -> None:
    """Judge an answer to the linear or quadratic program in FILE (MPS, QPS or LP; also .gz). No solver is run.

    ANSWER.json holds {"x": {name: value} or [...], "duals": ..., "ray": ..., "direction": ...}, each but one
    optional. Duals and rays belong to the rows; a dual is d(best objective)/d(limit). What `thalweg solve --json`
    prints will do; "-" reads it from stdin. Further keys are ignored.
    """
    from thalweg.evidence import certify
    from thalweg.io.answers import read_answer
    from thalweg.io.programs import read
    from thalweg.result import Claim, Solution

    problem = read(file)
    claimed = read_answer(answer, problem)
    began = time.perf_counter()
    certificate = certify(problem, tol=tol, **claimed)
    values = {name: claimed[name] for name in problem.answer if name in claimed}
    solution = Solution(problem, Claim(values, by=answer), certificate, seconds=time.perf_counter() - began)
    remarks = [("file", file), ("answer", "stdin" if answer == "-" else answer)]
    output.deliver(solution, file, remarks, dict(remarks))
