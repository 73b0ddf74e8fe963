"""Derivatives of elementwise functions: NumPy's ufuncs, and those of scipy.special.

Each is a function of the answer and the arguments that gives the partial derivative by one of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from thalweg.autodiff.tape import FLAT, REWRITTEN, RULES, Back, plain

Partial = Callable[..., Any]


def unbroadcast(cotangent: Any, shape: tuple[int, ...]) -> Any:
    """Sum a cotangent over the axes along which an argument of this shape was repeated."""
    if np.shape(cotangent) == shape:
        return cotangent
    added = np.ndim(cotangent) - len(shape)
    if added > 0:
        cotangent = np.sum(cotangent, axis=tuple(range(added)))
    repeated = tuple(k for k, size in enumerate(shape) if size == 1 and np.shape(cotangent)[k] != 1)
    if repeated:
        cotangent = np.sum(cotangent, axis=repeated, keepdims=True)
    return cotangent if np.shape(cotangent) == shape else np.broadcast_to(cotangent, shape)


def elementwise(function: Any, *partials: Partial, singular: bool = False) -> None:
    """Register the partial derivatives of a function by each of its arguments.

    ``singular`` ones may be infinite, where a cotangent of 0 must stay 0: the branch that `np.where` did not take.
    """

    def rule(k: int, answer: Any, args: tuple[Any, ...], _: dict[str, Any]) -> Back:
        shape = np.shape(args[k])

        def back(cotangent: Any) -> Any:
            with np.errstate(all="ignore"):
                partial = partials[k](answer, *args)
                product = cotangent * partial
                if singular and not np.isfinite(plain(partial)).all():
                    product = np.where(plain(cotangent) == 0, 0.0, product)
            return unbroadcast(product, shape)

        return back

    RULES[function] = rule


def linear(function: Any, *factors: float) -> None:
    """Register a sum of the arguments times these factors, which needs no product."""

    def rule(k: int, answer: Any, args: tuple[Any, ...], _: dict[str, Any]) -> Back:
        shape, factor = np.shape(args[k]), factors[k]
        return lambda cotangent: unbroadcast(cotangent if factor == 1 else factor * cotangent, shape)

    RULES[function] = rule


def _power_by_base(_: Any, x: Any, p: Any) -> Any:
    """p x^(p - 1), and 0 at p = 0."""
    if np.ndim(p) == 0 and plain(p) == 2:
        return 2.0 * x
    return p * np.power(x, np.where(plain(p) == 0, 1.0, p - 1.0))


def _power_by_exponent(y: Any, x: Any, p: Any) -> Any:
    """x^p log x, and 0 at x = 0."""
    return y * np.log(np.where(plain(x) == 0, 1.0, x))


def _share(x: Any, y: Any, *, larger: bool) -> Any:
    """1 where x is the larger (or smaller) one, 1/2 where both are equal."""
    x, y = plain(x), plain(y)
    return ((x > y) if larger else (x < y)) + 0.5 * (x == y)


def _softmax_share(y: Any, x: Any) -> Any:
    """exp(x - y), and 0 where both are minus infinity."""
    return np.exp(np.where(plain(x) == -np.inf, -np.inf, x - np.where(np.isneginf(plain(y)), 0.0, y)))


linear(np.add, 1.0, 1.0)
linear(np.subtract, 1.0, -1.0)
linear(np.negative, -1.0)
linear(np.positive, 1.0)
elementwise(np.multiply, lambda _, x, y: y, lambda _, x, y: x, singular=True)
elementwise(np.divide, lambda _, x, y: 1.0 / y, lambda z, x, y: -z / y, singular=True)
elementwise(np.power, _power_by_base, _power_by_exponent, singular=True)
elementwise(np.float_power, _power_by_base, _power_by_exponent, singular=True)
elementwise(np.square, lambda _, x: 2.0 * x)
elementwise(np.sqrt, lambda y, x: 0.5 / y, singular=True)
elementwise(np.cbrt, lambda y, x: 1.0 / (3.0 * y * y), singular=True)
elementwise(np.reciprocal, lambda y, x: -y * y, singular=True)
elementwise(np.absolute, lambda _, x: np.sign(plain(x)))
elementwise(np.fabs, lambda _, x: np.sign(plain(x)))
elementwise(np.exp, lambda y, x: y, singular=True)
elementwise(np.exp2, lambda y, x: np.log(2.0) * y, singular=True)
elementwise(np.expm1, lambda y, x: y + 1.0, singular=True)
elementwise(np.log, lambda _, x: 1.0 / x, singular=True)
elementwise(np.log2, lambda _, x: 1.0 / (np.log(2.0) * x), singular=True)
elementwise(np.log10, lambda _, x: 1.0 / (np.log(10.0) * x), singular=True)
elementwise(np.log1p, lambda _, x: 1.0 / (1.0 + x), singular=True)
elementwise(np.sin, lambda _, x: np.cos(x))
elementwise(np.cos, lambda _, x: -np.sin(x))
elementwise(np.tan, lambda y, x: 1.0 + y * y)
elementwise(np.arcsin, lambda _, x: 1.0 / np.sqrt((1.0 - x) * (1.0 + x)), singular=True)
elementwise(np.arccos, lambda _, x: -1.0 / np.sqrt((1.0 - x) * (1.0 + x)), singular=True)
elementwise(np.arctan, lambda _, x: 1.0 / (1.0 + x * x))
elementwise(np.sinh, lambda _, x: np.cosh(x), singular=True)
elementwise(np.cosh, lambda _, x: np.sinh(x), singular=True)
elementwise(np.tanh, lambda y, x: (1.0 - y) * (1.0 + y))
elementwise(np.arcsinh, lambda _, x: 1.0 / np.hypot(1.0, x))
elementwise(np.arccosh, lambda _, x: 1.0 / np.sqrt((x - 1.0) * (x + 1.0)), singular=True)
elementwise(np.arctanh, lambda _, x: 1.0 / ((1.0 - x) * (1.0 + x)), singular=True)
elementwise(
    np.arctan2,
    lambda _, y, x: x / (x * x + y * y),
    lambda _, y, x: -y / (x * x + y * y),
    singular=True,
)
elementwise(np.hypot, lambda z, x, y: x / z, lambda z, x, y: y / z, singular=True)
elementwise(np.logaddexp, lambda z, x, y: _softmax_share(z, x), lambda z, x, y: _softmax_share(z, y))
elementwise(
    np.logaddexp2,
    lambda z, x, y: np.exp2(x - z),
    lambda z, x, y: np.exp2(y - z),
    singular=True,
)
for larger, functions in ((True, (np.maximum, np.fmax)), (False, (np.minimum, np.fmin))):
    for function in functions:
        elementwise(
            function,
            lambda _, x, y, larger=larger: _share(x, y, larger=larger),
            lambda _, x, y, larger=larger: _share(y, x, larger=larger),
        )
elementwise(np.deg2rad, lambda _, x: np.pi / 180.0)
elementwise(np.rad2deg, lambda _, x: 180.0 / np.pi)
elementwise(np.mod, lambda _, x, y: 1.0, lambda _, x, y: -np.floor(plain(x) / plain(y)))

FLAT |= {
    np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal, np.isfinite, np.isinf, np.isnan,
    np.sign, np.floor, np.ceil, np.rint, np.trunc, np.logical_not, np.logical_and, np.logical_or, np.signbit,
    np.floor_divide, np.spacing,
}  # fmt: skip
REWRITTEN[np.conjugate] = lambda x: x


def register_special() -> None:
    """Register the ufuncs of scipy.special, if somebody has imported it: nobody else can have used them."""
    special = sys.modules.get("scipy.special")
    if special is None or special.expit in RULES:
        return
    root = np.sqrt(2.0 * np.pi)
    elementwise(special.expit, lambda y, x: y * special.expit(-x))
    elementwise(special.logit, lambda _, x: 1.0 / (x * (1.0 - x)), singular=True)
    elementwise(special.log_expit, lambda _, x: special.expit(-x))
    elementwise(special.xlogy, lambda _, x, y: np.log(y), lambda _, x, y: x / y, singular=True)
    elementwise(special.xlog1py, lambda _, x, y: np.log1p(y), lambda _, x, y: x / (1.0 + y), singular=True)
    elementwise(special.gammaln, lambda _, x: special.psi(x), singular=True)
    elementwise(special.gamma, lambda y, x: y * special.psi(x), singular=True)
    elementwise(special.psi, lambda _, x: _polygamma(special, 1, x), singular=True)
    elementwise(special.erf, lambda _, x: 2.0 / np.sqrt(np.pi) * np.exp(-x * x))
    elementwise(special.erfc, lambda _, x: -2.0 / np.sqrt(np.pi) * np.exp(-x * x))
    elementwise(special.erfinv, lambda y, x: 0.5 * np.sqrt(np.pi) * np.exp(y * y), singular=True)
    elementwise(special.ndtr, lambda _, x: np.exp(-0.5 * x * x) / root)
    elementwise(special.log_ndtr, lambda y, x: np.exp(-0.5 * x * x - y) / root)
    elementwise(special.ndtri, lambda y, x: root * np.exp(0.5 * y * y), singular=True)
    elementwise(special.entr, lambda _, x: -np.log(x) - 1.0, singular=True)
    elementwise(special.rel_entr, lambda _, x, y: np.log(x / y) + 1.0, lambda _, x, y: -x / y, singular=True)
    elementwise(special.kl_div, lambda _, x, y: np.log(x / y), lambda _, x, y: 1.0 - x / y, singular=True)
    elementwise(
        special.huber,
        lambda _, d, r: np.maximum(np.absolute(r) - d, 0.0),
        lambda _, d, r: np.clip(r, -d, d),
    )
    elementwise(
        special.pseudo_huber,
        lambda y, d, r: 2.0 * y / d - (r / d) ** 2 * d / np.sqrt(1.0 + (r / d) ** 2),
        lambda _, d, r: r / np.sqrt(1.0 + (r / d) ** 2),
        singular=True,
    )
    elementwise(special.exprel, lambda y, x: (np.exp(x) - y) / np.where(plain(x) == 0, 1.0, x) + 0.5 * (plain(x) == 0))


def _polygamma(special: Any, n: int, x: Any) -> Any:
    """n-th derivative of psi, which SciPy writes by the zeta function: (-1)^(n + 1) n! zeta(n + 1, x)."""
    factorial = float(special.gamma(n + 1.0))
    return (-1.0) ** (n + 1) * factorial * special.zeta(n + 1.0, x)
