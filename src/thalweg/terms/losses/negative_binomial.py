"""The negative binomial loss with logarithmic link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from thalweg.result import Array
from thalweg.terms.losses.excess import exponential, relative_entropy, softplus
from thalweg.terms.losses.labels import demand_counts, parameter
from thalweg.terms.losses.loss import Concordant


@dataclass(frozen=True)
class NegativeBinomial(Concordant):
    """Half the deviance of counts whose variance is m + alpha m^2, log link: m = exp(eta), alpha the dispersion.

    With k = y + 1/alpha and sigma the logistic function at z = eta + log alpha,
    f(eta) = k log(1 + alpha m) - y eta, minus its least value, is k KL(y/k || sigma). The conjugate lives on
    0 <= q <= 1, q = (y + t) / k, and f + f* - t eta = k KL(q || sigma). alpha towards 0 is the Poisson loss.

    Parameters
    ----------
    dispersion : float
        alpha, above 0; it is given, not estimated.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models, section 11.2.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.NegativeBinomial(dispersion=1.0).value(np.array([0.0, 0.0]), np.array([0.0, 1.0])).round(6)
    array([0.693147, 0.      ])
    """

    dispersion: float = 1.0

    name: ClassVar[str] = "negative-binomial"
    formula: ClassVar[str] = "((y_i + 1 / dispersion) log(1 + dispersion exp(score_i)) - y_i score_i)"
    concordance: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        hint = "For no dispersion beyond that of counts, use tw.Poisson()."
        object.__setattr__(self, "dispersion", parameter(self.dispersion, "dispersion", 1e-12, 1e12, hint=hint))

    def check(self, y: Array) -> None:
        """Counts are 0 or more, and not all 0."""
        demand_counts(y, "negative binomial", instead=", or use tw.Squared() for targets of both signs")

    def value(self, eta: Array, y: Array) -> Array:
        """k KL(y/k || sigma)."""
        return self.shortfall(np.zeros_like(eta), eta, y)

    def slope(self, eta: Array, y: Array) -> Array:
        """k sigma - y = sigma / alpha - y (1 - sigma)."""
        share, rest = self._shares(eta)
        return share / self.dispersion - y * rest

    def curvature(self, eta: Array, y: Array) -> Array:
        """k sigma (1 - sigma)."""
        share, rest = self._shares(eta)
        return (y + 1 / self.dispersion) * share * rest

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """k KL(q || sigma) as k sigma phi + k (1 - sigma) phi; infinite for q outside [0, 1].

        In the second part, 1 - q and 1 - sigma are near 1 where m is small: their difference is that of the slopes.
        """
        share, rest = self._shares(eta)
        z, k = eta + np.log(self.dispersion), y + 1 / self.dispersion
        p, left = y + t, 1 / self.dispersion - t
        total = relative_entropy(np.maximum(p, 0.0), k * share, np.log(k) - softplus(-z))
        off = np.where(share < rest, (share / self.dispersion - y * rest) - t, left - k * rest)
        total += relative_entropy(np.maximum(left, 0.0), k * rest, np.log(k) - softplus(z), off)
        return np.where((p >= 0) & (left >= 0), total, np.inf)

    def clip(self, t: Array, y: Array) -> Array:
        """-y <= t <= 1 / alpha."""
        return np.clip(t, -y, 1 / self.dispersion)

    def slope_size(self, eta: Array, y: Array) -> Array:
        """Rounding of its two terms, and of y + t near k sigma."""
        share, rest = self._shares(eta)
        return 8.0 * ((y + 1 / self.dispersion) * share + y * rest)

    def predictor_size(self, y: Array) -> Array:
        """|log y|, at least 1."""
        return np.maximum(np.abs(np.log(np.where(y > 0, y, 1.0))), 1.0)

    def mean(self, eta: Array) -> Array:
        """exp(eta)."""
        return exponential(eta)

    def recession(self, r: Array, y: Array) -> Array:
        """r / alpha upwards, y |r| downwards."""
        return np.maximum(r, 0.0) / self.dispersion + y * np.maximum(-r, 0.0)

    def _shares(self, eta: Array) -> tuple[Array, Array]:
        """sigma and 1 - sigma at z = eta + log alpha, each to a few of its own last digits."""
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-eta) / self.dispersion), 1 / (1 + self.dispersion * np.exp(eta))
