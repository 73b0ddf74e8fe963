"""The squared hinge loss."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from thalweg.result import Array
from thalweg.terms.losses.huber import growth_up_to
from thalweg.terms.losses.labels import demand
from thalweg.terms.losses.loss import Concordant


class SquaredHinge(Concordant):
    """Half the square of what a margin lacks to 1: f = max(0, m)^2 / 2, m = 1 - s eta, s = 2 y - 1, y in {0, 1}.

    f*(t) = a^2 / 2 - a with a = -s t >= 0, and so f + f* - t eta = (max(0, m) - a)^2 / 2 + a max(0, -m). Scores at or
    beyond their label cost nothing: the smooth relative of the support vector machine.

    References
    ----------
    Cortes and Vapnik (1995), Support-vector networks, Machine Learning 20 (eq. 23, with sigma = 2).

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.SquaredHinge().value(np.array([0.0, 3.0, 3.0]), np.array([1.0, 1.0, 0.0]))
    array([0.5, 0. , 8. ])
    """

    name: ClassVar[str] = "squared-hinge"
    formula: ClassVar[str] = "max(0, 1 - (2 y_i - 1) score_i)^2 / 2"
    max_curvature: float = 1.0
    concordance: float = np.inf
    strict: ClassVar[bool] = False

    def __repr__(self) -> str:
        return "SquaredHinge()"

    def check(self, y: Array) -> None:
        """Labels are 0 and 1."""
        demand(
            (y == 0) | (y == 1),
            y,
            "other than 0 and 1",
            "the squared hinge loss needs labels 0 and 1. Recode them, e.g. (y == positive_class).",
        )

    def value(self, eta: Array, y: Array) -> Array:
        """Half the square of what is lacking."""
        return 0.5 * np.maximum(_lacking(eta, y), 0.0) ** 2

    def slope(self, eta: Array, y: Array) -> Array:
        """-s max(0, m)."""
        return (1 - 2 * y) * np.maximum(_lacking(eta, y), 0.0)

    def curvature(self, eta: Array, y: Array) -> Array:
        """1 where something is lacking, else 0."""
        return 1.0 * (_lacking(eta, y) > 0)

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """(max(0, m) - a)^2 / 2 + a max(0, -m); infinite for a < 0."""
        m, a = _lacking(eta, y), (1 - 2 * y) * t
        return np.where(a >= 0, 0.5 * (np.maximum(m, 0.0) - a) ** 2 + a * np.maximum(-m, 0.0), np.inf)

    def clip(self, t: Array, y: Array) -> Array:
        """-s t >= 0."""
        return (1 - 2 * y) * np.maximum((1 - 2 * y) * t, 0.0)

    def growth(self, eta: Array, y: Array) -> tuple[Array, Array]:
        """h = 1 and M = 1 / room, room = m (less its rounding) being the way to the flat part."""
        return growth_up_to(_lacking(eta, y) * (1 - 2.0**-51))

    def slope_size(self, eta: Array, y: Array) -> Array:
        """None beside its last digit."""
        return np.zeros_like(eta)

    def predictor_size(self, y: Array) -> Array:
        """One: the margin asked for."""
        return np.ones_like(y)

    def mean(self, eta: Array) -> Array:
        """The label on the side of the score: 1 above 0, else 0."""
        return 1.0 * (eta > 0)

    def dual_form(self, y: Array) -> tuple[Array, Array, Array, float]:
        """f*(t) = t^2 / 2 + s t for s t <= 0."""
        s = 2 * y - 1
        return np.where(s > 0, -np.inf, 0.0), np.where(s > 0, 0.0, np.inf), s, 1.0

    def recession(self, r: Array, y: Array) -> Array:
        """Infinite against the label, 0 along it."""
        return np.where((2 * y - 1) * r < 0, np.inf, 0.0)


def _lacking(eta: Array, y: Array) -> Array:
    """m = 1 - s eta."""
    return 1 - (2 * y - 1) * eta
