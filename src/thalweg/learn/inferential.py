"""What estimators offer of statistical inference."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from thalweg import naming
from thalweg.errors import InputError, ProblemError
from thalweg.learn.inference import Asked, Inference, Test, infer, why_not
from thalweg.learn.summary import Summary
from thalweg.result import Array, Solution

INFERRED = ("covariance_", "standard_errors_", "inference_refusal_")
NESTED = 1e-7  # share of a column of the smaller model that the larger one may miss


class Inferential:
    """Standard errors and tests of unpenalised fits whose limits are not active."""

    solution_: Solution
    _total: float

    def inference(
        self,
        covariance: str | None = None,
        *,
        groups: Any = None,
        weights: str = "frequency",
        dispersion: float | None = None,
        hold_active: bool = False,
    ) -> Inference:
        """Return the estimates with their covariance, for standard errors, intervals and Wald tests.

        Parameters
        ----------
        covariance : str, optional
            "classical" (expected information times dispersion, the default where the loss is a likelihood), "HC0" to
            "HC3" (sandwich; "HC1" is the default of Huber's loss), or "clustered".
        groups : (n,) array, optional
            Labels within which rows may depend on each other; for "clustered". Student's t then has as many degrees of
            freedom as there are groups, less one.
        weights : str
            "frequency": a weight of 2 stands for two equal rows, and rows count by their weights (as scikit-learn and
            glm's ``freq_weights`` have it). "variance": a row of weight 2 has half the variance, and rows are counted.
        dispersion : float, optional
            Known phi. Default: 1 for counts and classes; Pearson's chi-squared over its degrees of freedom for numbers
            and amounts, and then Student's t in place of the normal distribution.
        hold_active : bool
            Take limits that the answer touches for equalities: what follows is conditional on them.

        Returns
        -------
        Inference

        Raises
        ------
        ProblemError
            There are none: see `inference_refusal_`.
        InputError
            An option that is none.

        Examples
        --------
        >>> import thalweg as tw
        >>> model = tw.LinearRegression().fit([[0.0], [1.0], [2.0], [3.0]], [1.0, 2.0, 2.0, 4.0])
        >>> model.inference("HC3").standard_errors.round(3)
        array([0.386, 0.425])
        """
        refusal = self._refusal(hold_active)
        if refusal is not None:
            raise ProblemError(f"{type(self).__name__} has no standard errors: {refusal}.")
        asked = Asked(covariance, groups, weights, dispersion, hold_active)
        return infer(self.solution_.problem, self.solution_, self._total, asked)

    @property
    def inference_refusal_(self) -> str | None:
        """Why there are no standard errors, or None if there are: penalties, active limits, no proof, no data."""
        return self._refusal(hold_active=False)

    def _refusal(self, hold_active: bool) -> str | None:
        check_is_fitted(self, "coef_")
        if "_proof" in vars(self):
            return "the model was loaded from a file, which does not hold its data. Fit again"
        return why_not(self.solution_.problem, self.solution_, hold_active)

    @property
    def covariance_(self) -> Array:
        """Classical covariance of intercept and coefficients (of Huber's loss HC1), the intercept first."""
        return self._inferred("covariance_").covariance

    @property
    def standard_errors_(self) -> Array:
        """Roots of the diagonal of `covariance_`."""
        return self._inferred("standard_errors_").standard_errors

    def _inferred(self, name: str) -> Inference:
        try:
            return self.inference()
        except ProblemError as error:  # so that hasattr() says False
            raise AttributeError(f"{type(self).__name__} has no {name}: {error}") from None

    def confidence_interval(self, level: float = 0.95, **options: Any) -> Array:
        """Return lower and upper ends for intercept and coefficients, shape (p + 1, 2); options as for `inference`.

        Examples
        --------
        >>> import thalweg as tw
        >>> model = tw.LinearRegression().fit([[0.0], [1.0], [2.0], [3.0]], [1.0, 2.0, 2.0, 4.0])
        >>> model.confidence_interval(0.9).round(3).tolist()
        [[-0.545, 2.345], [0.127, 1.673]]
        """
        return self.inference(**options).interval(level)

    def compare(self, smaller: Any, **options: Any) -> Test:
        """Likelihood-ratio test of a smaller model against this one, fitted on the same rows.

        The statistic is the difference of the deviances over phi, compared with chi-squared of as many degrees of
        freedom as parameters were left out; where phi is estimated (from this model), it is divided by that number and
        compared with F. For the squared loss that is the F test.

        Parameters
        ----------
        smaller : estimator
            Of the same kind and loss, with fewer features or more equality constraints.
        options
            ``weights`` and ``dispersion`` as for `inference`.

        Raises
        ------
        InputError, ProblemError
            The models were fitted on different rows, or are not nested, or have no inference.

        Examples
        --------
        >>> import thalweg as tw
        >>> X, y = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 1.0], [4.0, 0.0]], [1.0, 1.0, 3.0, 5.0, 4.0]
        >>> both, first = tw.LinearRegression().fit(X, y), tw.LinearRegression().fit([row[:1] for row in X], y)
        >>> round(both.compare(first).p_value, 4)
        0.0883
        """
        large, small = self.inference(**options), smaller.inference(**options)
        _check_nested(self.solution_.problem, smaller.solution_.problem)
        rows = large.rank - small.rank
        if rows <= 0:
            raise InputError(f"the models have {small.rank} and {large.rank} parameters; pass the one with fewer.")
        return large._against(max(small.deviance - large.deviance, 0.0) / large.dispersion, float(rows))

    def summary(self, level: float = 0.95, **options: Any) -> Summary:
        """Return a table of coefficients, standard errors, p-values and intervals; options as for `inference`.

        ``str()`` is text, ``.html()`` a table for a page, ``.table()`` columns by name.
        """
        found, certificate = self.inference(**options), self.solution_.certificate
        found.interval(level)  # an impossible level is refused here
        loss = self.solution_.problem.loss.name
        return Summary(type(self).__name__, loss, certificate.verdict.name, certificate.gap, found, level)


def _check_nested(large: Any, small: Any) -> None:
    """Refuse models of other rows, and a smaller one that says what the larger one cannot."""
    for name in ("y", "weights", "offset"):
        if not np.array_equal(getattr(large, name), getattr(small, name)):
            raise InputError(f"the models were fitted with different {name}; a comparison needs the same rows.")
    if repr(large.loss) != repr(small.loss):
        raise InputError(f"the models have different losses, {large.loss!r} and {small.loss!r}.")
    from scipy.linalg import lstsq

    ours, theirs = (_columns(problem) for problem in (large, small))
    rest = theirs - ours @ lstsq(ours, theirs, check_finite=False)[0]
    missed = np.linalg.norm(rest, axis=0) > NESTED * np.linalg.norm(theirs, axis=0)
    if missed.any():
        which = (
            "the intercept"
            if missed[0] and small.intercept
            else naming.label(small.names, int(missed.argmax()) - small.intercept)
        )
        raise InputError(f"the models are not nested: the larger one cannot say what {which} says in the smaller one.")


def _columns(problem: Any) -> Array:
    """[1, X] as a dense array."""
    X = problem.X.columns(np.arange(problem.shape[1]))
    return np.column_stack([np.ones(X.shape[0]), X]) if problem.intercept else X
