"""``thalweg fit``: linear or logistic regression on a CSV file."""

from __future__ import annotations

import click

from thalweg.cli._output import Output, attempts, named, say, shared_options, solving_options


@click.command(short_help="Fit a linear or logistic regression to a CSV file.")
@click.argument("file", metavar="DATA.csv")
@click.option("--target", required=True, metavar="COLUMN", help="Column to be explained.")
@click.option("--loss", type=click.Choice(["squared", "logistic"]), help="[default: logistic if two target values].")
@click.option("--alpha", type=click.FloatRange(min=0), help="Penalty [default: squared 0, logistic 1 / sum of weights].")
@click.option("--l1-ratio", type=click.FloatRange(0, 1), default=0.0, help="Share of the L1 penalty: 0 ridge, 1 lasso.")
@click.option("--nonnegative", multiple=True, metavar="NAME", help="Coefficient >= 0; may be repeated.")
@click.option("--lower", multiple=True, metavar="NAME=VALUE", help="Lower limit of a coefficient; may be repeated.")
@click.option("--upper", multiple=True, metavar="NAME=VALUE", help="Upper limit of a coefficient; may be repeated.")
@click.option("--no-intercept", is_flag=True, help="Fit no intercept.")
@click.option("--weights", metavar="COLUMN", help="Column of row weights.")
@shared_options
@solving_options
def command(
    file: str,
    target: str,
    loss: str | None,
    alpha: float | None,
    l1_ratio: float,
    nonnegative: tuple[str, ...],
    lower: tuple[str, ...],
    upper: tuple[str, ...],
    no_intercept: bool,
    weights: str | None,
    tol: float | None,
    as_json: bool,
    time_limit: float | None,
    solver: str,
    report: str | None,
    overwrite: bool,
) -> None:
    """Fit a linear or logistic regression to DATA.csv and prove that no coefficients fit better.

    Minimises the weighted mean loss (squared: half the squared error) plus
    alpha * (l1_ratio * |b|_1 + (1 - l1_ratio) / 2 * |b|^2). The intercept is neither penalised nor limited.
    """
    output = Output(as_json, report, overwrite)
    output.check()
    from thalweg.cli import _fitting
    from thalweg.cli._progress import Progress
    from thalweg.front import solve
    from thalweg.io.tables import read_table

    low, high = _fitting.limits(lower, upper, nonnegative)
    options = _fitting.Options(loss, alpha, l1_ratio, not no_intercept, low, high)
    problem, choices = _fitting.model(read_table(file, target, weights), options, file)
    if loss is None:
        say(f"loss: {choices.loss} ({choices.why})")
    with Progress(f"fitting {file}") as progress:
        solution = solve(problem, solver, tol=tol, time_limit=time_limit, callback=progress)
    ...
