"""``thalweg solve``: a linear, quadratic or mixed-integer program from a file."""

from __future__ import annotations

import click

from thalweg.cli._answers import answer_of
from thalweg.cli._help import FIND, Page, manual
from thalweg.cli._output import Output, Search, solving_options
from thalweg.cli._values import PROGRAMS, File, Target

SECTION = FIND
EXAMPLES = """
Solve, and print what is proved
$ thalweg solve examples/portfolio.lp
Keep problem and answer in one file, and judge them another day
$ thalweg solve examples/diet.mps --save diet.npz
$ thalweg check diet.npz
Write an answer file, with a tighter gap
$ thalweg solve examples/diet.mps --tol 1e-9 --save answer.json
$ thalweg check examples/diet.mps answer.json --tol 1e-9
"""


@click.command(cls=Page, short_help="Solve a program (LP, QP, MIP) from a file.", epilog=manual(EXAMPLES))
@click.argument("file", type=File(*PROGRAMS))
@click.option(
    "--save",
    type=Target(".npz", ".json"),
    metavar="ANSWER.npz",
    help="Also save problem and answer; ANSWER.json saves the answer.",
)
@solving_options
def command(file: str, search: Search, output: Output) -> None:
    """Solve the linear, quadratic or mixed-integer program in FILE (MPS, QPS or LP; also .gz) and prove the answer.

    FILE may also be any problem that tw.save wrote (.npz). --save ANSWER.npz keeps problem and answer, and needs no
    other file to be judged; --save ANSWER.json keeps what --json prints, an answer file for `thalweg check FILE`.
    """
    output.check(file)
    from thalweg.cli._saved import read_problem
    from thalweg.reporting.progress import Progress

    with Progress(f"reading {file}"):
        problem = read_problem(file)
    solution = search.run(problem, f"solving {file}", [("file", file)])
    output.deliver(solution, file, {"file": file, **answer_of(solution)})
