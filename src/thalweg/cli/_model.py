"""From a table and the wishes of the command line to a fit."""

from __future__ import annotations

import math
import warnings
from typing import Any

from thalweg.cli._values import LOSSES as PARAMETERS
from thalweg.cli._wishes import Choices, Wishes
from thalweg.errors import InputError, ProblemError
from thalweg.io.columns import logarithm, quoted
from thalweg.io.tables import Table
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.terms.losses import LOSSES, Loss
from thalweg.terms.row_text import rows_of

ALPHA = {"huber": 1e-4, "squared": 0.0, "squared-hinge": 0.0}  # of the estimators; of other losses 1
MOST_CLASSES = 20  # texts that are taken for labels without being asked
LOG_LINK = ("poisson", "gamma", "tweedie", "negative-binomial")


def model(table: Table, wishes: Wishes, file: str) -> tuple[Fit | MultinomialFit, Choices]:
    """Build the fit: weighted mean loss + alpha (l1_ratio |b|_1 + (1 - l1_ratio) |b|^2 / 2)."""
    asked, why = _loss(table.target, wishes.loss, file)
    loss, parameter = _with_parameter(asked)
    y, classes = (
        _labels(table.target, file) if loss.name == "logistic" else (_numbers(table.target, file, loss.name), None)
    )
    weights, total = _weights(table, file)
    l1_ratio = wishes.l1_ratio if wishes.l1_ratio is not None else float(loss.name == "quantile")
    alpha, alpha_why = _alpha(wishes, loss.name, total)
    _warn_of_constants(table.features, not wishes.no_intercept, file)
    lower, upper = wishes.limits()
    shared: dict[str, Any] = {"l1": alpha * l1_ratio, "l2": alpha * (1.0 - l1_ratio), "weights": weights}
    shared |= {"lower": lower or None, "upper": upper or None, "intercept": not wishes.no_intercept}
    offset = _offset(table, wishes, loss.name, file)
    if classes is None or len(classes) == 2:
        rows = rows_of(wishes.constraint, list(table.features.columns))._asdict()
        problem = Fit(table.features, y, loss=loss, offset=offset, **shared, **rows)
    else:
        problem = _of_classes(table, y, classes, wishes, shared)
    return problem, Choices(loss.name, parameter, why, alpha, alpha_why, l1_ratio, classes)


def _of_classes(
    table: Table, y: Any, classes: tuple[Any, ...], wishes: Wishes, shared: dict[str, Any]
) -> MultinomialFit:
    """Build the fit of more than two classes."""
    from thalweg.learn.class_constraints import rows_of_classes

    if wishes.beside is not None:
        raise InputError(
            f"column {quoted(wishes.beside)} would be added to the scores of all {len(classes)} classes, which changes "
            "no probability. Leave --offset and --exposure out."
        )
    names, labels = [str(name) for name in table.features.columns], [str(label) for label in classes]
    rows = rows_of_classes(list(wishes.constraint), len(names), names, labels)
    return MultinomialFit(table.features, y, **shared, class_names=labels, **rows)


def _with_parameter(asked: str) -> tuple[Loss, float | None]:
    """Loss, with the number behind the equals sign or its default; None if it takes none."""
    name, equals, number = asked.partition("=")
    parameter, kind = PARAMETERS[name], LOSSES[name]
    if parameter is None:
        return kind(), None
    loss = kind(**{parameter: float(number)} if equals else {})
    return loss, float(getattr(loss, parameter))


def _alpha(wishes: Wishes, loss: str, total: float) -> tuple[float, str]:
    """Penalty, and why."""
    if wishes.alpha is not None:
        return wishes.alpha, "as asked"
    if loss == "logistic":
        return 1.0 / total, "default: 1 / sum of weights"
    alpha = ALPHA.get(loss, 1.0)
    if alpha > 0:
        return alpha, f"default of the {loss} loss; --alpha 0 for none"
    if wishes.l1_ratio:
        message = (
            f"--l1-ratio {wishes.l1_ratio:g} has no effect: alpha is 0, so nothing is penalised. Pass --alpha too."
        )
        warnings.warn(message, stacklevel=2)
    return 0.0, "default"


