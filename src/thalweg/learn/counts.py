"""Regressions of counts: Poisson and negative binomial."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from thalweg.learn.regression import Regression
from thalweg.terms.losses import Loss, NegativeBinomial, Poisson


@dataclass(eq=False, repr=False)
class PoissonRegression(Regression):
    """Poisson regression of counts with logarithmic link, proved.

    The mean of y_i is m_i = exp(x_i'b + b0 + offset_i). Minimise::

        sum_i w_i [m_i - y_i log m_i - (y_i - y_i log y_i)] / sum_i w_i
          +  alpha sum_j f_j (l1_ratio |b_j| + (1 - l1_ratio) b_j^2 / 2)

    subject to the limits. At its defaults it is scikit-learn's ``PoissonRegressor``. Counts during different times or
    of different numbers of people need ``fit(..., offset=np.log(exposure))``.

    Parameters
    ----------
    alpha : float
        Strength of the penalty, >= 0. Default 1. With 0 no coefficients may be best, e.g. where a group has no events;
        then the certificate says NO_MINIMISER and names the direction.
    l1_ratio, fit_intercept, lower, upper, constraints, penalty_factors, groups, solver, tol, time_limit, on_unproven
        As in `GeneralizedLinearModel`; so are the attributes.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 6.

    Examples
    --------
    >>> import thalweg as tw
    >>> model = tw.PoissonRegression(alpha=0.0).fit([[0.0], [0.0], [1.0]], [1.0, 3.0, 6.0])
    >>> model.predict([[0.0], [1.0]]).round(6), model.certificate_.ok
    (array([2., 6.]), True)
    """

    alpha: float = 1.0

    def _loss(self) -> Loss:
        return Poisson()


@dataclass(eq=False, repr=False)
class NegativeBinomialRegression(Regression):
    """Regression of counts that vary more than Poisson's, logarithmic link, proved: variance m + dispersion m^2.

    The objective is that of `PoissonRegression` with the deviance of `NegativeBinomial`. The dispersion is given, not
    estimated.

    Parameters
    ----------
    alpha : float
        Strength of the penalty, >= 0. Default 1.
    dispersion : float
        Above 0; towards 0 the counts are Poisson's. statsmodels calls it alpha, R's ``glm.nb`` 1 / theta.
    l1_ratio, fit_intercept, lower, upper, constraints, penalty_factors, groups, solver, tol, time_limit, on_unproven
        As in `GeneralizedLinearModel`; so are the attributes.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, section 11.2.

    Examples
    --------
    >>> import thalweg as tw
    >>> model = tw.NegativeBinomialRegression(alpha=0.0, dispersion=0.5).fit([[0.0], [0.0], [1.0]], [1.0, 3.0, 6.0])
    >>> model.predict([[0.0], [1.0]]).round(6), model.certificate_.ok
    (array([2., 6.]), True)
    """

    alpha: float = 1.0
    _: KW_ONLY
    dispersion: float = 1.0

    def _loss(self) -> Loss:
        return NegativeBinomial(self.dispersion)
