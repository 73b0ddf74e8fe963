"""``thalweg fit``: linear or logistic regression on a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from thalweg.cli._output import Output, Search, attempts, gathered, named, say, solving_options
from thalweg.cli._values import Finite, Limit
from thalweg.cli._wishes import Choices, Wishes

if TYPE_CHECKING:
    from thalweg.result import Solution


@click.command(short_help="Fit a linear or logistic regression to a CSV file.")
@click.argument("file", metavar="DATA.csv")
@click.option("--target", required=True, metavar="COLUMN", help="Column to be explained.")
@click.option("--loss", type=click.Choice(["squared", "logistic"]), help="[default: logistic if two target values]")
@click.option("--alpha", type=Finite(min=0), help="Penalty [default: squared 0, logistic 1/sum of weights].")
@click.option("--l1-ratio", type=Finite(0, 1), default=0.0, help="Share of the L1 penalty: 0 ridge, 1 lasso.")
@click.option("--nonnegative", multiple=True, metavar="NAME", help="Coefficient >= 0; may be repeated.")
@click.option("--lower", multiple=True, type=Limit(), help="Lower limit of a coefficient; may be repeated.")
@click.option("--upper", multiple=True, type=Limit(), help="Upper limit of a coefficient; may be repeated.")
@click.option("--no-intercept", is_flag=True, help="Fit no intercept.")
@click.option("--weights", metavar="COLUMN", help="Column of row weights.")
@click.option("--drop", multiple=True, metavar="COLUMN", help="Leave this column out; may be repeated.")
@solving_options
@gathered(Wishes, "wishes")
def command(file: str, wishes: Wishes, search: Search, output: Output) -> None:
    """Fit a linear or logistic regression to DATA.csv and prove that no coefficients fit better.

    Minimises the weighted mean loss (squared: half the squared error) plus
    alpha * (l1_ratio * |b|_1 + (1 - l1_ratio) / 2 * |b|^2). The intercept is neither penalised nor limited.
    """
    output.check(file)
    from thalweg.cli._model import model
    from thalweg.io.tables import read_table

    problem, choices = model(read_table(file, wishes.target, wishes.weights, wishes.drop), wishes, file)
    if wishes.loss is None:
        say(f"loss: {choices.loss} ({choices.why})")
    solution = search.run(problem, f"fitting {file}")
    remarks = [("file", file), *choices.remarks(wishes)]
    output.deliver(solution, f"{wishes.target} in {file}", remarks, _asked(file, wishes) | _answer(solution, choices))


def _asked(file: str, wishes: Wishes) -> dict[str, Any]:
    """What the command line says."""
    lower, upper = wishes.limits()
    return {
        "file": file,
        "target": wishes.target,
        "weights": wishes.weights,
        "dropped": list(wishes.drop),
        "l1_ratio": wishes.l1_ratio,
        "limits": {"lower": lower, "upper": upper},
    }


def _answer(solution: Solution, choices: Choices) -> dict[str, Any]:
    """Choices made, coefficients by name, attempts."""
    problem, values, facts = solution.problem, solution.claim.values, solution.certificate.facts
    rows, features = problem.shape
    return {
        "loss": choices.loss,
        "loss_chosen": choices.why,
        "alpha": choices.alpha,
        "classes": choices.classes,
        "rows": rows,
        "features": features,
        "coef": named(problem.names, values.get("coef")),
        "intercept": float(values["intercept"]) if "intercept" in values else None,
        "direction": named(problem.names, facts.get("direction")),
        "direction_intercept": float(facts["direction_intercept"]) if "direction_intercept" in facts else None,
        "stop": solution.stop.value,
        "attempts": attempts(solution),
    }
