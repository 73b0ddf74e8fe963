"""Binary logistic regression."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import type_of_target

from thalweg.errors import InputError, ProblemError, suggest
from thalweg.learn import gate
from thalweg.learn.estimator import PenalizedModel, Sample
from thalweg.problems.fit import Fit
from thalweg.result import Array
from thalweg.terms.losses.excess import sigmoid, softplus


@dataclass(eq=False, repr=False)
class LogisticRegression(ClassifierMixin, PenalizedModel):
    """Binary logistic regression with penalties and limits, and a certificate of its coefficients.

    Minimise over b and b0, with y_i in {0, 1} (1 for the second of the sorted classes) and eta_i = x_i'b + b0::

        sum_i w_i [log(1 + exp(eta_i)) - y_i eta_i] / sum_i w_i
          +  alpha sum_j f_j (l1_ratio |b_j| + (1 - l1_ratio) b_j^2 / 2)

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
        Factors on the weights by class, default 1; "balanced" gives both classes the same total weight.
    fit_intercept : bool
        Whether b0 is fitted; otherwise b0 = 0.
    lower, upper : number, (p,) array, or mapping by feature name, optional
        Limits on the coefficients, e.g. ``lower={"age": 0}``; features of unnamed arrays are "x0", "x1", ...
    constraints : str, (A, lower, upper), scipy.optimize.LinearConstraint, or a list of such, optional
        Linear rows on the coefficients by feature name, with <=, >= and ==, such as ``"income >= 2*debt + 1"`` or
        ``"0 <= a + b <= 1"``. A name that is no identifier stands in backticks: ``"`mean age` >= 0"``. `monotone`,
        `nonnegative`, `nonpositive` and `sum_to` write common ones. Duals, in the same order, are
        ``solution_.duals``: d(best objective) / d(limit).
    penalty_factors : number, (p,) array, or mapping by feature name, optional
        f_j >= 0. Default 1; a mapping names those that differ from 1; 0 leaves a coefficient unpenalised.
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
    classes_ : (2,) array
    coef_ : (1, p) array
    intercept_ : (1,) array
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
    """

    alpha: float | None = None
    _: KW_ONLY
    C: float | None = None
    class_weight: Any = None

    def _problem(self, sample: Sample) -> Fit:
        classes, codes = _two_classes(sample.y)
        weights = sample.weights
        weights = weights * _class_factors(self.class_weight, classes, codes, weights)[codes]
        _refuse_lone_class(classes, codes, weights)
        self.classes_ = classes
        coded = sample._replace(y=codes.astype(float), weights=weights)
        return self._mean_loss("logistic", coded, self._strength(weights.sum()))

    def _strength(self, total: float) -> float:
        """Return alpha, from C if that is what was given."""
        if self.C is None:
            return 1.0 / total if self.alpha is None else gate.number(self.alpha, "alpha", 0.0, math.inf)
        if self.alpha is not None:
            raise InputError(
                f"alpha is {self.alpha!r} and C is {self.C!r}; they say the same thing twice: "
                "alpha = 1 / (C * sum of weights). Pass one of them."
            )
        inverse = _inverse_strength(self.C)
        return 1.0 / (inverse * total)

    def _at_strength(self, alpha: float) -> dict[str, Any]:
        return {"alpha": alpha, "C": None}

    def _keep(self, coef: Array, intercept: float) -> None:
        self.coef_, self.intercept_ = coef[np.newaxis, :], np.array([intercept])

    def decision_function(self, X: Any, offset: Any = None) -> Array:
        """Return the log-odds X b + b0 of the second class.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LogisticRegression().fit([[0.0], [1.0]], [0, 1]).decision_function([[0.5]]).round(6) + 0.0
        array([0.])
        """
        return self._predictor(X, offset)

    def predict(self, X: Any, offset: Any = None) -> Any:
        """Return the more probable class.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LogisticRegression().fit([[0.0], [1.0]], ["no", "yes"]).predict([[2.0]])
        array(['yes'], dtype='<U3')
        """
        log_odds = self._predictor(X, offset)
        return self.classes_[(log_odds > 0).astype(int)]

    def predict_proba(self, X: Any, offset: Any = None) -> Array:
        """Return the probabilities of both classes, shape (n, 2); both are accurate however small.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LogisticRegression().fit([[0.0], [1.0]], [0, 1]).predict_proba([[0.5]]).round(6)
        array([[0.5, 0.5]])
        """
        log_odds = self._predictor(X, offset)
        return np.column_stack([sigmoid(-log_odds), sigmoid(log_odds)])

    def predict_log_proba(self, X: Any, offset: Any = None) -> Array:
        """Return the logarithms of `predict_proba`, finite where the probabilities underflow.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LogisticRegression().fit([[0.0], [1.0]], [0, 1]).predict_log_proba([[0.5]]).round(6)
        array([[-0.693147, -0.693147]])
        """
        log_odds = self._predictor(X, offset)
        return np.column_stack([-softplus(log_odds), -softplus(-log_odds)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.poor_score = self._limited
        return tags


def _two_classes(y: Any) -> tuple[Any, Any]:
    """Return the two sorted classes, and 0 or 1 for each row."""
    absent = np.flatnonzero([_is_missing(label) for label in y.tolist()])
    if absent.size:
        raise InputError(
            f"y has {absent.size} missing or infinite labels, first at row {absent[0]}. Drop those rows first."
        )
    with gate.own_words():
        kind = type_of_target(y, input_name="y")
    if kind not in ("binary", "multiclass"):
        raise InputError(
            f"Unknown label type: {kind}. y holds {y.size} values of type {y.dtype}, first {y.tolist()[0]!r}; classes "
            "are texts, whole numbers or truth values. If y is measured rather than a label, use tw.LinearRegression."
        )
    classes, codes = np.unique(y, return_inverse=True)
    if classes.size == 1:
        raise ProblemError(
            f"y has one class only ({_shown(classes)}, {y.size} rows); logistic regression needs two. "
            "Check the filter that produced y, or fit on more data."
        )
    if classes.size > 2:
        measured = classes.dtype.kind in "iuf" and 2 * classes.size > y.size
        cure = (
            "If y is measured rather than a label, use tw.LinearRegression."
            if measured
            else "Keep two of them, or fit one class against the rest, e.g. "
            "sklearn.multiclass.OneVsRestClassifier(tw.LogisticRegression())."
        )
        raise InputError(
            "Only binary classification is supported. The type of the target is multiclass: "
            f"y has {classes.size} classes ({_shown(classes)}). {cure}"
        )
    return classes, codes


def _is_missing(label: Any) -> bool:
    """Whether a label is None, NaN, infinite, or pandas' NA (told by its type, without importing pandas)."""
    return label is None or (isinstance(label, float) and not math.isfinite(label)) or type(label).__name__ == "NAType"


