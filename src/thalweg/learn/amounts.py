"""Regressions of amounts: gamma, and Tweedie for amounts with zeros."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from thalweg.learn.regression import Regression
from thalweg.terms.losses import Gamma, Loss, Tweedie


@dataclass(eq=False, repr=False)
class GammaRegression(Regression):
    """Gamma regression of positive amounts with logarithmic link, proved: errors in proportion to the mean.

    The mean of y_i is m_i = exp(x_i'b + b0 + offset_i). Minimise::

        sum_i w_i [y_i / m_i - 1 - log(y_i / m_i)] / sum_i w_i
          +  alpha sum_j f_j (l1_ratio |b_j| + (1 - l1_ratio) b_j^2 / 2)

    subject to the limits. At its defaults it is scikit-learn's ``GammaRegressor``.

    Parameters
    ----------
    alpha : float
        Strength of the penalty, >= 0. Default 1.
    l1_ratio, fit_intercept, lower, upper, constraints, penalty_factors, groups, solver, tol, time_limit, on_unproven
        As in `GeneralizedLinearModel`; so are the attributes.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 8.

    Examples
    --------
    >>> import thalweg as tw
    >>> model = tw.GammaRegression(alpha=0.0).fit([[0.0], [0.0], [1.0]], [1.0, 3.0, 6.0])
    >>> model.predict([[0.0], [1.0]]).round(6), model.certificate_.ok
    (array([2., 6.]), True)
    """

    alpha: float = 1.0

    def _loss(self) -> Loss:
        return Gamma()


@dataclass(eq=False, repr=False)
class TweedieRegression(Regression):
    """Tweedie regression of amounts that may be 0, logarithmic link, proved: variance m^power, 1 < power < 2.

    For sums of a random number of positive amounts, such as the claims of a year. The objective is half the weighted
    mean of the deviances of `Tweedie` plus the penalty. scikit-learn's ``TweedieRegressor(power=p, alpha=a,
    link="log")`` is ``TweedieRegression(power=p, alpha=a)``; its default power is 0, here it is 1.5.

    Parameters
    ----------
    alpha : float
        Strength of the penalty, >= 0. Default 1.
    power : float
        Between 1 (counts, `PoissonRegression`) and 2 (`GammaRegression`), neither of them; beyond 2 the loss is not
        convex.
    l1_ratio, fit_intercept, lower, upper, constraints, penalty_factors, groups, solver, tol, time_limit, on_unproven
        As in `GeneralizedLinearModel`; so are the attributes.

    References
    ----------
    Jorgensen (1987), Exponential dispersion models, Journal of the Royal Statistical Society B 49.

    Examples
    --------
    >>> import thalweg as tw
    >>> model = tw.TweedieRegression(alpha=0.0).fit([[0.0], [0.0], [1.0]], [0.0, 4.0, 6.0])
    >>> model.predict([[0.0], [1.0]]).round(6), model.certificate_.ok
    (array([2., 6.]), True)
    """

    alpha: float = 1.0
    _: KW_ONLY
    power: float = 1.5

    def _loss(self) -> Loss:
        return Tweedie(self.power)
