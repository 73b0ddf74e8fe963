"""What all regressions share: predictions in the unit of y, and the share of the loss that they explain."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin

from thalweg import inputs
from thalweg.errors import InputError, ProblemError, ThalwegError
from thalweg.learn import gate
from thalweg.learn.estimator import PenalizedModel, Sample
from thalweg.problems.fit import Fit
from thalweg.result import Array
from thalweg.terms.losses import Loss

FARTHEST = 1e6  # constants that are tried
ROUNDING = 1e-13  # share of a predictor whose square is no loss


@dataclass(eq=False, repr=False)
class Regression(RegressorMixin, PenalizedModel):
    """A model of numbers: the loss of a subclass, averaged, plus penalty."""

    @abstractmethod
    def _loss(self) -> Loss:
        """Loss with the parameters of the estimator."""

    def _problem(self, sample: Sample) -> Fit:
        alpha, y = gate.number(self.alpha, "alpha", 0.0, math.inf), inputs.vector(sample.y, "y")
        loss = self._loss()
        loss.check(y)  # negative counts are worse than constant ones
        if self.fit_intercept:
            gate.refuse_constant(y, sample.weights, sample.offset)
        return self._mean_loss(loss, sample._replace(y=y), alpha)

    def _keep(self, coef: Array, intercept: float) -> None:
        self.coef_, self.intercept_ = coef, float(intercept)

    def predict(self, X: Any, offset: Any = None) -> Array:
        """Return the prediction of each row in the unit of y: the predictor X b + b0 + offset, or its exponential.

        Parameters
        ----------
        X : (n, p) array, SciPy sparse matrix or data frame
        offset : (n,) array, optional
            As in `fit`. Default: 0.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]).predict([[2.0]]).round(6)
        array([5.])
        """
        return np.asarray(self._loss().mean(self._predictor(X, offset)))

    def score(self, X: Any, y: Any, sample_weight: Any = None, offset: Any = None) -> float:
        """Return the share of the loss that the model removes: 1 - loss of the model / loss of the best constant.

        It is 1 for a perfect fit, 0 for what a lone intercept achieves, and negative for worse. For the squared loss it
        is the coefficient of determination R^2; for deviances (Poisson, gamma, ...) the D^2 of scikit-learn.

        Parameters
        ----------
        X : (n, p) array, SciPy sparse matrix or data frame
        y : (n,) array
        sample_weight, offset : (n,) array, optional
            As in `fit`.

        Raises
        ------
        InputError
            y holds what the loss cannot judge, such as negative counts.

        Examples
        --------
        >>> import thalweg as tw
        >>> tw.LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]).score([[0.0], [2.0]], [1.0, 5.0])
        1.0
        """
        eta, loss = self._predictor(X, offset), self._loss()
        target = inputs.vector(gate.targets(y, eta.size, type(self).__name__), "y")
        weights = gate.sample_weights(sample_weight, eta.size)
        try:
            loss.check(target)
        except InputError:
            raise
        except ProblemError:  # all alike: no fit, but a score
            pass
        base = gate.offset(offset, eta.size)
        left = float(weights @ loss.value(eta, target))
        whole = float(weights @ loss.value(base + best_constant(loss, target, weights, base), target))
        rounding = float(weights @ (ROUNDING * loss.predictor_size(target)) ** 2)
        if whole <= rounding:  # the constant is perfect
            return 1.0 if left <= rounding else 0.0
        return 1.0 - left / whole

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = self._limited
        tags.target_tags.positive_only = self._refuses(-1.0)
        return tags

    def _refuses(self, label: float) -> bool:
        """Whether a label is outside the domain of the loss."""
        try:
            loss = self._loss()
        except ThalwegError:  # a parameter that fit will refuse
            return False
        try:
            loss.check(np.array([label, 2.0]))
        except InputError:
            return True
        return False


def best_constant(loss: Loss, y: Array, weights: Array, offset: Array) -> float:
    """Intercept of the best fit without features, where the summed slope changes its sign."""
    from scipy.optimize import brentq

    def slope(constant: float) -> float:
        with np.errstate(all="ignore"):
            found = float(weights @ loss.slope(offset + constant, y))
        return found if np.isfinite(found) else math.copysign(1e300, constant)

    low, high = -1.0, 1.0
    while slope(low) > 0 and low > -FARTHEST * max(1.0, float(np.abs(y).max())):
        low *= 2
    while slope(high) < 0 and high < FARTHEST * max(1.0, float(np.abs(y).max())):
        high *= 2
    if slope(low) >= 0 or slope(high) <= 0:
        return low if slope(low) >= 0 else high
    return float(brentq(slope, low, high, xtol=1e-14, rtol=1e-14))
