"""Linear regression: least squares, ridge, lasso and elastic net."""

from __future__ import annotations

from dataclasses import dataclass

from thalweg.learn.regression import Regression
from thalweg.terms.losses import Loss, Squared


@dataclass(eq=False, repr=False)
class LinearRegression(Regression):
    """Linear regression with penalties and limits, and a certificate of its coefficients.

    Minimise over b and b0::

        sum_i w_i (y_i - x_i'b - b0)^2 / (2 sum_i w_i)  +  alpha sum_j f_j (l1_ratio |b_j| + (1 - l1_ratio) b_j^2 / 2)

    subject to lower <= b <= upper and the constraints. The intercept b0 is neither penalised nor limited. alpha and
    l1_ratio mean what they mean in scikit-learn's ``ElasticNet``; ``Ridge(alpha=a)`` is
    ``LinearRegression(alpha=a / n)``.

    Parameters
    ----------
    alpha : float
        Strength of the penalty, >= 0. Default 0: ordinary least squares.
    l1_ratio : float
        Share of the L1 penalty, 0 (ridge) to 1 (lasso).
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
    coef_ : (p,) array
    intercept_ : float
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
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 3.0]])
    >>> model = tw.LinearRegression().fit(X, X @ [2.0, -1.0] + 5.0)
    >>> model.coef_.round(6), round(model.intercept_, 6), model.certificate_.ok
    (array([ 2., -1.]), 5.0, True)
    >>> signed = tw.LinearRegression(lower={"x1": 0}).fit(X, X @ [2.0, -1.0] + 5.0)
    >>> float(signed.coef_[1]), signed.certificate_.ok
    (0.0, True)

    Rows on several coefficients, by name; the dual says how the best objective moves with the limit:

    >>> import pandas as pd
    >>> frame = pd.DataFrame(X, columns=["income", "debt"])
    >>> model = tw.LinearRegression(constraints=["income >= 3*debt + 1", "income + debt <= 0.5"])
    >>> model = model.fit(frame, frame.income * 2 - frame.debt + 5.0)
    >>> model.coef_.round(6), model.certificate_.ok
    (array([ 1.772727, -1.272727]), True)
    >>> model.solution_.duals.round(6) + 0.0   # only the second row holds it back: more room lowers the objective
    array([ 0.      , -0.522727])
    """

    def _loss(self) -> Loss:
        return Squared()
