"""Exponentials, logarithms and entropies to full relative accuracy: what the losses are made of."""

from __future__ import annotations

import numpy as np

from thalweg.result import Array

SMALL = 1e-290  # probabilities below this are handled through their logarithms


def sigmoid(eta: Array) -> Array:
    """1 / (1 + exp(-eta)) with full relative accuracy at both ends."""
    e = np.exp(-np.abs(eta))
    return np.where(eta >= 0, 1.0, e) / (1.0 + e)


def softplus(eta: Array) -> Array:
    """log(1 + exp(eta)) without overflow."""
    return np.maximum(eta, 0.0) + np.log1p(np.exp(-np.abs(eta)))


def relative_entropy(p: Array, q: Array, log_q: Array) -> Array:
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
