"""Derivatives without a tape: the complex step, and five-point differences with what is not known of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

STEP = 1e-20  # of the complex step: nothing is subtracted, so that it may be as small as one likes
FIVE_POINT = np.finfo(float).eps ** 0.2  # balances rounding against the fifth derivative
DOUBTED = 10.0  # times the difference between a step and its half


def complex_step(function: Callable[[Any], Any], x: np.ndarray) -> np.ndarray:
    """Im f(x + i h e_j) / h for every j (Squire and Trapp 1998): exact to rounding where f is analytic as written."""
    gradient = np.empty(x.size)
    for j in range(x.size):
        point = x.astype(complex)
        point.flat[j] += 1j * STEP
        gradient[j] = np.imag(function(point)) / STEP
    return gradient.reshape(x.shape)


def five_point(function: Callable[[Any], float], x: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """(8 (f+ - f-) - (f++ - f--)) / 12 h for every entry, wrong by about h^4."""
    gradient = np.empty(x.size)
    for j in range(x.size):
        along = np.zeros(x.size)
        along[j] = max(1.0, abs(float(x.flat[j])))
        gradient[j] = slope(function, x, along.reshape(x.shape), scale) / along[j]
    return gradient.reshape(x.shape)


def slope(function: Callable[[Any], float], x: np.ndarray, along: np.ndarray, scale: float = 1.0) -> float:
    """The derivative along a direction by five points."""
    h = scale * FIVE_POINT
    near = function(x + h * along) - function(x - h * along)
    far = function(x + 2 * h * along) - function(x - 2 * h * along)
    return float((8 * near - far) / (12 * h))


def resolved(function: Callable[[Any], float], x: np.ndarray, along: np.ndarray) -> tuple[float, float]:
    """The derivative along a direction, and what is not known of it."""
    whole, half = (slope(function, x, along, scale) for scale in (1.0, 0.5))
    return half, DOUBTED * abs(whole - half)
