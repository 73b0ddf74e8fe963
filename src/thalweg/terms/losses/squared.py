"""The squared loss."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from thalweg.result import Array
from thalweg.terms.losses.loss import Residual


class Squared(Residual):
    """Half squared error: f(eta) = (eta - y)^2 / 2.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.Squared().value(np.array([3.0]), np.array([1.0]))
    array([2.])
    """

    name: ClassVar[str] = "squared"
    formula: ClassVar[str] = "(y_i - score_i)^2 / 2"
    concordance: float = 0.0
    quadratic: ClassVar[bool] = True

    def __repr__(self) -> str:
        return "Squared()"

    def value(self, eta: Array, y: Array) -> Array:
        """Half the squared residual."""
        return 0.5 * (eta - y) ** 2

    def slope(self, eta: Array, y: Array) -> Array:
        """Residual eta - y."""
        return eta - y

    def curvature(self, eta: Array, y: Array) -> Array:
        """One."""
        return np.ones_like(eta)

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """(t - (eta - y))^2 / 2."""
        return 0.5 * (t - (eta - y)) ** 2

    def clip(self, t: Array, y: Array) -> Array:
        """Every t has a conjugate."""
        return t

    def growth(self, eta: Array, y: Array) -> tuple[Array, Array]:
        """The loss itself: h = 1, M = 0."""
        return np.ones_like(eta), np.zeros_like(eta)

    def coercivity(self, y: Array) -> tuple[Array, Array]:
        """(eta - y)^2 / 2 >= |eta - y| - 1/2."""
        return np.ones_like(y), np.abs(y) + 0.5

    def dual_form(self, y: Array) -> tuple[Array, Array, Array, float]:
        """f*(t) = t^2 / 2 + y t."""
        return np.full_like(y, -np.inf), np.full_like(y, np.inf), y, 1.0

    def recession(self, r: Array, y: Array) -> Array:
        """Infinite in every direction."""
        return np.where(r == 0, 0.0, np.inf)
