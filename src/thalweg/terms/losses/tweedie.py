"""The Tweedie loss with logarithmic link."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from thalweg.result import Array
from thalweg.terms.losses.excess import exponential, exponential_excess, log_ratio, relative_entropy
from thalweg.terms.losses.labels import demand_counts, parameter
from thalweg.terms.losses.loss import Concordant


@dataclass(frozen=True)
class Tweedie(Concordant):
    """Half the deviance of amounts with zeros, variance m^p, log link: 1 < p < 2, m = exp(eta), y >= 0.

    With a = p - 1 and b = 2 - p, f(eta) = y exp(-a eta) / a + exp(b eta) / b minus its least value y^b / (a b):
    y^b (E(-a z) / a + E(b z) / b) with z = eta - log y and E(x) = exp(x) - 1 - x. The conjugate has no formula: where
    f'(e) = t, f + f* - t eta is y exp(-a e) E(-a s) / a + exp(b e) E(b s) / b with s = eta - e, and for an e that is
    only near, f*(t) is bounded from above by the concordance of f, so that no gap comes out too small.

    Parameters
    ----------
    power : float
        p: towards 1 the counts of `Poisson`, towards 2 the amounts of `Gamma`.

    References
    ----------
    Jorgensen (1987), Exponential dispersion models, Journal of the Royal Statistical Society B 49.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.Tweedie(power=1.5).value(np.array([0.0, 0.0]), np.array([0.0, 1.0]))
    array([2., 0.])
    """

    power: float = 1.5
    concordance: float = field(init=False, repr=False, compare=False)

    name: ClassVar[str] = "tweedie"
    formula: ClassVar[str] = "(y_i exp((1 - power) score_i) / (power - 1) + exp((2 - power) score_i) / (2 - power))"

    def __post_init__(self) -> None:
        hint = "Power 1 is tw.Poisson(), power 2 is tw.Gamma(); beyond 2 the loss is not convex."
        object.__setattr__(self, "power", parameter(self.power, "power", 1.0, 2.0, hint=hint))
        object.__setattr__(self, "concordance", max(self.power - 1, 2 - self.power))

    def check(self, y: Array) -> None:
        """Amounts are 0 or more, and not all 0."""
        demand_counts(y, "Tweedie", instead=", or use tw.Squared() for targets of both signs")

    def value(self, eta: Array, y: Array) -> Array:
        """y^b (E(-a z) / a + E(b z) / b); exp(b eta) / b for y = 0."""
        a, b, some = self.power - 1, 2 - self.power, np.where(y > 0, y, 1.0)
        z = -log_ratio(some, exponential(eta), eta)
        with np.errstate(over="ignore"):
            (down, up), least = self._parts(eta, some), some**b
            whole = _bregman(least, down, -a * z) / a + _bregman(least, up, b * z) / b
            return np.where(y > 0, whole, np.exp(b * eta) / b)

    def slope(self, eta: Array, y: Array) -> Array:
        """exp(b eta) - y exp(-a eta)."""
        down, up = self._parts(eta, y)
        return up - down

    def curvature(self, eta: Array, y: Array) -> Array:
        """a y exp(-a eta) + b exp(b eta)."""
        down, up = self._parts(eta, y)
        return (self.power - 1) * down + (2 - self.power) * up

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """See the class; for y = 0 it is exp(b eta) phi(t exp(-b eta)) / b, infinite for t < 0."""
        b = 2 - self.power
        some = self._from_touching(t, eta, np.where(y > 0, y, 1.0))
        with np.errstate(over="ignore"):
            none = relative_entropy(np.maximum(t, 0.0), np.exp(b * eta), b * eta) / b
        return np.where(y > 0, some, np.where(t >= 0, none, np.inf))

    def clip(self, t: Array, y: Array) -> Array:
        """t >= 0 for y = 0; every t for y > 0."""
        return np.where(y > 0, t, np.maximum(t, 0.0))

    def slope_size(self, eta: Array, y: Array) -> Array:
        """Rounding of the exponents and of the two terms."""
        down, up = self._parts(eta, y)
        with np.errstate(invalid="ignore", over="ignore"):
            size = (8 + np.abs((self.power - 1) * eta)) * down + (4 + np.abs((2 - self.power) * eta)) * up
        return np.where(np.isnan(size), np.inf, size)

    def predictor_size(self, y: Array) -> Array:
        """|log y|, at least 1."""
        return np.maximum(np.abs(np.log(np.where(y > 0, y, 1.0))), 1.0)

    def mean(self, eta: Array) -> Array:
        """exp(eta)."""
        return exponential(eta)

    def recession(self, r: Array, y: Array) -> Array:
        """Infinite, but 0 downwards for y = 0."""
        return np.where((r > 0) | ((r < 0) & (y > 0)), np.inf, 0.0)

    def _parts(self, eta: Array, y: Array) -> tuple[Array, Array]:
        """y exp(-a eta), in two steps as in `Gamma`, and exp(b eta)."""
        with np.errstate(over="ignore"):
            half = np.exp(np.where(y > 0, 0.5 * (1 - self.power) * eta, 0.0))
            return y * half * half, np.exp((2 - self.power) * eta)

    def _from_touching(self, t: Array, eta: Array, y: Array) -> Array:
        """f(eta) + f*(t) - t eta for y > 0: the tangent at e, the error of its slope, and what e misses of f*.

        |f'(e) - t| <= h / (2 M) bounds the way to the true point by 2 log(2) |f'(e) - t| / h (Bach 2010), h = f''(e).
        """
        a, b = self.power - 1, 2 - self.power
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            e = np.log(y) + _touching(t, np.log(np.abs(t)) - b * np.log(y), (a, b))
            e = e - (self.slope(e, y) - t) / self.curvature(e, y)
            s, off, h = eta - e, self.slope(e, y) - t, self.curvature(e, y)
            (down, up), (down_there, up_there) = self._parts(e, y), self._parts(eta, y)
            total = _bregman(down, down_there, -a * s) / a + _bregman(up, up_there, b * s) / b + off * s
            total = np.maximum(total, 0.0) + 1.4 * np.abs(off) * (np.abs(off) / h)
            return np.where((self.concordance * np.abs(off) <= 0.5 * h) & ~np.isnan(total), total, np.inf)


def _bregman(here: Array, there: Array, x: Array) -> Array:
    """here (exp(x) - 1 - x), ``there`` being here exp(x): what an exponential rises above its tangent."""
    return np.where(np.abs(x) < 1, here * exponential_excess(np.where(np.abs(x) < 1, x, 0.0)), there - here - here * x)


def _touching(t: Array, log_size: Array, powers: tuple[float, float]) -> Array:
    """Solve exp(b z) - exp(-a z) = tau, a + b = 1, where tau has the sign of t, and ``log_size`` is log |tau|.

    Newton's method on log(|tau| + exp(-d w)) = c w, w = |z|: right minus left is concave and rises, so that the steps
    come from below and never pass the root.
    """
    a, b = powers
    c, d = np.where(t >= 0, b, a), np.where(t >= 0, a, b)
    w = np.maximum(log_size / c, 0.0)
    for _ in range(60):
        near = np.log1p(np.exp(np.minimum(log_size, 1.0)) + np.expm1(-d * w))
        log_sum = np.where((w < 0.5) & (log_size < 1), near, np.logaddexp(log_size, -d * w))
        step = (log_sum - c * w) / (c + d * np.exp(-d * w - log_sum))
        w = w + step
        if not (np.abs(step) > 2.0**-51 * w).any():
            break
    return np.copysign(w, t)
