"""How much the coefficients would differ in another sample: standard errors, intervals and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import InputError, ProblemError
from thalweg.learn import gate
from thalweg.learn.covariance import Root, Scores, root_of, sandwich
from thalweg.problems.fit import Fit
from thalweg.result import Array, Mask

KINDS = ("classical", "HC0", "HC1", "HC2", "HC3", "clustered")
DISPERSION = {  # of the losses that are likelihoods: fixed at 1, or estimated by Pearson's chi-squared
    "squared": None,
    "gamma": None,
    "tweedie": None,
    "logistic": 1.0,
    "poisson": 1.0,
    "negative-binomial": 1.0,
}
TOUCHING = 1e-9  # share of the terms of a limit within which it counts as met exactly


class Test(NamedTuple):
    """A test statistic, its degrees of freedom (of an F statistic two), and the probability of one as large."""

    statistic: float
    degrees_of_freedom: tuple[float, ...]
    p_value: float


class Asked(NamedTuple):
    """Which covariance is asked for."""

    covariance: str | None = None
    groups: Any = None
    weights: str = "frequency"
    dispersion: float | None = None
    hold_active: bool = False


@dataclass(frozen=True, eq=False)
class Inference:
    """Estimates of a fit with their covariance; the intercept comes first.

    Attributes
    ----------
    names : tuple of str
        "(intercept)", if there is one, and the features.
    estimates : (k,) array
    covariance : (k, k) array
        NaN for what the data do not determine; 0 for what is held at a limit.
    kind : str
        "classical", "HC0" to "HC3", or "clustered".
    dispersion : float
        phi; 1 for sandwiches.
    size : float
        Number of rows that the weights stand for.
    rank : int
        Number of parameters that the data determine.
    normal : bool
        Whether statistics are compared with a normal distribution (phi is known), or with Student's t.
    held : tuple of str
        Limits that were taken for equalities.
    deviance : float
        Twice the weighted loss.

    Examples
    --------
    >>> import thalweg as tw
    >>> model = tw.LinearRegression().fit([[0.0], [1.0], [2.0], [3.0]], [1.0, 2.0, 2.0, 4.0])
    >>> found = model.inference()
    >>> found.standard_errors.round(4), found.interval(0.95).round(3).tolist()
    (array([0.495 , 0.2646]), [[-1.23, 3.03], [-0.238, 2.038]])
    """

    names: tuple[str, ...]
    estimates: Array
    covariance: Array
    kind: str
    dispersion: float
    size: float
    rank: int
    normal: bool
    held: tuple[str, ...]
    deviance: float
    clusters: int = 0

    @property
    def _spare(self) -> float:
        """Degrees of freedom of t and F: rows less parameters, or groups less one where groups are what varies."""
        return self.clusters - 1.0 if self.clusters else self.residual_degrees_of_freedom

    @property
    def residual_degrees_of_freedom(self) -> float:
        """Rows less parameters."""
        return self.size - self.rank

    @property
    def standard_errors(self) -> Array:
        """Roots of the variances."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def statistics(self) -> Array:
        """Estimates over standard errors: z, or t where the dispersion is estimated; NaN for what is held."""
        error = self.standard_errors
        return np.divide(self.estimates, error, out=np.full_like(error, np.nan), where=error > 0)

    @property
    def p_values(self) -> Array:
        """Probability of a statistic as far from 0, were the coefficient 0."""
        return 2 * self._law.sf(np.abs(self.statistics))

    def interval(self, level: float = 0.95) -> Array:
        """Return lower and upper ends (k, 2): estimate -+ quantile times standard error."""
        checked = gate.number(level, "level", 0.0, 1.0)
        if not 0 < checked < 1:
            raise InputError(f"level is {checked:g}; pass a probability such as 0.95.")
        half = float(self._law.ppf(0.5 + checked / 2)) * self.standard_errors
        return np.column_stack([self.estimates - half, self.estimates + half])

    def wald(self, R: Any, r: Any = 0.0) -> Test:
        """Test R b = r for all rows of R (q, k) at once: W = (R b - r)' (R C R')^-1 (R b - r).

        Compared with chi-squared of q degrees of freedom, or W / q with F where the dispersion is estimated.
        """
        matrix = np.atleast_2d(np.asarray(inputs.matrix(np.atleast_2d(R), "R", columns=self.estimates.size)))
        off = matrix @ self.estimates - inputs.vector(r, "r", size=matrix.shape[0])
        C, used = self.covariance, (matrix != 0).any(axis=0)
        middle = matrix[:, used] @ C[np.ix_(used, used)] @ matrix[:, used].T
        if not np.isfinite(middle).all() or np.linalg.matrix_rank(middle) < matrix.shape[0]:
            raise ProblemError(
                "the rows of R cannot be tested together: they depend on each other, or on coefficients that the data "
                "do not determine or that a limit holds."
            )
        return self._against(float(off @ np.linalg.solve(middle, off)), float(matrix.shape[0]))

    def _against(self, statistic: float, rows: float) -> Test:
        """Compare a sum of ``rows`` squares with its law."""
        from scipy import stats

        if self.normal:
            return Test(statistic, (rows,), float(stats.chi2.sf(statistic, rows)))
        rest = self._spare
        return Test(statistic / rows, (rows, rest), float(stats.f.sf(statistic / rows, rows, rest)))

    @property
    def _law(self) -> Any:
        from scipy import stats

        return stats.norm() if self.normal else stats.t(self._spare)


