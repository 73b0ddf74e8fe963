"""Penalised linear models."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, cast

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import InputError, ProblemError
from thalweg.problems.labelled import check_order
from thalweg.problems.linear import check_flag, checked_changes
from thalweg.result import Array, Mask
from thalweg.terms.constraints import Box, matrix_of
from thalweg.terms.design import Design
from thalweg.terms.grouped import GroupedElasticNet, check_groups, groups_of
from thalweg.terms.losses import loss_of
from thalweg.terms.penalties import ElasticNet


@dataclass(frozen=True, eq=False)
class Fit:
    """Minimise sum_i w_i f(eta_i, y_i) + sum_j [ l1_j |b_j| + l2_j b_j^2 / 2 ] with eta = X b + b0 + offset.

    The coefficients b (p,) satisfy lower <= b <= upper and row_lower <= A b <= row_upper. f is a loss with infimum 0
    (squared: half the squared error). The intercept b0 is never penalised or limited. Weights are not rescaled: their
    sum sets the scale.

    With groups, sum_j l1_j |b_j| becomes the group lasso: the sum over groups of sqrt(size) l1 |b_group|_2.

    Parameters
    ----------
    X : (n, p) array, SciPy sparse matrix or data frame
        Column names of a data frame become feature names.
    y : (n,) array
        Targets; for the logistic loss labels 0 and 1 (or shares between).
    loss : str or Loss
        "squared", "logistic", "huber", "quantile", "poisson", "gamma", "tweedie", "negative-binomial", "squared-hinge",
        or an object: one of these with its parameter, as ``tw.Huber(delta=1.0)``, or one with the methods of
        `thalweg.terms.losses.Loss`.
    l1, l2 : number, (p,) array, or mapping by feature name
        Penalty factors >= 0; 0 leaves a coefficient unpenalised.
    weights : (n,) array, optional
        w_i >= 0. Default: 1.
    offset : (n,) array, optional
        Default: 0.
    lower, upper : number, (p,) array, or mapping by feature name, optional
        Limits on the coefficients. Default: none.
    A, row_lower, row_upper : (m, p) array and (m,) arrays, optional
        Linear rows on the coefficients.
    intercept : bool
        Whether b0 is fitted; otherwise b0 = 0.
    groups : (p,) array of labels, or mapping of group to feature names, optional
        Features that enter together. A group's features share l1 and l2, and have no limits of their own. Default: each
        is its own group.
    names, row_names : sequence of str, optional
        Labels of features and of the rows of A.

    Raises
    ------
    InputError, ProblemError
        NaN, wrong shapes, negative weights, labels outside the loss's domain, one class, lower > upper.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.Fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], loss="squared")
    >>> solution = tw.solve(problem)
    >>> solution.coef.round(9), round(float(solution.intercept), 9), solution.certificate.verdict.name
    (array([2.]), 1.0, 'PROVED')
    """

    X: Any
    y: Any
    loss: Any = "squared"
    l1: Any = 0.0
    l2: Any = 0.0
    weights: Any = field(default=None, kw_only=True)
    offset: Any = field(default=None, kw_only=True)
    lower: Any = field(default=None, kw_only=True)
    upper: Any = field(default=None, kw_only=True)
    A: Any = field(default=None, kw_only=True)
    row_lower: Any = field(default=None, kw_only=True)
    row_upper: Any = field(default=None, kw_only=True)
    intercept: bool = field(default=True, kw_only=True)
    groups: Any = field(default=None, kw_only=True)
    names: Sequence[str] | None = field(default=None, kw_only=True)
    row_names: Sequence[str] | None = field(default=None, kw_only=True)

    answer: ClassVar[tuple[str, ...]] = ("coef", "intercept")
    maximize: ClassVar[bool] = False

    def __post_init__(self) -> None:
        design = Design.of(self.X, self.names)
        n, p = design.shape
        loss = loss_of(self.loss)
        y = _targets(self.y, n, p)
        weights = _weights(self.weights, n)
        counted = weights > 0
        loss.check(np.where(counted, y, y[counted][0]))  # rows keep their numbers, for the messages
        check_order(inputs.column_names(self.A), design.names, "A")
        A = matrix_of(self.A, p)
        row_names = naming.names_of(self.row_names, "row_names", A.shape[0])
        rows = Box.of(self.row_lower, self.row_upper, A.shape[0], row_names, "row_")
        box = Box.of(self.lower, self.upper, p, design.names)
        checked: dict[str, Any] = {"X": design, "y": y, "loss": loss, "weights": weights, "A": A, "names": design.names}
        checked |= {"offset": inputs.vector(0.0 if self.offset is None else self.offset, "offset", size=n, of="rows")}
        checked |= {"l1": factors_of(self.l1, "l1", p, design.names), "l2": factors_of(self.l2, "l2", p, design.names)}
        checked |= {"row_lower": rows.lower, "row_upper": rows.upper, "row_names": row_names}
        checked |= {"lower": box.lower, "upper": box.upper, "intercept": check_flag(self.intercept, "intercept")}
        groups = groups_of(self.groups, p, design.names)
        check_groups(groups, {name: checked[name] for name in ("l1", "l2")}, box, design.names)
        checked["groups"] = groups
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def shape(self) -> tuple[int, int]:
        """(samples, features)."""
        return self.X.shape

    @cached_property
    def penalty(self) -> ElasticNet:
        """Penalty on the coefficients; columns without l1 are bound to no group."""
        if self.groups.max() + 1 == self.groups.size:
            return ElasticNet(self.l1, self.l2)
        alone = np.arange(self.shape[1]) + self.shape[1]
        groups = np.unique(np.where(self.l1 > 0, self.groups, alone), return_inverse=True)[1]
        if groups.max() + 1 == groups.size:
            return ElasticNet(self.l1, self.l2)
        return GroupedElasticNet(self.l1, self.l2, groups)

    @cached_property
    def box(self) -> Box:
        """Limits of the coefficients."""
        return Box(self.lower, self.upper)

    @cached_property
    def rows(self) -> Box:
        """Limits of the rows A b."""
        return Box(self.row_lower, self.row_upper)

    @property
    def demands(self) -> frozenset[str]:
        """What a solver must respect."""
        present = {
            "l1": bool((self.l1 > 0).any()),
            "box": self.box.limited,
            "rows": self.A.shape[0] > 0,
            "sparse": self.X.sparse,
            "kinks": self.loss.kinked,
            "groups": isinstance(self.penalty, GroupedElasticNet),
        }
        return frozenset(name for name, holds in present.items() if holds)

    def eta(self, coef: Array, intercept: float) -> Array:
        """Return the linear predictor X b + b0 + offset."""
        return (self.X.dot(coef) if coef.any() else 0.0) + (intercept + self.offset)

    def weighted(self, values: Array) -> Array:
        """w_i v_i; 0 where the weight is 0, whatever the value."""
        counts = self._counting
        return self.weights * (values if counts.all() else np.where(counts, values, 0.0))

    @cached_property
    def _counting(self) -> Mask:
        return cast(Array, self.weights) > 0

    def total(self, values: Array) -> float:
        """sum_i w_i v_i."""
        return float(self.weighted(values).sum())

    def value_at(self, eta: Array, coef: Array) -> float:
        """Objective of coefficients whose linear predictor is known."""
        return self.total(self.loss.value(eta, self.y)) + self.penalty.value(coef)

    def objective(self, values: Mapping[str, Any]) -> float:
        """Weighted loss plus penalty."""
        coef = np.asarray(values["coef"], dtype=float)
        return self.value_at(self.eta(coef, float(values.get("intercept", 0.0))), coef)

    def start(self) -> dict[str, Any]:
        """Coefficients nearest to 0 within their limits, intercept 0."""
        return {"coef": self.box.project(np.zeros(self.shape[1])), "intercept": 0.0}

    def replace(self, **changes: Any) -> Fit:
        """Return a copy with some fields changed; X is wrapped and checked only once."""
        return dataclasses.replace(self, **checked_changes(self, changes))


def _targets(values: Any, n: int, p: int) -> Array:
    y = inputs.vector(values, "y")
    if y.size != n:
        turned = " X looks transposed: pass X.T." if y.size == p > 1 else ""
        raise InputError(f"y has {y.size} entries, but X has shape {(n, p)}, one row per entry.{turned}")
    return y


def _weights(weights: Any, n: int) -> Array:
    if weights is None:
        return np.ones(n)
    checked = inputs.vector(weights, "weights", size=n, of="rows")
    if (checked < 0).any():
        first = int(np.flatnonzero(checked < 0)[0])
        raise InputError(
            f"weights has {int((checked < 0).sum())} negative values, first {checked[first]:g} at row {first}."
        )
    if not (checked > 0).any():
        raise ProblemError("all weights are zero; no row is left to fit.")
    return checked


def factors_of(values: Any, what: str, p: int, names: Sequence[str] | None, default: float = 0.0) -> Array:
    """Penalty factors by number, array or name; a mapping names those that differ from the default."""
    if isinstance(values, Mapping):
        factors, places = np.full(p, default), naming.places_of(names, p)
        for name, value in cast(Mapping[Any, Any], values).items():
            factors[naming.index_of(str(name), places, what)] = inputs.vector([value], f'{what}["{name}"]')[0]
    else:
        factors = inputs.vector(default if values is None else values, what, size=p, of="features")
    wrong = np.flatnonzero(~(factors >= 0))
    if wrong.size:
        first = int(wrong[0])
        raise InputError(
            f"{what} is {factors[first]:g} for {naming.label(names, first)}; penalty factors are finite and >= 0."
        )
    return factors
