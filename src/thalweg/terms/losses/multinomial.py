"""The multinomial logistic loss, of one predictor per class."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from thalweg.result import Array
from thalweg.terms.losses.excess import relative_entropy, softmax
from thalweg.terms.losses.loss import Concordant


class Multinomial(Concordant):
    """Multinomial logistic loss of K classes: f(eta) = log sum_k exp(eta_k) - eta_y, y the class of the sample.

    Predictors, labels and slopes of n samples are K stretches of n numbers, one per class; labels are 1 in the stretch
    of their class and 0 elsewhere. With p = softmax(eta), f is the Kullback-Leibler divergence of the label and p, and
    what is returned is a sum of terms >= 0, one per stretch. The slope is p - y, and the second derivative
    diag(p) - p p', which `ClassDesign.gram` makes of p. Adding one number to the K predictors of a sample changes
    nothing, and the K slopes of a sample add up to 0 (`balanced`).

    Along a line the third derivative is at most the range of the K rates times the second (the third central moment of
    numbers within a range), and diag(p) - p p' has no eigenvalue above 1/2 (Böhning 1992).

    Examples
    --------
    >>> import numpy as np
    >>> from thalweg.terms.losses.multinomial import Multinomial
    >>> round(float(Multinomial(3).value(np.zeros(3), np.array([1.0, 0.0, 0.0])).sum()), 6)
    1.098612
    """

    name: ClassVar[str] = "multinomial"
    formula: ClassVar[str] = "(log(sum over k of exp(score_ik)) - score_i,y_i)"
    max_curvature: float = 0.5
    concordance: float = 1.0
    strict: ClassVar[bool] = False  # along a direction all classes must be compared: see `MultinomialFit.margins`
    joint: ClassVar[bool] = True

    def __init__(self, classes: int) -> None:
        self.classes = classes

    def __repr__(self) -> str:
        return f"Multinomial({self.classes})"

    def check(self, y: Array) -> None:
        """Labels are made by `MultinomialFit`."""

    def probabilities(self, eta: Array) -> tuple[Array, Array]:
        """Return p and log p, accurate however small."""
        p, log_p = softmax(eta.reshape(self.classes, -1).T)
        return p.T.ravel(), log_p.T.ravel()

    def _of_others(self, p: Array, y: Array) -> Array:
        """1 - p of the class of each sample, as the sum of the others."""
        return np.minimum(np.where(y > 0, 0.0, p).reshape(self.classes, -1).sum(axis=0), 1.0)

    def value(self, eta: Array, y: Array) -> Array:
        """-log p_y."""
        p, log_p = self.probabilities(eta)
        return np.where(y > 0, np.where(p > 0.5, -np.log1p(-self._spread(p, y)), -log_p), 0.0)

    def _spread(self, p: Array, y: Array) -> Array:
        """1 - p_y in every stretch, at most 0.75: where it is more, nobody needs it."""
        return np.minimum(np.tile(self._of_others(p, y), self.classes), 0.75)

    def slope(self, eta: Array, y: Array) -> Array:
        """p - y."""
        p, _ = self.probabilities(eta)
        return np.where(y > 0, -np.tile(self._of_others(p, y), self.classes), p)

    def curvature(self, eta: Array, y: Array) -> Array:
        """p: the second derivative is diag(p) - p p', and at most diag(p)."""
        return self.probabilities(eta)[0]

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """q log(q / p) - q + p with q = y + t, per class."""
        q = t + y
        p, log_p = self.probabilities(eta)
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            total = relative_entropy(q, p, log_p, t - self.slope(eta, y))
        return np.where((q >= 0) & (q <= 1), total, np.inf)

    def clip(self, t: Array, y: Array) -> Array:
        """0 <= t + y <= 1, each class for itself."""
        return np.clip(t, -y, 1 - y)

    def balanced(self, t: Array, y: Array) -> Array:
        """Return slopes nearby that add up to 0 for each sample, up to rounding: a point of the domain of f*."""
        others = np.where(y > 0, 0.0, self.clip(t, y)).reshape(self.classes, -1)
        total = others.sum(axis=0)
        others = np.where(total > 1, others / np.where(total > 1, total, 1.0), others)
        return np.where(y > 0, -np.tile(np.minimum(others.sum(axis=0), 1.0), self.classes), others.ravel())

    def slope_size(self, eta: Array, y: Array) -> Array:
        """t + y is a number near 1 for the class of the sample; the others are as small as their probabilities."""
        return (self.classes + 8.0) * np.where(y > 0, 1.0, self.probabilities(eta)[0])

    def predictor_size(self, y: Array) -> Array:
        """One: labels do not tell."""
        return np.ones_like(y)

    def mean(self, eta: Array) -> Array:
        """The probabilities."""
        return self.probabilities(eta)[0]

    def recession(self, r: Array, y: Array) -> Array:
        """max_k r_k - r_y, in the stretch of y."""
        rates = r.reshape(self.classes, -1)
        return np.where(y > 0, np.tile(rates.max(axis=0), self.classes) - r, 0.0)
