"""The quantile loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from thalweg.result import Array
from thalweg.terms.losses.labels import parameter
from thalweg.terms.losses.loss import Residual


@dataclass(frozen=True)
class Quantile(Residual):
    """Tilted absolute error: f = tau (y - eta) below y, (1 - tau) (eta - y) above it; the best constant is a quantile.

    f*(t) = t y for -tau <= t <= 1 - tau. f has a kink at eta = y, where each t between these is a slope; ``slope``
    says 0 there. tau = 1/2 is half the absolute error, for medians.

    Parameters
    ----------
    tau : float
        Share of the data below the fit; between 0 and 1.

    References
    ----------
    Koenker and Bassett (1978), Regression quantiles, Econometrica 46.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.Quantile(tau=0.75).value(np.array([0.0, 4.0]), np.array([2.0, 2.0]))
    array([1.5, 0.5])
    """

    tau: float = 0.5

    name: ClassVar[str] = "quantile"
    formula: ClassVar[str] = "max(tau (y_i - score_i), (1 - tau) (score_i - y_i))"
    max_curvature: ClassVar[float] = np.inf
    concordance: ClassVar[float] = np.inf
    kinked: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "tau", parameter(self.tau, "tau", 0.0, 1.0, hint="0.5 is the median."))
        if 1.0 - self.tau == 1.0:
            parameter(self.tau, "tau", 2.0**-53, 1.0, hint="1 - tau must differ from 1.")

    def value(self, eta: Array, y: Array) -> Array:
        """The larger of two lines through 0."""
        r = eta - y
        return np.maximum((1 - self.tau) * r, -self.tau * r)

    def slope(self, eta: Array, y: Array) -> Array:
        """1 - tau above y, -tau below; 0 at y."""
        return np.where(eta > y, 1 - self.tau, np.where(eta < y, -self.tau, 0.0))

    def curvature(self, eta: Array, y: Array) -> Array:
        """None but at the kink."""
        return np.zeros_like(eta)

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """(1 - tau - t) r above y, (tau + t) |r| below."""
        r = eta - y
        inside = (t >= -self.tau) & (t <= 1 - self.tau)
        return np.where(inside, np.where(r > 0, (1 - self.tau - t) * r, (self.tau + t) * -r), np.inf)

    def clip(self, t: Array, y: Array) -> Array:
        """-tau <= t <= 1 - tau."""
        return np.clip(t, -self.tau, 1 - self.tau)

    def growth(self, eta: Array, y: Array) -> tuple[Array, Array]:
        """Nothing: beside the kink the loss is a line."""
        return np.zeros_like(eta), np.zeros_like(eta)

    def moved(self, t: Array, eta: Array, y: Array, delta: Array) -> Array:
        """B(t, .) rises by 1 - tau - t per unit to the right, by tau + t to the left."""
        steepest = np.maximum(np.maximum(1 - self.tau - t, self.tau + t), 0.0)
        return steepest * (delta + 2.0**-52 * np.abs(y))

    def dual_form(self, y: Array) -> tuple[Array, Array, Array, float]:
        """f*(t) = y t for -tau <= t <= 1 - tau."""
        return np.full_like(y, -self.tau), np.full_like(y, 1 - self.tau), y, 0.0

    def recession(self, r: Array, y: Array) -> Array:
        """The loss itself, for y = 0."""
        return np.maximum((1 - self.tau) * r, -self.tau * r)

    def coercivity(self, y: Array) -> tuple[Array, Array]:
        """f >= min(tau, 1 - tau) |r|."""
        least = min(self.tau, 1 - self.tau)
        return np.full_like(y, least), least * np.abs(y)
