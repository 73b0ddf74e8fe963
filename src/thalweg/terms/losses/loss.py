"""What solvers and judges need of a loss f(eta, y) of a linear predictor, per sample.

Each loss is convex in eta with infimum 0 and offers, all elementwise:

- ``value(eta, y)`` f, ``slope(eta, y)`` f' (where f has a kink, one of its slopes), ``curvature(eta, y)`` f'';
- ``shortfall(t, eta, y)`` B = f(eta) + f*(t) - t eta >= 0 (Fenchel-Young), zero exactly where t = f'(eta), infinite
  outside the domain of f*; computed without cancellation. ``clip(t, y)``: the nearest t in that domain;
- ``growth(eta, y)`` (h, M): f(eta + r) >= f + f' r + h (exp(-M|r|) + M|r| - 1) / M^2 for every r, the last factor being
  r^2 / 2 for M = 0. ``h`` never exceeds f'', and is 0 where nothing is known;
- ``moved(t, eta, y, delta)``: how much B(t, .) can rise within delta of eta;
- ``slope_size(eta, y)``: absolute rounding of f' and of what ``shortfall`` takes t for, in units of 2^-53;
- ``predictor_size(y)``: ordinary size of eta for each label;
- ``mean(eta)``: what is predicted, in the unit of y: no label costs less at eta than mean(eta), where that is one;
- ``recession(r, y)``: limit of f(s r) / s for s to infinity: 0 where the loss does not rise along r;
- ``coercivity(y)`` (a, c) with f >= a |eta| - c, a > 0; None where the loss does not rise to both sides.

A loss of lines and parabolas may also offer ``dual_form(y)`` (low, high, linear, q): f*(t) = q t^2 / 2 + linear t for
low <= t <= high, infinite elsewhere.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

import numpy as np

from thalweg.result import Array

LEAST = 5e-324  # a curvature that underflows is at most this


class Loss(Protocol):
    """A loss; see the module docstring for its formulas.

    Attributes
    ----------
    name : str
        The word for it, as in ``Fit(loss="squared")``.
    formula : str
        f in plain text, of ``score_i`` and ``y_i``: what reports show.
    max_curvature : float
        Least L with f'' <= L everywhere; may be infinite.
    concordance : float
        Least M with |f'''| <= M f'' everywhere (Bach 2010); infinite where f'' jumps.
    strict : bool
        Whether f falls strictly, for ever, in each direction in which it does not rise (no flat part).
    kinked : bool
        Whether f has kinks: then slopes alone do not lead to the minimum.
    quadratic : bool
        Whether f'' is 1 everywhere: what least squares needs.
    joint : bool
        Whether it is a loss of several predictors per sample (``Multinomial``, which says what differs).
    """

    name: ClassVar[str]
    formula: ClassVar[str]
    max_curvature: float
    concordance: float
    strict: ClassVar[bool]
    kinked: ClassVar[bool]
    quadratic: ClassVar[bool]
    joint: ClassVar[bool]

    def check(self, y: Array) -> None:
        """Raise if y is outside the domain of the loss, or has no minimiser whatever the features are."""
        ...

    def value(self, eta: Array, y: Array) -> Array:
        """Loss f(eta)."""
        ...

    def slope(self, eta: Array, y: Array) -> Array:
        """First derivative f'(eta)."""
        ...

    def curvature(self, eta: Array, y: Array) -> Array:
        """Second derivative f''(eta)."""
        ...

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """f(eta) + f*(t) - t eta."""
        ...

    def clip(self, t: Array, y: Array) -> Array:
        """Nearest t in the domain of f*."""
        ...

    def growth(self, eta: Array, y: Array) -> tuple[Array, Array]:
        """(h, M) of the lower estimate."""
        ...

    def moved(self, t: Array, eta: Array, y: Array, delta: Array) -> Array:
        """Bound how much B(t, .) rises within delta of eta."""
        ...

    def slope_size(self, eta: Array, y: Array) -> Array:
        """Absolute rounding of f' and t in units of 2^-53."""
        ...

    def predictor_size(self, y: Array) -> Array:
        """Ordinary size of eta."""
        ...

    def mean(self, eta: Array) -> Array:
        """What is predicted, in the unit of y."""
        ...

    def recession(self, r: Array, y: Array) -> Array:
        """Slope of the loss at infinity in direction r."""
        ...

    def coercivity(self, y: Array) -> tuple[Array, Array] | None:
        """(a, c) with f(eta) >= a |eta| - c."""
        ...


class Concordant:
    """What follows for a loss whose third derivative is bounded by its second: |f'''| <= M f''.

    A loss of one's own subclasses this, says ``max_curvature`` and ``concordance``, and gives value, slope, curvature,
    shortfall, clip, slope_size and predictor_size.
    """

    max_curvature: float = np.inf
    concordance: float
    strict: ClassVar[bool] = True
    kinked: ClassVar[bool] = False
    quadratic: ClassVar[bool] = False
    joint: ClassVar[bool] = False

    def curvature(self, eta: Array, y: Array) -> Array:
        """Second derivative f''(eta)."""
        raise NotImplementedError

    def slope(self, eta: Array, y: Array) -> Array:
        """First derivative f'(eta)."""
        raise NotImplementedError

    def growth(self, eta: Array, y: Array) -> tuple[Array, Array]:
        """f'' and M (Bach 2010, prop. 1)."""
        return self.curvature(eta, y), np.full_like(eta, self.concordance)

    def moved(self, t: Array, eta: Array, y: Array, delta: Array) -> Array:
        """|f' - t| delta + L delta^2 / 2, where f'' <= f''(eta) exp(M delta) if there is no L for all eta."""
        with np.errstate(over="ignore", invalid="ignore"):
            L = self.max_curvature
            if not np.isfinite(L):
                L = np.maximum(self.curvature(eta, y), LEAST) * np.exp(self.concordance * delta)
            bound = np.abs(self.slope(eta, y) - t) * delta + 0.5 * L * delta**2
        return np.where(np.equal(delta, 0), 0.0, np.where(np.isnan(bound), np.inf, bound))

    def mean(self, eta: Array) -> Array:
        """The score itself, where a loss says nothing else."""
        return eta

    def coercivity(self, y: Array) -> tuple[Array, Array] | None:
        """Nothing is known."""
        return None


class Residual:
    """What losses of the residual r = eta - y share: labels and predictors are numbers of one kind.

    r is a difference of two numbers that are given, so it is rounded in its last digit only.
    """

    max_curvature: float = 1.0
    strict: ClassVar[bool] = True
    kinked: ClassVar[bool] = False
    quadratic: ClassVar[bool] = False
    joint: ClassVar[bool] = False

    def check(self, y: Array) -> None:
        """Every finite y will do."""

    def slope(self, eta: Array, y: Array) -> Array:
        """First derivative f'(eta)."""
        raise NotImplementedError

    def moved(self, t: Array, eta: Array, y: Array, delta: Array) -> Array:
        """|f' - t| delta + L delta^2 / 2."""
        return np.abs(self.slope(eta, y) - t) * delta + 0.5 * self.max_curvature * delta**2

    def slope_size(self, eta: Array, y: Array) -> Array:
        """No more than eta and y together."""
        return np.abs(eta) + np.abs(y)

    def predictor_size(self, y: Array) -> Array:
        """That of the labels."""
        return np.abs(y)

    def mean(self, eta: Array) -> Array:
        """Predictors are in the unit of y."""
        return eta
