"""A multinomial fit in standard form: X centred and of size about 1, in columns that nothing shifts."""

from __future__ import annotations

import numpy as np

from thalweg.problems.class_margins import Margins
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array, Claim, Stop
from thalweg.solvers._standard import CONSTANT, Standard, column_norms
from thalweg.terms.class_design import ClassDesign
from thalweg.terms.design import Design
from thalweg.terms.rounding import power_of_two
from thalweg.watch import Watch

SPREAD = 0.5  # largest curvature of the loss along a column, per unit of weight


class ClassStandard(Standard):
    """What `Standard` is to a `Fit`: the columns are those of `MultinomialFit.flat`, and intercepts are among them."""

    def __init__(self, source: MultinomialFit, watch: Watch | None = None) -> None:
        self.source, self.problem = source, source.flat
        self.check = (Watch() if watch is None else watch).check
        flat, K = source.flat, source.classes
        used = source.weights > 0
        X = source.X.X if used.all() else source.X.X[used]
        w = source.weights[used]
        self.loss, self.intercept = flat.loss, False
        self.w, self.y = np.tile(w, K), flat.y.reshape(K, -1)[:, used].ravel()
        self.offset = flat.offset.reshape(K, -1)[:, used].ravel()
        centred = source.intercept and not source.X.sparse
        self.mean = w @ X / w.sum() if centred else np.zeros(X.shape[1])
        Z = self._centred(X, self.mean) if centred else X
        size = column_norms(Z, w, source.X.sparse)
        if centred:
            idle = size <= CONSTANT * np.abs(self.mean) * np.sqrt(w.sum())
            Z[:, idle], size[idle] = 0.0, 0.0
        size = np.sqrt(SPREAD * size**2 + source.l2)
        column_scale = 1.0 / power_of_two(np.where(size > 0, size, 1.0))
        Z = Z.multiply(column_scale).tocsc() if source.X.sparse else Z * column_scale
        self.Z = ClassDesign(Design(Z), K, flat.X.intercepts, source.free)
        self.scale = np.append(column_scale, 1.0)[self.Z.feature]
        self.penalty = flat.penalty.scaled(self.scale)
        self.lower, self.upper = flat.lower / self.scale, flat.upper / self.scale
        self.shape, self.whole = self.Z.shape, False

    def start(self, claim: Claim | None) -> tuple[Array, float]:
        """Read a start; coefficients 0 where there is none."""
        values = claim.values if claim is not None else {}
        shape = self.source.lower.shape
        coef = np.asarray(values.get("coef", np.zeros(shape)), dtype=float)
        level = np.asarray(values.get("intercept", np.zeros(shape[0])), dtype=float)
        if (
            coef.shape != shape
            or level.shape != shape[:1]
            or not (np.isfinite(coef).all() and np.isfinite(level).all())
        ):
            coef, level = np.zeros(shape), np.zeros(shape[0])
        columns = self.source.columns_of(coef, level + coef @ self.mean)
        return np.clip(columns / self.scale, self.lower, self.upper), 0.0

    def settled(self, b: Array, b0: float) -> float:
        """Return the intercept outside the columns: there is none."""
        return b0

    def coefficients(self, b: Array, b0: float) -> tuple[Array, float]:
        """Columns of `MultinomialFit.flat` in the user's units, inside their limits."""
        columns = self.problem.box.project(b * self.scale)
        coef, level = self.problem.X.spread(columns)
        if self.source.intercept:
            level = level - coef @ self.mean
            columns = self.problem.X.gathered(coef, level - level[-1])
        return columns, 0.0

    def offer(self, watch: Watch, value: float, b: Array, b0: float) -> None:
        """Keep a point for the case of an interruption."""
        coef, intercept = self.source.values_of(self.coefficients(b, b0)[0])
        watch.offer(value, coef=coef, intercept=intercept)

    def claim(self, b: Array, b0: float, stop: Stop, by: str, message: str = "") -> Claim:
        """Claim an answer in the user's units."""
        return self.claim_of(*self.coefficients(b, b0), stop, by, message)

    def claim_of(self, coef: Array, intercept: float, stop: Stop, by: str, message: str = "") -> Claim:
        """Claim columns as coefficients and intercepts per class."""
        values = dict(zip(("coef", "intercept"), self.source.values_of(coef), strict=True))
        return Claim(values, {}, stop, by, message)

    @property
    def rows_that_run(self) -> Margins:
        """The margins between the class of each sample and the others."""
        return self.source.margins

    def running(self, eta: Array, better: Array) -> Array:
        """Those margins at some predictors; all improve upwards."""
        K = self.source.classes
        whole = np.zeros((K, self.source.weights.size))
        whole[:, self.source.weights > 0] = (eta - self.offset).reshape(K, -1)
        return self.source.margins.of(whole)

    def direction(self, d: Array, d0: float) -> dict[str, Array]:
        """Hints that show a direction without a minimiser, per class."""
        return dict(zip(("direction", "direction_intercept"), self.problem.X.spread(d), strict=True))


def standard_of(problem: Fit | MultinomialFit, watch: Watch | None = None) -> Standard:
    """Return the standard form of a problem."""
    return ClassStandard(problem, watch) if isinstance(problem, MultinomialFit) else Standard(problem, watch)


def width(problem: Fit | MultinomialFit) -> int:
    """Columns that a solver moves."""
    return problem.flat.shape[1] if isinstance(problem, MultinomialFit) else problem.shape[1]
