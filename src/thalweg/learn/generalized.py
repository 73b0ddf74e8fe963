"""The generalized linear model: any loss."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

from thalweg.learn.regression import Regression
from thalweg.terms.losses import Loss, loss_of


@dataclass(eq=False, repr=False)
class GeneralizedLinearModel(Regression):
    """A linear predictor under any loss, with penalties and limits, and a certificate of its coefficients.

    Minimise over b and b0, with eta_i = x_i'b + b0 + offset_i::

        sum_i w_i f(eta_i, y_i) / sum_i w_i  +  alpha sum_j f_j (l1_ratio |b_j| + (1 - l1_ratio) b_j^2 / 2)

    subject to lower <= b <= upper and the constraints. f is half the deviance of the loss (squared: half the squared
    error), so that its least value is 0. The intercept b0 is neither penalised nor limited. The estimators with a name
    of their own (`PoissonRegression`, `HuberRegression`, ...) are this one with a fixed loss.

    Parameters
    ----------
    alpha : float
        Strength of the penalty, >= 0. Default 0: none.
    l1_ratio : float
        Share of the L1 penalty, 0 (ridge) to 1 (lasso).
    loss : str or Loss
        "squared", "logistic", "huber", "quantile", "poisson", "gamma", "tweedie", "negative-binomial", "squared-hinge";
        or an object, such as ``tw.Huber(delta=2.0)``. Logistic and squared hinge take labels 0 and 1.
    fit_intercept : bool
        Whether b0 is fitted; otherwise b0 = 0.
    lower, upper : number, (p,) array, or mapping by feature name, optional
        Limits on the coefficients, e.g. ``lower={"age": 0}``; features of unnamed arrays are "x0", "x1", ...
    constraints : str, (A, lower, upper), scipy.optimize.LinearConstraint, or a list of such, optional
        Linear rows on the coefficients, such as ``"income >= 2*debt + 1"``; see `LinearRegression`.
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

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models.

    Examples
    --------
    Claims per year of exposure, whose logarithm is the offset:

    >>> import numpy as np, thalweg as tw
    >>> X, claims, years = [[0.0], [0.0], [1.0], [1.0]], [1.0, 3.0, 2.0, 10.0], np.array([1.0, 3.0, 1.0, 2.0])
    >>> model = tw.GeneralizedLinearModel(loss="poisson").fit(X, claims, offset=np.log(years))
    >>> model.predict([[0.0], [1.0]]).round(6), model.certificate_.ok
    (array([1., 4.]), True)
    """

    _: KW_ONLY
    loss: Any = "squared"

    def _loss(self) -> Loss:
        return loss_of(self.loss)
