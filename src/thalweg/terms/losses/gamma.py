"""The gamma loss with logarithmic link."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from thalweg.result import Array
from thalweg.terms.losses.excess import exponential, relative_entropy
from thalweg.terms.losses.labels import demand
from thalweg.terms.losses.loss import Concordant


class Gamma(Concordant):
    """Half the deviance of positive amounts, log link: f(eta) = m - 1 - log m with m = y exp(-eta), y > 0.

    It is y exp(-eta) + eta, minus its least value 1 + log y. f*(t) = a log(a/y) - a up to that constant,
    a = 1 - t >= 0, and so f + f* - t eta is m phi(a/m), phi(w) = w log w - w + 1.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 8.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.Gamma().value(np.array([0.0, np.log(2.0)]), np.array([1.0, 2.0])).round(15)
    array([0., 0.])
    """

    name: ClassVar[str] = "gamma"
    formula: ClassVar[str] = "(y_i exp(-score_i) + score_i)"
    concordance: float = 1.0

    def __repr__(self) -> str:
        return "Gamma()"

    def check(self, y: Array) -> None:
        """Amounts are above 0."""
        demand(
            y > 0,
            y,
            "not above 0",
            "the gamma loss needs positive amounts. Fit the rows with an amount only, or use tw.Tweedie(), "
            "which takes zeros.",
        )

    def value(self, eta: Array, y: Array) -> Array:
        """Relative entropy of 1 to m."""
        return relative_entropy(np.ones_like(eta), *_ratio(eta, y))

    def slope(self, eta: Array, y: Array) -> Array:
        """1 - m."""
        return 1.0 - _ratio(eta, y)[0]

    def curvature(self, eta: Array, y: Array) -> Array:
        """m."""
        return _ratio(eta, y)[0]

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """m phi(a/m), a = 1 - t; infinite for t > 1."""
        return np.where(t <= 1, relative_entropy(np.maximum(1.0 - t, 0.0), *_ratio(eta, y)), np.inf)

    def clip(self, t: Array, y: Array) -> Array:
        """t <= 1."""
        return np.minimum(t, 1.0)

    def slope_size(self, eta: Array, y: Array) -> Array:
        """Rounding of y exp(-eta), and of 1 - t near it."""
        with np.errstate(over="ignore"):
            return 8.0 * _ratio(eta, y)[0]

    def predictor_size(self, y: Array) -> Array:
        """|log y|, at least 1."""
        return np.maximum(np.abs(np.log(y)), 1.0)

    def mean(self, eta: Array) -> Array:
        """exp(eta)."""
        return exponential(eta)

    def recession(self, r: Array, y: Array) -> Array:
        """r upwards, infinite downwards."""
        return np.where(r < 0, np.inf, r)

    def coercivity(self, y: Array) -> tuple[Array, Array]:
        """f >= |eta - log y| - 1."""
        return np.ones_like(y), 1.0 + np.abs(np.log(y))


def _ratio(eta: Array, y: Array) -> tuple[Array, Array]:
    """m = y exp(-eta), in two steps so that no factor leaves the range of numbers before m does; and log m."""
    with np.errstate(over="ignore"):
        half = np.exp(-0.5 * eta)
        return y * half * half, np.log(y) - eta
