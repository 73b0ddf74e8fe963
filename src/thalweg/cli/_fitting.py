"""From a table and options to a fit: which loss, how labels are coded, how limits are written."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.errors import InputError, ProblemError
from thalweg.io.tables import Table
from thalweg.problems.fit import Fit


@dataclass(frozen=True)
class Options:
    """What the command line says of the model; None where it says nothing."""

    loss: str | None
    alpha: float | None
    l1_ratio: float
    intercept: bool
    lower: dict[str, float]
    upper: dict[str, float]


@dataclass(frozen=True)
class Choices:
    """What was decided where the options were silent, for the report."""

    loss: str
    why: str
    alpha: float
    classes: tuple[str, str] | None


def model(table: Table, options: Options, file: str) -> tuple[Fit, Choices]:
    """Build the fit: weighted mean loss + alpha (l1_ratio |b|_1 + (1 - l1_ratio) |b|^2 / 2)."""
    loss, why = _loss(table.target, options.loss, file)
    y, classes = _coded(table.target, file) if loss == "logistic" else (_numeric(table.target, file), None)
    weights = np.ones(len(y)) if table.weights is None else table.weights.to_numpy(dtype=float)
    total = float(weights.sum())
    if not (weights >= 0).all() or not 0 < total < np.inf:
        raise InputError(f'{file}: the weights in column "{table.weights.name}" must be finite, >= 0, and not all 0.')
    alpha = options.alpha if options.alpha is not None else (1.0 / total if loss == "logistic" else 0.0)
    _warn_of_constants(table.features, options.intercept, file)
    problem = Fit(
        table.features,
        y,
        loss=loss,
        l1=alpha * options.l1_ratio,
        l2=alpha * (1.0 - options.l1_ratio),
        weights=weights / total,
        lower=options.lower or None,
        upper=options.upper or None,
        intercept=options.intercept,
    )
    return problem, Choices(loss, why, alpha, classes)


def limits(lower: Iterable[str], upper: Iterable[str], nonnegative: Iterable[str]) -> list[dict[str, float]]:
    """Read NAME=VALUE pairs; ``nonnegative`` names are lower limits of 0."""
    found: list[dict[str, float]] = [{}, {}]
    pairs = [(0, "--lower", text) for text in lower] + [(1, "--upper", text) for text in upper]
    pairs += [(0, "--nonnegative", f"{name}=0") for name in nonnegative]
    for side, option, text in pairs:
        name, equals, value = text.rpartition("=")
        try:
            number = float(value)
        except ValueError:
            equals = ""
        if not equals or not name:
            raise InputError(f'{option} "{text}" is not NAME=VALUE with a number, e.g. {option} age=0.')
        if name in found[side]:
            raise InputError(f'"{name}" has two {("lower", "upper")[side]} limits. Which one is meant?')
        found[side][name] = number
    return found


def _loss(target: Any, asked: str | None, file: str) -> tuple[str, str]:
    """Loss, and why; the one asked for, or by the number of different target values."""
    if asked is not None:
        return asked, "as asked"
    values = target.nunique()
    if values == 2:
        return "logistic", f'"{target.name}" has two values; --loss squared for the other'
    if target.dtype.kind not in "biuf":
        raise InputError(
            f'{file}: target column "{target.name}" holds text with {values} different values, first '
            f"{target.iloc[0]!r}. Two labels make a logistic fit, numbers a squared one: select rows or encode it."
        )
    return "squared", f'"{target.name}" has {values} different values; --loss logistic needs two'


def _coded(target: Any, file: str) -> tuple[Any, tuple[str, str] | None]:
    """Labels as 0 and 1 in sorted order, with their names; shares between 0 and 1 stay as they are."""
    labels = sorted(target.unique().tolist())
    if len(labels) == 2:
        return (target == labels[1]).to_numpy(dtype=float), (str(labels[0]), str(labels[1]))
    if len(labels) == 1:
        raise ProblemError(
            f'{file}: target column "{target.name}" has one class only ({labels[0]!r}, {len(target)} rows); '
            "logistic regression needs two. Check the filter that produced it, or fit on more data."
        )
    if target.dtype.kind in "iuf" and 0 <= labels[0] and labels[-1] <= 1:
        return target.to_numpy(dtype=float), None
    raise InputError(
        f'{file}: target column "{target.name}" has {len(labels)} different values, {labels[0]!r} to {labels[-1]!r}; '
        "the logistic loss needs two labels, or shares between 0 and 1. Use --loss squared, or select two classes."
    )


def _numeric(target: Any, file: str) -> Any:
    if target.dtype.kind not in "biuf":
        raise InputError(
            f'{file}: target column "{target.name}" holds text, first {target.iloc[0]!r}; the squared loss needs '
            "numbers. Use --loss logistic for two labels, or encode it first."
        )
    return target.to_numpy(dtype=float)


def _warn_of_constants(features: Any, intercept: bool, file: str) -> None:
    """A constant column says nothing that the intercept does not say."""
    values = features.to_numpy(dtype=float)
    constant = np.flatnonzero((values == values[0]).all(axis=0))
    useless = [j for j in constant.tolist() if intercept or values[0, j] == 0]
    if useless:
        first = features.columns[useless[0]]
        more = f" (and {len(useless) - 1} more)" if len(useless) > 1 else ""
        warnings.warn(
            f'{file}: column "{first}" is constant ({values[0, useless[0]]:g}){more}; its coefficient means nothing '
            "beside the intercept. Drop it.",
            stacklevel=2,
        )
