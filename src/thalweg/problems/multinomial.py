"""Penalised multinomial logistic regression: one vector of coefficients per class."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, cast

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import InputError, ProblemError
from thalweg.problems.class_limits import by_class, column_names
from thalweg.problems.class_margins import Margins
from thalweg.problems.fit import Fit, factors_of
from thalweg.problems.linear import check_flag, checked_changes
from thalweg.result import Array, Index, Mask
from thalweg.terms.class_design import ClassDesign
from thalweg.terms.constraints import Box, matrix_of
from thalweg.terms.design import Design
from thalweg.terms.losses.multinomial import Multinomial
from thalweg.terms.matrices import beside


@dataclass(frozen=True, eq=False)
class MultinomialFit:
    """Minimise sum_i w_i [log sum_k exp(eta_ik) - eta_iy] + sum_kj [ l1_j |b_kj| + l2_j b_kj^2 / 2 ], y the class of i.

    eta_k = X b_k + b0_k + offset_k. The coefficients b (K, p) satisfy lower <= b <= upper and rows on b.ravel(), class
    by class. The intercepts b0 (K,) are never penalised or limited. Adding one number to the intercepts of all classes
    changes nothing, nor does adding it to a feature's coefficients where they are neither penalised nor limited; of
    these the answer with sum 0 is returned.

    Parameters
    ----------
    X : (n, p) array, SciPy sparse matrix or data frame
        Column names of a data frame become feature names.
    y : (n,) array
        Class of each row: whole numbers 0, ..., K - 1.
    l1, l2 : number, (p,) array, or mapping by feature name
        Penalty factors >= 0, the same for every class; 0 leaves a coefficient unpenalised.
    weights : (n,) array, optional
        w_i >= 0. Default: 1.
    offset : (n, K) array, optional
        Default: 0.
    lower, upper : number, (p,) or (K, p) array, or mapping by name, optional
        Limits on the coefficients. A name is that of a feature, for every class, or ``"feature[class]"``.
    A, row_lower, row_upper : (m, K p) array and (m,) arrays, optional
        Linear rows on b.ravel().
    intercept : bool
        Whether b0 is fitted; otherwise b0 = 0.
    names, class_names, row_names : sequence of str, optional
        Labels of features, of classes (default "0", "1", ...; they also say how many there are), and of rows.

    Raises
    ------
    InputError, ProblemError
        NaN, wrong shapes, negative weights, a class without rows, lower > upper.

    Notes
    -----
    Logistic regression of two classes as a `Fit` has one vector b, which is b_1 - b_0 here.

    Examples
    --------
    >>> import thalweg as tw
    >>> problem = tw.MultinomialFit([[0.0], [1.0], [2.0], [3.0]], [0, 1, 2, 1], l2=0.1)
    >>> solution = tw.solve(problem)
    >>> solution.coef.shape, solution.intercept.shape, solution.certificate.verdict.name
    ((3, 1), (3,), 'PROVED')
    """

    X: Any
    y: Any
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
    names: Sequence[str] | None = field(default=None, kw_only=True)
    class_names: Sequence[str] | None = field(default=None, kw_only=True)
    row_names: Sequence[str] | None = field(default=None, kw_only=True)

    answer: ClassVar[tuple[str, ...]] = ("coef", "intercept")
    maximize: ClassVar[bool] = False

    def __post_init__(self) -> None:
        design = Design.of(self.X, self.names)
        p = design.shape[1]
        y, class_names = _classes(self.y, self.class_names, design.shape[0])
        K, columns = len(class_names), column_names(design.names, class_names, p)
        A = matrix_of(self.A, K * p)
        row_names = naming.names_of(self.row_names, "row_names", A.shape[0])
        rows = Box.of(self.row_lower, self.row_upper, A.shape[0], row_names, "row_")
        given = (self.lower, "lower", -np.inf), (self.upper, "upper", np.inf)
        lower, upper = (by_class(values, what, K, (design.names, columns, p), side) for values, what, side in given)
        box = Box.of(lower, upper, K * p, columns)
        checked = {"X": design, "y": y, "names": design.names, "class_names": class_names, "A": A}
        checked |= {"l1": factors_of(self.l1, "l1", p, design.names), "l2": factors_of(self.l2, "l2", p, design.names)}
        checked |= {"row_lower": rows.lower, "row_upper": rows.upper, "row_names": row_names}
        checked |= {"lower": box.lower.reshape(K, p), "upper": box.upper.reshape(K, p)}
        checked |= {"intercept": check_flag(self.intercept, "intercept")}
        checked |= {"offset": _offset(self.offset, (design.shape[0], K))}
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "weights", self._checked_weights(class_names))

    def _checked_weights(self, class_names: Sequence[str]) -> Array:
        """Check weights as a `Fit` does, and that each class has some."""
        weights = Fit(self.X, np.zeros(self.y.size), weights=self.weights).weights
        mass = np.bincount(self.y, weights, minlength=len(class_names))
        if (mass == 0).any():
            first = int(np.flatnonzero(mass == 0)[0])
            raise ProblemError(
                f'no row with a positive weight belongs to class "{class_names[first]}"; its probability would '
                "have to be 0. Drop the class, or check the weights."
            )
        return weights

    @property
    def shape(self) -> tuple[int, int]:
        """(samples, features)."""
        return self.X.shape

    @property
    def classes(self) -> int:
        """K."""
        return len(self._labels)

    @property
    def loss(self) -> Multinomial:
        """The loss of K predictors per sample."""
        return self.flat.loss

    @property
    def _labels(self) -> Sequence[str]:
        return cast(Sequence[str], self.class_names)

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """Names of b.ravel()."""
        return column_names(self.names, self._labels, self.shape[1])

    @cached_property
    def free(self) -> Mask:
        """Features whose coefficients may all be shifted by one number: not penalised, not limited, in no row."""
        limited = np.isfinite(self.lower).any(axis=0) | np.isfinite(self.upper).any(axis=0)
        used = np.asarray(abs(self.A).sum(axis=0)).reshape(self.classes, -1).any(axis=0)
        return (self.l1 + self.l2 == 0) & ~limited & ~used

    @cached_property
    def flat(self) -> Fit:
        """The same problem as a fit of K n predictors, in columns that nothing shifts (see ``ClassDesign``)."""
        return self._flattened(self.free, self.classes - 1 if self.intercept else 0)

    @cached_property
    def listed(self) -> Fit:
        """As ``flat``, but with a column for every coefficient and intercept: what tables and pictures show."""
        return self._flattened(np.zeros(self.shape[1], dtype=bool), self.classes if self.intercept else 0)

    def _flattened(self, free: Mask, intercepts: int) -> Fit:
        K = self.classes
        names = (*self.column_names, *(f"intercept[{name}]" for name in self._labels))
        design = ClassDesign(self.X, K, intercepts, free, names)
        kept, ones = design.kept.ravel(), design.intercepts
        return Fit(
            design,
            (self.y == np.arange(K)[:, None]).astype(float).ravel(),
            Multinomial(K),
            l1=np.append(np.tile(self.l1, K)[kept], np.zeros(ones)),
            l2=np.append(np.tile(self.l2, K)[kept], np.zeros(ones)),
            weights=np.tile(self.weights, K),
            offset=self.offset.T.ravel(),
            lower=np.append(self.lower.ravel()[kept], np.full(ones, -np.inf)),
            upper=np.append(self.upper.ravel()[kept], np.full(ones, np.inf)),
            A=_padded(self.A[:, np.flatnonzero(kept)], ones) if self.A.shape[0] else None,
            row_lower=self.row_lower if self.A.shape[0] else None,
            row_upper=self.row_upper if self.A.shape[0] else None,
            row_names=self.row_names if self.A.shape[0] else None,
            intercept=False,
        )

    @property
    def box(self) -> Box:
        """Limits of the K p coefficients."""
        return Box(self.lower.ravel(), self.upper.ravel())

    @cached_property
    def margins(self) -> Margins:
        """What every direction does to the differences between the predictor of a sample's class and the others."""
        return Margins(self.flat, self.y)

    def columns_of(self, coef: Array, intercept: Array) -> Array:
        """Coefficients (K, p) and intercepts (K,) as columns of `flat`, with the same probabilities."""
        shifted = np.where(self.free, coef - coef[-1], coef)
        return self.flat.X.gathered(shifted, intercept - intercept[-1])

    def values_of(self, columns: Array) -> tuple[Array, Array]:
        """Coefficients (K, p) and intercepts (K,) of columns of `flat`; what may be shifted has sum 0."""
        coef, intercept = self.flat.X.spread(columns)
        return coef - np.where(self.free, coef.mean(axis=0), 0.0), intercept - intercept.mean()

    @property
    def demands(self) -> frozenset[str]:
        """What a solver must respect."""
        found = {name for name in self.flat.demands if name != "sparse"}
        return frozenset(found | {"sparse"} if self.X.sparse else found)

    def eta(self, coef: Array, intercept: Array) -> Array:
        """Return the linear predictors (n, K)."""
        return np.asarray(self.X.X @ coef.T) + intercept + self.offset

    def objective(self, values: Mapping[str, Any]) -> float:
        """Weighted loss plus penalty."""
        coef = np.reshape(np.asarray(values["coef"], dtype=float), (self.classes, -1))
        intercept = np.broadcast_to(np.asarray(values.get("intercept", 0.0), dtype=float), (self.classes,))
        columns = self.columns_of(coef, intercept)
        return self.flat.objective({"coef": columns})

    def start(self) -> dict[str, Any]:
        """Coefficients nearest to 0 within their limits, intercepts 0."""
        coef = np.clip(np.zeros(self.lower.shape), self.lower, self.upper)
        return {"coef": coef, "intercept": np.zeros(self.classes)}

    def replace(self, **changes: Any) -> MultinomialFit:
        """Return a copy with some fields changed; X is wrapped and checked only once."""
        return dataclasses.replace(self, **checked_changes(self, changes))


