"""Regressions that outliers do not pull away: Huber's loss and quantiles."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from thalweg.learn.regression import Regression
from thalweg.terms.losses import Huber, Loss, Quantile


@dataclass(eq=False, repr=False)
class HuberRegression(Regression):
    """Linear regression with Huber's loss, proved: residuals beyond delta count by their size, not its square.

    Minimise, with r_i = x_i'b + b0 + offset_i - y_i and h(r) = r^2 / 2 for |r| <= delta, delta |r| - delta^2 / 2
    beyond::

        sum_i w_i h(r_i) / sum_i w_i  +  alpha sum_j f_j (l1_ratio |b_j| + (1 - l1_ratio) b_j^2 / 2)

    subject to the limits. delta is in the unit of y. scikit-learn's ``HuberRegressor(epsilon=e, alpha=a)`` estimates
    a scale sigma as well; with its ``scale_`` the same coefficients are those of ``HuberRegression(delta=e * scale_,
    alpha=a * scale_ / n)``.

    Parameters
    ----------
    alpha : float
        Strength of the penalty, >= 0. Default 0.0001, as in scikit-learn: next to nothing, but enough that the best
        coefficients are unique.
    delta : float
        Where the loss turns linear, above 0. 1.345 times the standard deviation of well-behaved residuals keeps 95 %
        of the efficiency of least squares.
    l1_ratio, fit_intercept, lower, upper, constraints, penalty_factors, groups, solver, tol, time_limit, on_unproven
        As in `GeneralizedLinearModel`; so are the attributes.

    References
    ----------
    Huber (1964), Robust estimation of a location parameter, Annals of Mathematical Statistics 35.

    Examples
    --------
    >>> import thalweg as tw
    >>> X, y = [[0.0], [1.0], [2.0], [3.0], [4.0]], [0.0, 1.0, 2.0, 3.0, 100.0]
    >>> model = tw.HuberRegression(delta=0.5).fit(X, y)
    >>> bool(abs(model.coef_[0] - 1) < 0.5), model.certificate_.ok
    (True, True)
    """

    alpha: float = 1e-4
    _: KW_ONLY
    delta: float = 1.35

    def _loss(self) -> Loss:
        return Huber(self.delta)


@dataclass(eq=False, repr=False)
class QuantileRegression(Regression):
    """Linear regression of a quantile, proved: a share ``quantile`` of the rows lies below the fit.

    Minimise, with r_i = y_i - x_i'b - b0 - offset_i::

        sum_i w_i max(quantile r_i, (quantile - 1) r_i) / sum_i w_i
          +  alpha sum_j f_j (l1_ratio |b_j| + (1 - l1_ratio) b_j^2 / 2)

    subject to the limits. At its defaults it is scikit-learn's ``QuantileRegressor``: the median with an L1 penalty.
    Several coefficients may be equally good; then the ones found are proved to be among the best.

    Parameters
    ----------
    alpha : float
        Strength of the penalty, >= 0. Default 1.
    l1_ratio : float
        Share of the L1 penalty, 0 (ridge) to 1 (lasso). Default 1.
    quantile : float
        Between 0 and 1, neither of them; 0.5 is the median.
    fit_intercept, lower, upper, constraints, penalty_factors, solver, tol, time_limit, on_unproven
        As in `GeneralizedLinearModel`; so are the attributes.

    References
    ----------
    Koenker and Bassett (1978), Regression quantiles, Econometrica 46.

    Examples
    --------
    >>> import thalweg as tw
    >>> model = tw.QuantileRegression(alpha=0.0).fit([[0.0], [0.0], [0.0], [1.0]], [1.0, 2.0, 9.0, 5.0])
    >>> model.predict([[0.0], [1.0]]).round(6), model.certificate_.ok
    (array([2., 5.]), True)
    """

    alpha: float = 1.0
    l1_ratio: float = 1.0
    _: KW_ONLY
    quantile: float = 0.5

    def _loss(self) -> Loss:
        return Quantile(self.quantile)