def why_not(problem: Any, solution: Any, hold_active: bool = False) -> str | None:
    """Say why coefficients have no standard errors; None if they have."""
    if not isinstance(problem, Fit):
        return "standard errors are offered for two classes; compare more of them in pairs"
    if not solution.ok:
        return "the coefficients are not proved to be the best, so that nothing is known of them"
    if problem.loss.kinked:
        return f"the {problem.loss.name} loss has kinks, so that its curvature says nothing; use a bootstrap"
    penalised = np.flatnonzero(problem.l1 + problem.l2 > 0)
    if penalised.size:
        first = naming.label(problem.names, penalised[0])
        return (
            f"coefficients are penalised, e.g. {first}: they are biased, and chosen by the same data, so that standard "
            "errors would mislead. Fit with alpha=0 on rows that were not used to choose, or use a bootstrap"
        )
    touched = _active(problem, np.asarray(solution.coef, dtype=float)).told
    if touched and not hold_active:
        more = f" and {len(touched) - 1} more" if len(touched) > 1 else ""
        return (
            f"the answer touches the limit of {touched[0]}{more}: there estimates are not normal, and no p-value is "
            "right. inference(hold_active=True) takes such limits for equalities; use a bootstrap for more"
        )
    return None


class _Active(NamedTuple):
    """Bounds and rows that hold as equalities, and the names of those among them that are inequalities."""

    columns: Mask
    rows: Mask
    told: tuple[str, ...]


def _active(problem: Fit, coef: Array) -> _Active:
    low, high = problem.lower, problem.upper
    touched = _touches(coef, 0.0 * coef, low) | _touches(coef, 0.0 * coef, high)
    activity, size = problem.A @ coef, abs(problem.A) @ np.abs(coef)
    rows = _touches(activity, size, problem.row_lower) | _touches(activity, size, problem.row_upper)
    told = [naming.label(problem.names, j) for j in np.flatnonzero(touched & (low != high))]
    inequal = problem.row_lower != problem.row_upper
    told += [naming.label(problem.row_names, i, "row") for i in np.flatnonzero(rows & inequal)]
    return _Active(touched, rows, tuple(told))


