"""``thalweg check``: judge anybody's answer; no solver is run."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from thalweg.cli._help import LOOK, Page, manual
from thalweg.cli._output import Output, common_options, gathered, report_options, tolerance_option
from thalweg.cli._values import PROGRAMS, File

if TYPE_CHECKING:
    from thalweg.result import Solution

SECTION = LOOK
EXAMPLES = """
Judge what somebody claims about a program
$ thalweg check examples/diet.mps examples/answer.json
Judge a saved answer from its own file
$ thalweg solve examples/diet.mps --save diet.npz
$ thalweg check diet.npz
Pipe an answer in
$ thalweg solve examples/diet.mps --json | thalweg check examples/diet.mps -
"""


@click.command(cls=Page, short_help="Judge an answer from a file; runs no solver.", epilog=manual(EXAMPLES))
@click.argument("file", type=File(*PROGRAMS))
@click.argument("answer", metavar="[ANSWER]", required=False, type=File(".json", ".npz", ".sol", dash=True))
@tolerance_option
@report_options
@common_options
@gathered(Output, "output")
def command(file: str, answer: str | None, tol: float | None, output: Output) -> None:
    """Judge an answer to the problem in FILE. No solver is run.

    FILE is a linear, quadratic or mixed-integer program (MPS, QPS or LP; also .gz), or what --save and tw.save wrote
    (.npz); that may hold the answer as well.

    ANSWER is a saved answer (.npz), or JSON: {"x": {name: value} or [...], "duals": ..., "ray": ...,
    "direction": ...}, each but one optional. Duals and rays belong to the rows; a dual is d(best objective)/d(limit).
    A mixed-integer program has "relaxation_duals" instead, of the same program without whole numbers; the bound that
    a solver reports is no evidence.
    What `thalweg solve --json` prints will do; "-" reads it from stdin. Further keys are ignored. A solution file of
    HiGHS (.sol; highs.writeSolution, styles 0 and 1) is read, too.

    The tolerance is --tol, or else the default; a file can bring along a stricter one, never a looser.
    """
    output.check(file, *([] if answer in (None, "-") else [answer]))
    from thalweg.cli._saved import judged_alone

    if answer is None:
        solution, details = judged_alone(file, tol), {"file": file}
    else:
        solution, details = _compared(file, answer, tol), {"file": file, "answer": "stdin" if answer == "-" else answer}
    output.deliver(solution, file, details)


def _compared(file: str, answer: str, tol: float | None) -> Solution:
    """Judge the answer of one file to the problem of another."""
    from thalweg.cli._saved import read_problem
    from thalweg.evidence import answer_from, judged

    saved = answer_from(answer, read_problem(file))
    began = time.perf_counter()
    solution = judged(saved, answer, tol)
    remarks = (("file", file), ("answer", "stdin" if answer == "-" else answer))
    return replace(solution, seconds=time.perf_counter() - began, remarks=remarks)
