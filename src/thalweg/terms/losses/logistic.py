"""The binary logistic loss."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from thalweg.errors import ProblemError
from thalweg.result import Array
from thalweg.terms.losses.excess import relative_entropy, sigmoid, softplus
from thalweg.terms.losses.labels import demand
from thalweg.terms.losses.loss import Concordant


class Logistic(Concordant):
    """Binary logistic loss: f(eta) = log(1 + exp(eta)) - y eta - H(y), y in [0, 1].

    H(y) = -y log y - (1 - y) log(1 - y) is the entropy of the label, 0 for y = 0 and y = 1; subtracting it makes the
    infimum 0. f is the Kullback-Leibler divergence KL(y || sigma(eta)), sigma(eta) = 1 / (1 + exp(-eta)).

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.Logistic().value(np.array([0.0]), np.array([1.0]))
    array([0.69314718])
    """

    name: ClassVar[str] = "logistic"
    formula: ClassVar[str] = "(log(1 + exp(score_i)) - y_i score_i)"
    max_curvature: float = 0.25
    concordance: float = 1.0

    def __repr__(self) -> str:
        return "Logistic()"

    def check(self, y: Array) -> None:
        """Labels lie in [0, 1], and not all at one end."""
        demand(
            (y >= 0) & (y <= 1),
            y,
            "outside [0, 1]",
            "the logistic loss needs labels 0 and 1 (or shares between). Recode them, e.g. (y == positive_class), "
            "or use tw.LogisticRegression, which takes any two labels.",
        )
        if y.size and (y == y[0]).all() and y[0] in (0.0, 1.0):
            raise ProblemError(
                f"y has one class only ({y[0]:g}, {y.size} rows); logistic regression needs two. "
                "Check the filter that produced y, or fit on more data."
            )

    def value(self, eta: Array, y: Array) -> Array:
        """KL(y || sigma(eta)), without cancellation."""
        shared = (y > 0) & (y < 1)
        whole = softplus(np.where(y > 0, -eta, eta))  # labels 0 and 1: a function of the margin
        return np.where(shared, self.shortfall(np.zeros_like(eta), eta, y), whole) if shared.any() else whole

    def slope(self, eta: Array, y: Array) -> Array:
        """sigma(eta) - y, without cancellation for y = 0 and y = 1."""
        if not ((y > 0) & (y < 1)).any():
            wrong = sigmoid(np.where(y > 0, -eta, eta))
            return np.where(y > 0, -wrong, wrong)
        return (1 - y) * sigmoid(eta) - y * sigmoid(-eta)

    def curvature(self, eta: Array, y: Array) -> Array:
        """sigma(eta) sigma(-eta)."""
        e = np.exp(-np.abs(eta))
        return e / (1.0 + e) ** 2

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """KL(p || sigma(eta)) with p = y + t, as q phi(p/q) + (1-q) phi((1-p)/(1-q))."""
        p, rest = t + y, (1 - y) - t
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            total = relative_entropy(p, sigmoid(eta), -softplus(-eta))
            total += relative_entropy(rest, sigmoid(-eta), -softplus(eta))
        return np.where((p >= 0) & (rest >= 0), total, np.inf)

    def clip(self, t: Array, y: Array) -> Array:
        """0 <= t + y <= 1."""
        return np.clip(t, -y, 1 - y)

    def slope_size(self, eta: Array, y: Array) -> Array:
        """t + y is a number near 1."""
        return np.full_like(eta, 8.0)

    def predictor_size(self, y: Array) -> Array:
        """One: labels do not tell."""
        return np.ones_like(y)

    def mean(self, eta: Array) -> Array:
        """sigma(eta): the probability of label 1."""
        return sigmoid(eta)

    def recession(self, r: Array, y: Array) -> Array:
        """(1 - y) max(r, 0) + y max(-r, 0)."""
        return (1 - y) * np.maximum(r, 0.0) + y * np.maximum(-r, 0.0)
