"""Losses of a linear predictor eta, per sample, with infimum 0.

Each loss is convex in eta and offers, all elementwise:

- ``value(eta, y)`` f, ``slope(eta, y)`` f', ``curvature(eta, y)`` f'';
- ``shortfall(t, eta, y)`` B = f(eta) + f*(t) - t eta >= 0 (Fenchel-Young), zero exactly where t = f'(eta);
  infinite outside the domain of f*;
- ``recession(r, y)``: limit of f(t r) / t for t to infinity: 0 where the loss does not rise along r;
- ``max_curvature``: least L with f'' <= L; ``concordance``: least M with |f'''| <= M f'', which bounds f from below:
  f(eta + r) >= f + f' r + f'' (exp(-M|r|) + M|r| - 1) / M^2  (Bach 2010, prop. 1);
- ``strict``: whether f falls strictly, for ever, in each direction in which it does not rise (no flat part);
- ``predictor_size``: ordinary size of eta where the labels do not tell (0 if they do);
- ``slope_rounding``: absolute rounding of f' and of t in units of 2^-53, where they are differences of numbers near 1.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

import numpy as np

from thalweg.errors import InputError, ProblemError, suggest
from thalweg.result import Array

SMALL = 1e-290  # probabilities below this are handled through their logarithms


class Loss(Protocol):
    """What solvers and judges need of a loss; see the module docstring."""

    name: ClassVar[str]
    max_curvature: ClassVar[float]
    concordance: ClassVar[float]
    slope_rounding: ClassVar[float]
    predictor_size: ClassVar[float]
    strict: ClassVar[bool]

    def check(self, y: Array) -> None:
        """Raise if y is outside the domain of the loss."""
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

    def recession(self, r: Array, y: Array) -> Array:
        """Slope of the loss at infinity in direction r."""
        ...


class Squared:
    """Half squared error: f(eta) = (eta - y)^2 / 2.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> tw.Squared().value(np.array([3.0]), np.array([1.0]))
    array([2.])
    """

    name: ClassVar[str] = "squared"
    max_curvature: ClassVar[float] = 1.0
    concordance: ClassVar[float] = 0.0
    quadratic: ClassVar[bool] = True  # what least squares needs; no other loss has it
    slope_rounding: ClassVar[float] = 0.0
    predictor_size: ClassVar[float] = 0.0
    strict: ClassVar[bool] = True

    def check(self, y: Array) -> None:
        """Every finite y will do."""

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

    def recession(self, r: Array, y: Array) -> Array:
        """Infinite in every direction."""
        return np.where(r == 0, 0.0, np.inf)


class Logistic:
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
    max_curvature: ClassVar[float] = 0.25
    concordance: ClassVar[float] = 1.0
    slope_rounding: ClassVar[float] = 8.0
    predictor_size: ClassVar[float] = 1.0
    strict: ClassVar[bool] = True

    def check(self, y: Array) -> None:
        """Labels lie in [0, 1], and not all at one end."""
        outside = ~((y >= 0) & (y <= 1))
        if outside.any():
            first = int(np.flatnonzero(outside)[0])
            raise InputError(
                f"y has {int(outside.sum())} values outside [0, 1], first {y[first]:g} at row {first}; the logistic "
                "loss needs labels 0 and 1 (or shares between). Recode them, e.g. (y == positive_class), "
                "or use tw.LogisticRegression, which takes any two labels."
            )
        if y.size and (y == y[0]).all() and y[0] in (0.0, 1.0):
            raise ProblemError(
                f"y has one class only ({y[0]:g}, {y.size} rows); logistic regression needs two. "
                "Check the filter that produced y, or fit on more data."
            )

    def value(self, eta: Array, y: Array) -> Array:
        """KL(y || sigma(eta)), without cancellation."""
        shared = (y > 0) & (y < 1)
        whole = y * softplus(-eta) + (1 - y) * softplus(eta)
        return np.where(shared, self.shortfall(np.zeros_like(eta), eta, y), whole) if shared.any() else whole

    def slope(self, eta: Array, y: Array) -> Array:
        """sigma(eta) - y, without cancellation for y = 0 and y = 1."""
        return (1 - y) * sigmoid(eta) - y * sigmoid(-eta)

    def curvature(self, eta: Array, y: Array) -> Array:
        """sigma(eta) sigma(-eta)."""
        return sigmoid(eta) * sigmoid(-eta)

    def shortfall(self, t: Array, eta: Array, y: Array) -> Array:
        """KL(p || sigma(eta)) with p = y + t, as q phi(p/q) + (1-q) phi((1-p)/(1-q))."""
        p, rest = t + y, (1 - y) - t
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            total = _relative_entropy(p, sigmoid(eta), -softplus(-eta))
            total += _relative_entropy(rest, sigmoid(-eta), -softplus(eta))
        return np.where((p >= 0) & (rest >= 0), total, np.inf)

    def recession(self, r: Array, y: Array) -> Array:
        """(1 - y) max(r, 0) + y max(-r, 0)."""
        return (1 - y) * np.maximum(r, 0.0) + y * np.maximum(-r, 0.0)


LOSSES: dict[str, type[Loss]] = {loss.name: loss for loss in (Squared, Logistic)}


def loss_of(loss: str | Loss) -> Loss:
    """Resolve a name to a loss; a loss object passes through."""
    if not isinstance(loss, str):
        return loss
    if loss not in LOSSES:
        raise InputError(f'unknown loss "{loss}". {suggest(loss, LOSSES)}')
    return LOSSES[loss]()


def sigmoid(eta: Array) -> Array:
    """1 / (1 + exp(-eta)) with full relative accuracy at both ends."""
    e = np.exp(-np.abs(eta))
    return np.where(eta >= 0, 1.0, e) / (1.0 + e)


def softplus(eta: Array) -> Array:
    """log(1 + exp(eta)) without overflow."""
    return np.maximum(eta, 0.0) + np.log1p(np.exp(-np.abs(eta)))


def _relative_entropy(p: Array, q: Array, log_q: Array) -> Array:
    """p log(p/q) - p + q = q phi(p/q) with phi(w) = w log w - w + 1, to a small multiple of its own rounding."""
    d = (p - q) / q
    near = np.abs(d) < 0.1
    direct = (q > SMALL) & (d > -0.5)  # below, d has lost the digits of p
    log_ratio = np.where(direct, np.log1p(np.where(direct, d, 0.0)), np.log(np.where(p > 0, p, 1.0)) - log_q)
    far = np.where(p > 0, p * log_ratio, 0.0) - (p - q)
    return np.maximum(np.where(near, q * _phi_series(np.where(near, d, 0.0)), far), 0.0)


def _phi_series(d: Array) -> Array:
    """phi(1 + d) = sum over k >= 2 of (-1)^k d^k / (k (k - 1)); 18 terms reach rounding for |d| < 0.1."""
    total = np.zeros_like(d)
    for k in range(18, 1, -1):
        total = d * total + (-1.0) ** k / (k * (k - 1))
    return total * d * d
