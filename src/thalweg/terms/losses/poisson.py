"""The Poisson loss with logarithmic link."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from thalweg.result import Array
from thalweg.terms.losses.excess import exponential, relative_entropy
from thalweg.terms.losses.labels import demand_counts
from thalweg.terms.losses.loss import Concordant


class Poisson(Concordant):
    """Half the deviance of counts, log link: f(eta) = m - y eta - (y - y log y) with the mean m = exp(eta), y >= 0.

    Without the last term, which makes the infimum 0, it is minus the log-likelihood up to log y!. f is the relative
    entropy y log(y/m) - y + m; f*(t) = a log a - a up to the same term, a = y + t >= 0, and so f + f* - t eta is
    m phi(a/m), phi(w) = w log w - w + 1. Exposure enters as ``offset=log(exposure)``.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 6.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.Poisson().value(np.array([0.0, 0.0]), np.array([0.0, 1.0]))
    array([1., 0.])
    """

    name: ClassVar[str] = "poisson"
    formula: ClassVar[str] = "(exp(score_i) - y_i score_i)"
    concordance: float = 1.0

    def __repr__(self) -> str:
        return "Poisson()"

    def check(self, y: Array) -> None:
        """Counts are 0 or more, and not all 0."""
        demand_counts(y, "Poisson", instead=", or use tw.Squared() for targets of both signs")

    def value(self, eta: Array, y: Array) -> Array:
        """Relative entropy of y to the mean."""
        return relative_entropy(y, exponential(eta), eta)

    def slope(self, eta: Array, y: Array) -> Array:
        """exp(eta) - y."""
        return exponential(eta) - y

    def curvature(self, eta: Array, y: Array) -> Array:
        """exp(eta)."""
        return exponential(eta)

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """m phi(a/m), a = y + t; infinite for a < 0."""
        a = y + t
        return np.where(a >= 0, relative_entropy(np.maximum(a, 0.0), exponential(eta), eta), np.inf)

    def clip(self, t: Array, y: Array) -> Array:
        """t >= -y."""
        return np.maximum(t, -y)

    def slope_size(self, eta: Array, y: Array) -> Array:
        """Rounding of exp(eta), and of y + t near it."""
        return exponential(eta + 1.5)  # above 4 exp(eta)

    def predictor_size(self, y: Array) -> Array:
        """|log y|, at least 1."""
        return np.maximum(np.abs(np.log(np.where(y > 0, y, 1.0))), 1.0)

    def mean(self, eta: Array) -> Array:
        """exp(eta)."""
        return exponential(eta)

    def recession(self, r: Array, y: Array) -> Array:
        """Infinite upwards, y |r| downwards."""
        return np.where(r > 0, np.inf, y * np.maximum(-r, 0.0))
