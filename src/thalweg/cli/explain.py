"""``thalweg explain``: all that a saved answer or model says."""

from __future__ import annotations

import click

from thalweg.cli._answers import answer_of
from thalweg.cli._help import LOOK, Page, manual
from thalweg.cli._output import Output, common_options, gathered, report_options, tolerance_option
from thalweg.cli._values import File

SECTION = LOOK
EXAMPLES = """
Read a saved answer again: what was asked, what is proved, and how it was found
$ thalweg solve examples/portfolio.lp --save portfolio.npz
$ thalweg explain portfolio.npz
The same as a page
$ thalweg explain portfolio.npz --report portfolio.html
Read a saved model: its coefficients, and what was proved when it was saved
$ thalweg fit examples/rents.csv --target rent --save rents.json
$ thalweg explain rents.json
"""


@click.command(cls=Page, short_help="Show all that a saved answer or model says.", epilog=manual(EXAMPLES))
@click.argument("file", type=File(".npz", ".json"))
@tolerance_option
@report_options
@common_options
@gathered(Output, "output")
def command(file: str, tol: float | None, output: Output) -> None:
    """Show all that FILE says: what was asked, the answer, what is proved, duals, attempts, and what is not proved.

    A saved answer (.npz) brings its problem along. It is judged again, by the default tolerance or --tol; what the
    file itself says of its quality counts for nothing. No solver is run.

    A saved model (.json) has no data to judge it by: its coefficients are shown, and what was proved when it was
    saved, as something it says of itself. The exit code is 0 then.
    """
    output.check(file)
    from thalweg.io.models import looks_like_a_model

    if looks_like_a_model(file):
        from thalweg.cli._model_text import show_model

        if output.report is not None:
            raise click.UsageError(
                "--report needs an answer (.npz): a model holds no data, so nothing is proved of it."
            )
        show_model(file, output.as_json)
        return
    from thalweg.cli._saved import judged

    solution = judged(file, tol)
    output.deliver(solution, file, {"file": file, **answer_of(solution)})