def _classes(values: Any, class_names: Any, rows: int) -> tuple[Index, tuple[str, ...]]:
    """Check the classes of the rows, and name them."""
    y = inputs.vector(values, "y", size=None)
    if y.size != rows:
        raise InputError(f"y has {y.size} entries, but X has {rows} rows, one per entry.")
    wrong = np.flatnonzero((y != np.floor(y)) | (y < 0))
    if wrong.size:
        first = int(wrong[0])
        raise InputError(
            f"y[{first}] is {y[first]:g}; classes are whole numbers 0, 1, ..., K - 1. Recode them, e.g. by "
            "numpy.unique(y, return_inverse=True), or use tw.LogisticRegression, which takes any labels."
        )
    K = int(y.max()) + 1 if class_names is None else len(class_names)
    if y.max() >= K:
        raise InputError(f"y holds class {y.max():g}, but class_names has {K} entries.")
    if K < 2:
        raise ProblemError(f"y has one class only ({y.size} rows); logistic regression needs two. Fit on more data.")
    if max(rows, 2) < K:
        raise ProblemError(
            f"y speaks of {K} classes, more than there are rows ({rows}). Recode it as 0, 1, ..., K - 1."
        )
    names = naming.names_of(map(str, range(K)) if class_names is None else class_names, "class_names", K)
    return y.astype(int), cast(tuple[str, ...], names)


def _offset(values: Any, shape: tuple[int, int]) -> Array:
    """Check an offset per row and class."""
    if values is None:
        return np.zeros(shape)
    return np.asarray(inputs.matrix(values, "offset", columns=shape[1], rows=shape[0]))


def _padded(A: Any, columns: int) -> Any:
    """A with columns of zeros for the intercepts."""
    return beside([A, np.zeros((A.shape[0], columns))])