def _class_factors(class_weight: Any, classes: Any, codes: Any, weights: Array) -> Array:
    """Return one factor per class."""
    if class_weight is None:
        return np.ones(2)
    if isinstance(class_weight, Mapping):
        known = classes.tolist()
        strange = [label for label in class_weight if label not in known]
        if strange:
            raise InputError(f"class_weight names {strange[0]!r}, which y does not hold. {suggest(strange[0], known)}")
        named = {label: f"class_weight[{label!r}]" for label in known}
        return np.array([gate.number(class_weight.get(c, 1.0), named[c], 0.0, math.inf) for c in known])
    gate.choice(class_weight, "class_weight (unless None or a dict by class)", ("balanced",))
    _refuse_lone_class(classes, codes, weights)
    mass = np.bincount(codes, weights, minlength=2)
    return mass.sum() / (2.0 * mass)


def _refuse_lone_class(classes: Any, codes: Any, weights: Array) -> None:
    """Refuse weights that leave rows of one class only."""
    empty = np.bincount(codes, weights, minlength=2) == 0
    if empty.any():
        raise ProblemError(
            f"every row of class {_shown(classes[empty])} has weight zero, so that one class only is left; logistic "
            "regression needs two. Check sample_weight and class_weight."
        )


def _inverse_strength(value: Any) -> float:
    """Return C > 0, which may be infinite."""
    if isinstance(value, float) and value == math.inf:
        return math.inf
    checked = gate.number(value, "C", 0.0, math.inf)
    if checked == 0.0:
        raise InputError("C is 0; it must be > 0. A small C is a strong penalty, C = inf none.")
    return checked


def _shown(labels: Any) -> str:
    """Name the first ten labels."""
    more = ", ..." if len(labels) > 10 else ""
    return ", ".join(repr(label) for label in labels[:10].tolist()) + more