def _offset(table: Table, wishes: Wishes, loss: str, file: str) -> Any:
    """Known part of the predictor."""
    if wishes.exposure is None:
        return table.offset
    if loss not in LOG_LINK:
        raise InputError(
            f"--exposure is for losses with a logarithmic link ({', '.join(LOG_LINK)}), not for {loss}. "
            "--offset adds a column to the score as it is."
        )
    return logarithm(table.offset, file)


def _weights(table: Table, file: str) -> tuple[Any, float]:
    """Weights that sum to 1, and their sum before."""
    if table.weights is None:
        rows = len(table.target)
        return [1.0 / rows] * rows, float(rows)
    total = float(table.weights.sum())
    if not (table.weights >= 0).all() or not 0 < total < math.inf:
        raise InputError(
            f"{file}: the weights in column {quoted(table.weights.name)} must be finite, >= 0, and not all 0."
        )
    return table.weights / total, total


def _loss(target: Any, asked: str | None, file: str) -> tuple[str, str]:
    """Loss, and why: the one asked for, or by the number of different target values."""
    if asked is not None:
        return asked, "as asked"
    values = target.nunique()
    if values == 2:
        return "logistic", f"chosen because {quoted(target.name)} has two values; --loss squared for the other"
    if not _is_numeric(target):
        if 2 < values <= MOST_CLASSES and 2 * values <= len(target):
            return "logistic", f"chosen because {quoted(target.name)} holds text with {values} different values"
        raise InputError(
            f"{file}: target column {quoted(target.name)} holds text with {values} different values, first "
            f"{target.iloc[0]!r:.80}. A squared loss needs numbers, a logistic loss labels, at most "
            f"{MOST_CLASSES} if not asked for: select rows or encode; --loss logistic takes as many as there are."
        )
    return "squared", f"chosen because {quoted(target.name)} has {values} different values, not two"


def _labels(target: Any, file: str) -> tuple[Any, tuple[Any, ...] | None]:
    """Labels as 0, 1, ... in sorted order, with their names; shares between 0 and 1 stay as they are."""
    labels = sorted(target.unique().tolist())
    if len(labels) == 2:
        return (target == labels[1]).to_numpy(dtype=float), (labels[0], labels[1])
    if len(labels) == 1:
        rows = "1 row" if len(target) == 1 else f"{len(target)} rows"
        raise ProblemError(
            f"{file}: target column {quoted(target.name)} has one class only ({labels[0]!r:.80}, {rows}); "
            "logistic regression needs two. Check the filter that produced it, or fit on more data."
        )
    if _is_numeric(target) and labels[0] >= 0 and labels[-1] <= 1:
        return target.to_numpy(dtype=float), None
    measured = _is_numeric(target) and (2 * len(labels) > len(target) or (target % 1 != 0).any())
    if measured:
        raise InputError(
            f"{file}: target column {quoted(target.name)} has {len(labels)} different values, {labels[0]!r:.80} to "
            f"{labels[-1]!r:.80}; the logistic loss needs labels, or shares between 0 and 1. "
            "Use --loss squared, or select classes."
        )
    places = {label: k for k, label in enumerate(labels)}
    return target.map(places).to_numpy(dtype=float), tuple(labels)


def _numbers(target: Any, file: str, loss: str) -> Any:
    if not _is_numeric(target):
        raise InputError(
            f"{file}: target column {quoted(target.name)} holds text, first {target.iloc[0]!r:.80}; the {loss} loss "
            "needs numbers. Use --loss logistic for labels, or encode it first."
        )
    return target.to_numpy(dtype=float)


def _is_numeric(series: Any) -> bool:
    return series.dtype.kind in "biuf"


def _warn_of_constants(features: Any, intercept: bool, file: str) -> None:
    """Warn of columns that say nothing: constant ones beside an intercept, and zeros."""
    first_row = features.iloc[0]
    constant = (features == first_row).all()
    useless = [name for name in features.columns if constant[name] and (intercept or first_row[name] == 0)]
    if useless:
        first, value = useless[0], first_row[useless[0]]
        more = f" (and {len(useless) - 1} more)" if len(useless) > 1 else ""
        why = "it explains nothing that the intercept does not" if intercept else "it explains nothing"
        warnings.warn(
            f"{file}: column {quoted(first)} is constant ({value:g}){more}; {why}. --drop leaves it out.", stacklevel=2
        )
