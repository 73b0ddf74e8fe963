"""``thalweg fit``: linear, logistic or another regression on a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from thalweg.cli._answers import answer_of
from thalweg.cli._help import FIND, Page, manual
from thalweg.cli._output import Output, Search, gathered, layout_options, say, solving_options
from thalweg.cli._values import Column, File, Finite, Limit, LossName, Target
from thalweg.cli._wishes import Wishes
from thalweg.io import kinds

if TYPE_CHECKING:
    from thalweg.io.delimited import Layout

SECTION = FIND
EXAMPLES = """
Least squares; a target with two values means logistic regression instead
$ thalweg fit examples/rents.csv --target rent
Lasso with a limit and a constraint, a report, and a model to predict with
$ thalweg fit examples/rents.csv --target rent --alpha 2 --l1-ratio 1 \\
    --upper distance=0 --constraint "rooms >= 2*balcony" \\
    --report rents.html --save rents.json
$ thalweg predict rents.json examples/rents.csv --out predicted.csv
Counts of something during different times
$ thalweg fit examples/rents.csv --target rooms --loss poisson --alpha 0 \\
    --exposure size
Leave out a column, and keep table and answer to be judged another day
$ thalweg fit examples/rents.csv --target rent --drop floor --save rents.npz
$ thalweg check rents.npz
"""
METAVAR = "NAME=VALUE"


@click.command(cls=Page, short_help="Fit a regression to a table.", epilog=manual(EXAMPLES))
@click.argument("file", metavar="DATA", type=File(*kinds.TABLES))
@click.option("--target", required=True, type=Column(), help="Column to be explained.")
@click.option(
    "--loss",
    type=LossName(),
    metavar="NAME[=NUMBER]",
    help="squared, logistic, poisson, gamma, tweedie[=POWER], negative-binomial[=DISPERSION], huber[=DELTA], "
    "quantile[=TAU] or squared-hinge [default: logistic if the target has two values or holds up to 20 texts, else "
    "squared].",
)
@click.option("--alpha", type=Finite(min=0), help="Penalty [default: that of the estimator, which is said].")
@click.option(
    "--l1-ratio", type=Finite(0, 1), help="Share of the L1 penalty: 0 ridge, 1 lasso [default: 0; quantile 1]."
)
@click.option("--nonnegative", multiple=True, type=Column(), help="Coefficient >= 0; may be repeated.")
@click.option("--lower", multiple=True, type=Limit(), metavar=METAVAR, help="Lower limit; may be repeated.")
@click.option("--upper", multiple=True, type=Limit(), metavar=METAVAR, help="Upper limit; may be repeated.")
@click.option(
    "--constraint",
    multiple=True,
    metavar="TEXT",
    help='Linear relation between coefficients, such as "a >= 2*b + 1" or "a + b == 1"; names that are no words '
    "stand in backticks or double quotes; may be repeated.",
)
@click.option("--no-intercept", is_flag=True, help="Fit no intercept.")
@click.option("--weights", type=Column(), help="Column of row weights.")
@click.option("--offset", type=Column(), help="Column that is added to the score as it is.")
@click.option("--exposure", type=Column(), help="Column whose logarithm is added to the score: time, number of people.")
@click.option("--drop", multiple=True, type=Column(), help="Leave this column out; may be repeated.")
@click.option(
    "--save", type=Target(".json", ".npz"), metavar="MODEL.json", help="Also save the model; ANSWER.npz saves it all."
)
@layout_options
@solving_options
@gathered(Wishes, "wishes")
def command(file: str, wishes: Wishes, layout: Layout, search: Search, output: Output) -> None:
    """Fit a linear, logistic or other regression to DATA and prove that no coefficients fit better.

    DATA is a CSV file whose first line names the columns, or Parquet, or Arrow. Minimises the weighted mean loss (half
    the deviance; squared: half the squared error) plus alpha * (l1_ratio * |b|_1 + (1 - l1_ratio) / 2 * |b|^2). The
    intercept is neither penalised nor limited. Nothing is imputed or encoded: missing values and text are refused by
    name.

    --save MODEL.json keeps coefficients for `thalweg predict` and for tw.load; --save ANSWER.npz keeps the table and
    the answer for `thalweg check`.
    """
    output.check(file)
    from thalweg.cli._keeper import Keeper
    from thalweg.cli._model import model
    from thalweg.io.tables import read_table
    from thalweg.reporting.progress import Progress

    with Progress(f"reading {file}"):
        table = read_table(file, wishes.target, wishes.weights, wishes.drop, layout, offset=wishes.beside)
        problem, choices = model(table, wishes, file)
    if wishes.loss is None:
        say(f"loss: {choices.told} ({choices.why})")
    if wishes.alpha is None and choices.alpha > 0:
        say(f"alpha: {choices.alpha:.6g} ({choices.alpha_why})")
    remarks = [("file", file), *choices.remarks(wishes)]
    solution = search.run(problem, f"fitting {file}", remarks)
    answer = _asked(file, wishes) | answer_of(solution) | choices.as_json()
    output.deliver(solution, f"{wishes.target} in {file}", answer, Keeper(wishes, choices))


def _asked(file: str, wishes: Wishes) -> dict[str, Any]:
    """What the command line says."""
    lower, upper = wishes.limits()
    return {
        "file": file,
        "target": wishes.target,
        "weights": wishes.weights,
        "offset": wishes.offset,
        "exposure": wishes.exposure,
        "dropped": list(wishes.drop),
        "limits": {"lower": lower, "upper": upper},
        "constraints": list(wishes.constraint),
    }
