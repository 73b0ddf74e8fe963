"""Logistic regression of two classes, or of more."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from thalweg.errors import InputError
from thalweg.learn import gate
from thalweg.learn.class_constraints import offset_of_classes, rows_of_classes
from thalweg.learn.classes import class_factors, classes_of, inverse_strength, refuse_empty_class
from thalweg.learn.estimator import PenalizedModel, Sample
from thalweg.problems.fit import Fit
from thalweg.problems.multinomial import MultinomialFit
from thalweg.result import Array
from thalweg.terms.losses.excess import sigmoid, softmax, softplus


@dataclass(eq=False, repr=False)
class LogisticRegression(ClassifierMixin, PenalizedModel):
    """Logistic regression of two or more classes with penalties and limits, and a certificate of its coefficients.

    Minimise over b and b0, with y_i in {0, 1} (1 for the second of the sorted classes) and eta_i = x_i'b + b0::

        sum_i w_i [log(1 + exp(eta_i)) - y_i eta_i] / sum_i w_i
          +  alpha sum_j f_j (l1_ratio |b_j| + (1 - l1_ratio) b_j^2 / 2)

    and of K > 2 classes over b (K, p) and b0 (K,), with eta_ik = x_i'b_k + b0_k::

        sum_i w_i [log sum_k exp(eta_ik) - eta_i,y_i] / sum_i w_i
          +  alpha sum_kj f_j (l1_ratio |b_kj| + (1 - l1_ratio) b_kj^2 / 2)

    subject to lower <= b <= upper and the constraints. The intercept b0 is neither penalised nor limited. Without
    parameters the coefficients are those of scikit-learn's ``LogisticRegression``: alpha = 1 / (C sum_i w_i), C = 1.

    Parameters
    ----------
    alpha : float, optional
        Strength of the penalty, >= 0. Default None: 1 / (C * sum of weights). 0 is maximum likelihood, which has no
        answer where a plane separates the classes; then the certificate says NO_MINIMISER.
    l1_ratio : float
        Share of the L1 penalty, 0 (ridge) to 1 (lasso).
    C : float, optional
        scikit-learn's inverse strength > 0, instead of alpha; infinite means alpha = 0. Default 1.
    class_weight : dict or "balanced", optional
        Factors on the weights by class, default 1; "balanced" gives all classes the same total weight.
    fit_intercept : bool
        Whether b0 is fitted; otherwise b0 = 0.
    lower, upper : number, (p,) array, or mapping by feature name, optional
        Limits on the coefficients, e.g. ``lower={"age": 0}``; features of unnamed arrays are "x0", "x1", ... Of more
        than two classes ``"age"`` means the coefficients of all, ``"age[adult]"`` that of class "adult"; a (K, p) array
        is taken as it stands. The same holds for constraints.
    constraints : str, (A, lower, upper), scipy.optimize.LinearConstraint, or a list of such, optional
        Linear rows on the coefficients by feature name, with <=, >= and ==, such as ``"income >= 2*debt + 1"`` or
        ``"0 <= a + b <= 1"``. A name that is no identifier stands in backticks: ``"`mean age` >= 0"``. `monotone`,
        `nonnegative`, `nonpositive` and `sum_to` write common ones. Duals, in the same order, are
        ``solution_.duals``: d(best objective) / d(limit).
    penalty_factors : number, (p,) array, or mapping by feature name, optional
        f_j >= 0. Default 1; a mapping names those that differ from 1; 0 leaves a coefficient unpenalised.
    groups : (p,) array of labels, or mapping of group to feature names, optional
        Features that enter together or not at all: the group lasso, in which ``sqrt(size) |b_group|`` takes the place
        of the sum of ``|b_j|``, e.g. ``groups={"region": ["north", "south"]}``. A group's features share their penalty
        factor and have no limits; no solver takes groups together with constraints yet, nor for quantiles.
    solver : str
        "auto", or a name that `thalweg.plan` lists.
    tol : float or Tolerance
        Largest relative gap between the objective reached and the proved bound.
    time_limit : float, optional
        Seconds; the best coefficients so far are kept with their certificate.
    on_unproven : str
        What to do if the certificate is not ok: "warn" (keep the coefficients) or "raise" `NotProved`.

    Attributes
    ----------
    classes_ : (K,) array
    coef_ : (1, p) array, or (K, p) of K > 2 classes
    intercept_ : (1,) array, or (K,), whose sum is 0
    certificate_ : Certificate
        What is proved about these coefficients.
    solution_ : Solution
        Problem, claim, certificate, trace and attempts.
    n_features_in_ : int
    feature_names_in_ : (p,) array of str
        Only if X was a data frame whose column names are all strings.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    >>> y = np.array(["no", "no", "yes", "no", "yes", "yes"])
    >>> model = tw.LogisticRegression().fit(X, y)
    >>> model.predict([[0.0], [5.0]]), model.certificate_.ok
    (array(['no', 'yes'], dtype='<U3'), True)
    >>> tw.LogisticRegression(alpha=0.1, l1_ratio=1.0, upper=0).fit(X, y).coef_
    array([[0.]])

    Rows on several coefficients, by name:

    >>> X = np.column_stack([X[:, 0], [1.0, 0.0, 1.0, 1.0, 0.0, 1.0]])
    >>> model = tw.LogisticRegression(constraints=["x0 >= 2*x1", "x0 + x1 <= 1"], lower={"x1": 0})
    >>> model = model.fit(X, y)
    >>> bool(model.coef_[0, 0] >= 2 * model.coef_[0, 1] >= 0), model.certificate_.ok
    (True, True)

    More than two classes; a limit on one of them:

    >>> y = np.array(["low", "low", "mid", "high", "mid", "high"])
    >>> model = tw.LogisticRegression(lower={"x0[high]": 0}).fit(X, y)
    >>> model.coef_.shape, model.predict([[0.0, 1.0]]), model.certificate_.ok
    ((3, 2), array(['low'], dtype='<U4'), True)
    """

    alpha: float | None = None
    _: KW_ONLY
    C: float | None = None
    class_weight: Any = None

    _per_class: ClassVar[bool] = True

    def _problem(self, sample: Sample) -> Fit | MultinomialFit:
        classes, codes = classes_of(sample.y)
        weights = sample.weights * class_factors(self.class_weight, classes, codes, sample.weights)[codes]
        refuse_empty_class(classes, codes, weights)
        self.classes_ = classes
        coded, alpha = sample._replace(y=codes.astype(float), weights=weights), self._strength(weights.sum())
        return self._mean_loss("logistic", coded, alpha) if classes.size == 2 else self._multinomial(coded, alpha)

    def _multinomial(self, sample: Sample, alpha: float) -> MultinomialFit:
        """State the problem of more than two classes."""
        if self.groups is not None:
            raise InputError("groups of features are for two classes; y has more. Leave groups out.")
        labels = [str(label) for label in self.classes_.tolist()]
        p, names = sample.design.shape[1], sample.design.names
        shared = self._penalties_and_limits(sample, alpha)
        return MultinomialFit(
            sample.design,
            sample.y,
            **shared,
            offset=offset_of_classes(sample.offset, len(labels)),
            class_names=labels,
            **rows_of_classes(self.constraints, p, names, labels),
        )

    def _strength(self, total: float) -> float:
        """Return alpha, from C if that is what was given."""
        if self.C is None:
            return 1.0 / total if self.alpha is None else gate.number(self.alpha, "alpha", 0.0, math.inf)
        if self.alpha is not None:
            raise InputError(
                f"alpha is {self.alpha!r} and C is {self.C!r}; they say the same thing twice: "
                "alpha = 1 / (C * sum of weights). Pass one of them."
            )
        inverse = inverse_strength(self.C)
        return 1.0 / (inverse * total)

    def _at_strength(self, alpha: float) -> dict[str, Any]:
        return {"alpha": alpha, "C": None}

    def _keep(self, coef: Array, intercept: Array) -> None:
        self.coef_, self.intercept_ = np.atleast_2d(coef), np.atleast_1d(intercept)

    def _kept(self) -> tuple[Array, Any]:
        return (self.coef_[0], float(self.intercept_[0])) if len(self.classes_) == 2 else (self.coef_, self.intercept_)

    def _scores(self, X: Any, offset: Any) -> Array:
        """Log-odds of the second class of two, or the predictors (n, K) of more."""
        if len(self.classes_) == 2:
            return self._predictor(X, offset)
        rows = gate.features(self, X, reset=False)
        known = offset_of_classes(gate.offset(offset, rows.shape[0], classes=True), len(self.classes_))
        scores = np.asarray(rows @ self.coef_.T) + self.intercept_
        return scores if known is None else scores + known

    def decision_function(self, X: Any, offset: Any = None) -> Array:
        """Return the log-odds X b + b0 of the second class of two, or the predictors (n, K) of more.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LogisticRegression().fit([[0.0], [1.0]], [0, 1]).decision_function([[0.5]]).round(6) + 0.0
        array([0.])
        """
        check_is_fitted(self, "coef_")
        return self._scores(X, offset)

    def predict(self, X: Any, offset: Any = None) -> Any:
        """Return the more probable class.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LogisticRegression().fit([[0.0], [1.0]], ["no", "yes"]).predict([[2.0]])
        array(['yes'], dtype='<U3')
        """
        scores = self.decision_function(X, offset)
        return self.classes_[(scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)]

    def predict_proba(self, X: Any, offset: Any = None) -> Array:
        """Return the probabilities of the classes, shape (n, K), accurate however small.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LogisticRegression().fit([[0.0], [1.0]], [0, 1]).predict_proba([[0.5]]).round(6)
        array([[0.5, 0.5]])
        """
        scores = self.decision_function(X, offset)
        if scores.ndim == 1:
            return np.column_stack([sigmoid(-scores), sigmoid(scores)])
        return softmax(scores)[0]

    def predict_log_proba(self, X: Any, offset: Any = None) -> Array:
        """Return the logarithms of `predict_proba`, finite where the probabilities underflow.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LogisticRegression().fit([[0.0], [1.0]], [0, 1]).predict_log_proba([[0.5]]).round(6)
        array([[-0.693147, -0.693147]])
        """
        scores = self.decision_function(X, offset)
        if scores.ndim == 1:
            return np.column_stack([-softplus(scores), -softplus(-scores)])
        return softmax(scores)[1]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = self._limited
        return tags
