"""Exponentials, logarithms and entropies to full relative accuracy: what the losses are made of.

What is beyond the largest number is infinite, without a warning; nothing here returns NaN for finite arguments.
"""

from __future__ import annotations

import math

import numpy as np

from thalweg.result import Array

LESS, NOTHING = 0.01, 1e-18  # where d is small, so are its powers
SMALL = 1e-290  # numbers below this may have lost digits: they are handled through their logarithms
_EXCESS = [1 / math.factorial(k) for k in range(2, 18)]  # of exp(x) - 1 - x, divided by x^2
_ENTROPY = [(-1.0) ** k / (k * (k - 1)) for k in range(2, 19)]  # of phi(1 + d), divided by d^2


def exponential(x: Array) -> Array:
    """exp(x); infinite where it is too large."""
    with np.errstate(over="ignore"):
        return np.exp(x)


def sigmoid(eta: Array) -> Array:
    """1 / (1 + exp(-eta)) with full relative accuracy at both ends."""
    e = np.exp(-np.abs(eta))
    return np.where(eta >= 0, 1.0, e) / (1.0 + e)


def softmax(eta: Array) -> tuple[Array, Array]:
    """Probabilities exp(eta_k) / sum_l exp(eta_l) along the last axis, and their logarithms, however small."""
    shifted = eta - eta.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    total = powers.sum(axis=-1, keepdims=True)
    return powers / total, shifted - np.log1p(total - 1.0)  # the largest power is 1


def softplus(eta: Array) -> Array:
    """log(1 + exp(eta)) without overflow."""
    return np.maximum(eta, 0.0) + np.log1p(np.exp(-np.abs(eta)))


def exponential_excess(x: Array) -> Array:
    """exp(x) - 1 - x >= 0: the series where the difference would cancel."""
    near = np.abs(x) < 0.5
    with np.errstate(over="ignore"):
        return np.where(near, _square_times(_EXCESS, np.where(near, x, 0.0)), np.expm1(x) - x)


def log_ratio(p: Array, q: Array, log_q: Array, difference: Array | None = None) -> Array:
    """log(p / q) for p > 0: from p and q themselves where they have all their digits, else from ``log_q``."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        d, ratio = (p - q if difference is None else difference) / q, p / q
        whole = (q > SMALL) & (p > SMALL) & (ratio > SMALL) & (ratio < 1 / SMALL)
        apart = np.log(np.where(p > 0, p, 1.0)) - log_q
        return np.where(whole, np.where(np.abs(d) < 0.5, np.log1p(d), np.log(ratio)), apart)


def relative_entropy(p: Array, q: Array, log_q: Array, difference: Array | None = None) -> Array:
    """p log(p/q) - p + q = q phi(p/q) with phi(w) = w log w - w + 1, to a small multiple of its own rounding.

    p >= 0 and q >= 0 may underflow and overflow: ``log_q`` is the logarithm of q even where q itself is 0 or infinite.
    ``difference`` is p - q where that is known better than from p and q.
    """
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        difference = p - q if difference is None else difference
        d = difference / q
        near = (np.abs(d) < 0.1) & (q > SMALL)
        if near.all():
            return q * _square_times(_ENTROPY, d)
        far = np.where(p > 0, p * log_ratio(p, q, log_q, difference), 0.0) - difference
        total = np.where(near, q * _square_times(_ENTROPY, np.where(near, d, 0.0)), far)
        return np.where(np.isfinite(p) & np.isfinite(q), np.maximum(total, 0.0), np.inf)


def _square_times(coefficients: list[float], d: Array) -> Array:
    """d^2 (c_0 + c_1 d + c_2 d^2 + ...): where it is used, what is left out is below rounding."""
    largest = float(np.abs(d).max(initial=0.0))
    needed = len(coefficients)
    if largest <= LESS:  # NaN is not
        needed = 2 + int(math.log(NOTHING) / math.log(max(largest, NOTHING)))
    total = np.zeros_like(d)
    for coefficient in reversed(coefficients[:needed]):
        total = d * total + coefficient
    return total * d * d
