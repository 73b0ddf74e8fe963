"""``thalweg explain``: why an answer is as it is, of a program or a saved file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from thalweg.cli._answers import answer_of
from thalweg.cli._help import LOOK, Page, manual
from thalweg.cli._output import Output, Search, common_options, gathered, report_options, tolerance_option
from thalweg.cli._values import PROGRAMS, File, Finite

if TYPE_CHECKING:  # NumPy comes with these, and --help does without
    from thalweg.reporting.tables import Table
    from thalweg.result import Solution, Trace

SECTION = LOOK
EXAMPLES = """
Solve a program and say how far its answer holds, or why it has none
$ thalweg explain examples/diet.mps
Read a saved answer again: what was asked, what is proved, and how it was found
$ thalweg solve examples/portfolio.lp --save portfolio.npz
$ thalweg explain portfolio.npz
The same as a page
$ thalweg explain portfolio.npz --report portfolio.html
Read a saved model: its coefficients, and what was proved when it was saved
$ thalweg fit examples/rents.csv --target rent --save rents.json
$ thalweg explain rents.json
"""


@click.command(cls=Page, short_help="Say why an answer is as it is, or why there is none.", epilog=manual(EXAMPLES))
@click.argument("file", type=File(*PROGRAMS, ".json"))
@click.option(
    "--time-limit", type=Finite(min=0, min_open=True), metavar="SECONDS", help="For solving; the rest comes on top."
)
@tolerance_option
@report_options
@common_options
@gathered(Output, "output")
def command(file: str, time_limit: float | None, tol: float | None, output: Output) -> None:
    """Say all that is to be said of FILE: what was asked, the answer, what is proved, and why it is so.

    A program (MPS, QPS or LP; also .gz) is solved. If no point satisfies all limits: which of them contradict each
    other, as few rows as possible, and the least violation that would do. If there is no best answer: the direction,
    by names. Else the prices of the limits and how far they hold, and between which costs the answer stays best;
    there are none where variables must be whole. If it is only the word of a solver that no whole numbers satisfy the
    limits: what is known without whole numbers, and the least violation.

    A saved answer (.npz) brings its problem along. It is judged again, as `thalweg check` does; what the file itself
    says of its quality counts for nothing. No solver is run. Behind that stands how the answer was found: who tried
    what, and the trace in short.

    A saved model (.json) has no data to judge it by: its coefficients are shown, and what was proved when it was
    saved, as something it says of itself. The exit code is 0 then.
    """
    output.check(file)
    from thalweg.io.kinds import Kind, kind_of

    if kind_of(file) is Kind.PROGRAM:
        _explain_program(file, Search("auto", tol, time_limit), output)
        return
    if time_limit is not None:
        raise click.UsageError("--time-limit is for programs (MPS, QPS, LP): of saved files nothing is solved.")
    if kind_of(file) in (Kind.MODEL, Kind.JSON):
        from thalweg.cli._model_text import show_model

        if output.report is not None:
            raise click.UsageError(
                "--report needs an answer (.npz): a model holds no data, so nothing is proved of it."
            )
        show_model(file, output.as_json)
        return
    from thalweg.cli._saved import judged_alone

    solution = judged_alone(file, tol)
    output.deliver(solution, file, {"file": file, **answer_of(solution)}, story=_story(solution))


def _explain_program(file: str, search: Search, output: Output) -> None:
    from thalweg.cli._explained import explained
    from thalweg.io.programs import read
    from thalweg.reporting.progress import Progress

    with Progress(f"reading {file}"):
        problem = read(file)
    solution = search.run(problem, f"solving {file}", [("file", file)])
    with Progress("explaining"):
        told = explained(solution)
    output.deliver(told.solution, file, {"file": file, **answer_of(told.solution), **told.json}, story=told.text)


def _story(solution: Solution) -> str:
    """Say who found the answer and how, as the file says."""
    from thalweg.reporting.tables import attempts
    from thalweg.reporting.text import facts_text, table_text
    from thalweg.visible import visible

    claim = solution.claim
    found = f"{claim.by} ({claim.stop.value})" if claim.stop.name != "GIVEN" else claim.by
    facts = [("found by", found), ("in", f"{solution.seconds:.3g} s"), ("who says", claim.message)]
    told = [(name, visible(text)) for name, text in facts if text not in ("", "nan s")]
    # what several tried, or one without success, stands above
    lone = attempts(solution) if len(solution.attempts) == 1 and solution.certificate.conclusive else None
    tables = [table for table in (lone, _trace(solution.trace)) if table is not None]
    return "\n\n".join([f"how it was found, as the file says\n{facts_text(told)}", *map(table_text, tables)])


def _trace(trace: Trace) -> Table | None:
    """Return the first record, the last, and a few between them."""
    from thalweg.reporting.tables import Table

    columns = trace.columns()
    if not columns:
        return None
    last = len(trace) - 1
    places = sorted({last * k // 5 for k in range(6)})
    rows = [tuple("-" if column[i] != column[i] else f"{column[i]:.6g}" for column in columns.values()) for i in places]
    note = f"{len(places)} of {len(trace)} records" if len(places) <= last else ""
    return Table("trace", tuple(columns), rows, note)