def infer(problem: Fit, solution: Any, total: float, asked: Asked) -> Inference:
    """Compute the covariance of the answer of an unpenalised fit.

    ``total`` is the sum of the weights as they were given; those of the problem may be a share of it.
    """
    kind = _kind(problem, asked)
    coef, intercept = np.asarray(solution.coef, dtype=float), float(solution.intercept)
    eta = problem.eta(coef, intercept)
    weights = problem.weights * (total / problem.weights.sum())
    size = float(total) if asked.weights == "frequency" else float((weights > 0).sum())
    likelihood = problem.loss.name in DISPERSION
    labels = problem.loss.mean(eta) if likelihood else problem.y  # expected information, or the observed one
    information = problem.loss.curvature(eta, labels)
    active = _active(problem, coef)
    root = root_of(problem, weights * information, _equalities(problem, active))
    if size <= root.rank:
        raise ProblemError(
            f"{size:g} rows are left for {root.rank} parameters. If the weights are not numbers of rows but sum to "
            'something else, pass weights="variance".'
        )
    slopes = problem.loss.slope(eta, problem.y)
    scores = Scores(slopes, weights, information, asked.weights == "frequency", size)
    phi = _dispersion(problem, asked, scores, root, kind)
    covariance = root.covariance(None if kind == "classical" else sandwich(problem, root, scores, kind, asked.groups))
    names = problem.names if problem.names is not None else [f"x{j}" for j in range(problem.shape[1])]
    first = ("(intercept)",) if problem.intercept else ()
    return Inference(
        (*first, *names),
        np.append(intercept, coef) if problem.intercept else coef,
        phi * covariance if kind == "classical" else covariance,
        kind,
        phi,
        size,
        root.rank,
        asked.dispersion is not None or DISPERSION.get(problem.loss.name, 1.0) is not None,
        active.told,
        2 * float(weights @ problem.loss.value(eta, problem.y)),
        0 if asked.groups is None else int(np.unique(np.asarray(asked.groups)[problem.weights > 0]).size),
    )


def _kind(problem: Fit, asked: Asked) -> str:
    gate.choice(asked.weights, "weights", ("frequency", "variance"))
    likelihood = problem.loss.name in DISPERSION
    kind = asked.covariance if asked.covariance is not None else "classical" if likelihood else "HC1"
    gate.choice(kind, "covariance", KINDS)
    if kind == "classical" and not likelihood:
        raise InputError(
            f"the {problem.loss.name} loss is no likelihood, so that there is no classical covariance; pass "
            'covariance="HC1", or another of the sandwiches.'
        )
    if (asked.groups is not None) != (kind == "clustered"):
        raise InputError('groups go with covariance="clustered", and the other way round.')
    if asked.groups is not None:
        _check_groups(asked.groups, problem)
    return kind


def _check_groups(groups: Any, problem: Fit) -> None:
    labels = np.asarray(groups)
    if labels.shape != problem.weights.shape:
        raise InputError(f"groups has shape {labels.shape}; expected one label per row, {problem.weights.shape}.")
    if np.unique(labels[problem.weights > 0]).size < 2:
        raise InputError("groups names one group only; clustered errors need two at least, and many to be good.")


def _dispersion(problem: Fit, asked: Asked, scores: Scores, root: Root, kind: str) -> float:
    """phi: as asked, 1, or Pearson's chi-squared over the degrees of freedom."""
    if asked.dispersion is not None:
        return gate.number(asked.dispersion, "dispersion", 0.0, np.inf)
    fixed = DISPERSION.get(problem.loss.name, 1.0)
    if fixed is not None:
        return fixed
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(scores.weights > 0, scores.weights * scores.slopes**2 / scores.information, 0.0)
    return float(pearson.sum()) / (scores.size - root.rank)


def _touches(value: Array, size: Array, end: Array) -> Mask:
    """Whether values whose terms have these sizes are at a finite end."""
    finite = np.isfinite(end)
    target = np.where(finite, end, 0.0)
    return finite & (np.abs(value - target) <= TOUCHING * (size + np.abs(target)))


def _equalities(problem: Fit, active: _Active) -> Array:
    """Rows on intercept and features that hold exactly."""
    A = np.asarray(problem.A.todense() if inputs.is_sparse(problem.A) else problem.A)
    rows = np.vstack([np.eye(problem.shape[1])[active.columns], A[active.rows]])
    return np.pad(rows, ((0, 0), (1, 0))) if problem.intercept else rows
