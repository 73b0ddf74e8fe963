"""Huber's loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from thalweg.result import Array
from thalweg.terms.losses.labels import parameter
from thalweg.terms.losses.loss import Residual


@dataclass(frozen=True)
class Huber(Residual):
    """Quadratic near 0, linear beyond delta: f = r^2 / 2 for |r| <= delta, else delta |r| - delta^2 / 2; r = eta - y.

    An outlier pulls with the force delta at most. f*(t) = t^2 / 2 + t y for |t| <= delta. With k = r clipped to
    [-delta, delta], which is f', and residuals in the unit of y, delta = 1.345 times their standard deviation keeps
    95 % of the efficiency of least squares.

    Parameters
    ----------
    delta : float
        Where the loss turns linear, in the unit of y; above 0.

    References
    ----------
    Huber (1964), Robust estimation of a location parameter, Annals of Mathematical Statistics 35.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.Huber(delta=1.0).value(np.array([0.5, 3.0]), np.array([0.0, 0.0]))
    array([0.125, 2.5  ])
    """

    delta: float = 1.35

    name: ClassVar[str] = "huber"
    formula: ClassVar[str] = "huber(y_i - score_i), quadratic up to delta"
    concordance: ClassVar[float] = np.inf

    def __post_init__(self) -> None:
        object.__setattr__(self, "delta", parameter(self.delta, "delta", 0.0))

    def value(self, eta: Array, y: Array) -> Array:
        """k (|r| - k / 2) with k = min(|r|, delta)."""
        size = np.abs(eta - y)
        k = np.minimum(size, self.delta)
        return k * (size - 0.5 * k)

    def slope(self, eta: Array, y: Array) -> Array:
        """Residual, clipped to [-delta, delta]."""
        return np.clip(eta - y, -self.delta, self.delta)

    def curvature(self, eta: Array, y: Array) -> Array:
        """1 where the loss is quadratic, else 0."""
        return 1.0 * (np.abs(eta - y) <= self.delta)

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """(t - k)^2 / 2 + (r - k)(k - t); infinite for |t| > delta."""
        r = eta - y
        k = np.clip(r, -self.delta, self.delta)
        return np.where(np.abs(t) <= self.delta, 0.5 * (t - k) ** 2 + (r - k) * (k - t), np.inf)

    def clip(self, t: Array, y: Array) -> Array:
        """|t| <= delta."""
        return np.clip(t, -self.delta, self.delta)

    def growth(self, eta: Array, y: Array) -> tuple[Array, Array]:
        """h = 1 and M = 1 / room, room = delta - |r| (less its rounding) being the way to the linear part.

        Beyond it f rises over its tangent by room |s| - room^2 / 2, the estimate by room |s| - room^2 (1 - exp(-1)).
        """
        return growth_up_to(self.delta * (1 - 2.0**-51) - np.abs(eta - y))

    def dual_form(self, y: Array) -> tuple[Array, Array, Array, float]:
        """f*(t) = t^2 / 2 + y t for |t| <= delta."""
        return np.full_like(y, -self.delta), np.full_like(y, self.delta), y, 1.0

    def recession(self, r: Array, y: Array) -> Array:
        """delta |r|."""
        return self.delta * np.abs(r)

    def coercivity(self, y: Array) -> tuple[Array, Array]:
        """f >= delta |r| - delta^2 / 2."""
        return np.full_like(y, self.delta), self.delta * (np.abs(y) + 0.5 * self.delta)


def growth_up_to(room: Array) -> tuple[Array, Array]:
    """(h, M) of a loss with f'' = 1 up to ``room`` away, and no bend beyond; nothing where there is no room."""
    inside = room > 1e-300
    return 1.0 * inside, np.where(inside, 1.0 / np.where(inside, room, 1.0), 0.0)
