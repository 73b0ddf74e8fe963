"""Where losses are tried, and how what they say is compared with differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from thalweg.errors import InputError
from thalweg.result import Array

ETAS = np.concatenate([np.linspace(-12.0, 12.0, 49), [-40.0, -1e-3, 1e-3, 40.0]])
LABELS = (0.0, 1.0, 0.5, 0.1, 0.875, -3.0, 2.75, 12.0)
EDGE = 1e4  # where a least value or a conjugate is looked for
UNIT = 2.0**-53
STEP = 1e-4  # of differences


def labels(loss: Any) -> list[float]:
    """Labels among the candidates that the loss accepts; at least one."""
    accepted = [y for y in LABELS if any(accepts(loss, y, other) for other in LABELS if other != y)]
    assert accepted, f"{type(loss).__name__}.check accepts none of the labels {LABELS}."
    return accepted


def accepts(loss: Any, y: float, other: float) -> bool:
    """Whether a label is one, beside another."""
    try:
        loss.check(np.array([y, other]))
    except InputError:
        return False
    return True


def at(loss: Any, method: str, y: float) -> Callable[[int], str]:
    """Return a function that names the k-th point."""
    return lambda k: f"{type(loss).__name__}.{method} at eta = {ETAS[k]:.12g}, y = {y:g}"


def agree(
    found: Array, truth: tuple[Array, Array], allowed: Array, where: Callable[[int], str], reference: str
) -> None:
    """Fail at the worst place where a value is outside the truth, an interval, by more than allowed (or is NaN)."""
    nearest = np.clip(found, *truth)
    error = np.abs(found - nearest)
    bad = ~(error <= allowed)
    if bad.any():
        k = int(np.argmax(np.where(bad, np.where(np.isnan(error), np.inf, error - allowed), -np.inf)))
        raise AssertionError(
            f"{where(k)}: it says {found[k]:.12g}, {reference} {nearest[k]:.12g}; off by {error[k]:.3g}."
        )


class Differences(NamedTuple):
    """Derivative of a function over ETAS: between ``low`` and ``high`` up to ``allowed``."""

    low: Array
    high: Array
    allowed: Array
    rough: Array  # where the one-sided derivatives differ; elsewhere low = high


def differences(function: Callable[[Array], Array]) -> Differences:
    """Central difference with one Richardson step; where the function has a kink, the one-sided differences.

    The allowance: the difference of two estimates (truncation), and u (1 + |f| + |eta|) / h (rounding), generously.
    At a kink, right minus left does not shrink with the step; elsewhere it halves.
    """
    f = {k: function(ETAS + k * STEP) for k in (-2, -1, 0, 1, 2)}
    fine, coarse = (f[1] - f[-1]) / (2 * STEP), (f[2] - f[-2]) / (4 * STEP)
    noise = 16 * UNIT * (1 + np.maximum(np.abs(f[2]), np.abs(f[-2])) + np.abs(ETAS)) / STEP
    left, right = (f[0] - f[-1]) / STEP, (f[1] - f[0]) / STEP
    bend, wide = np.abs(right - left), np.abs(f[2] - 2 * f[0] + f[-2]) / (2 * STEP)
    rough = bend > 0.75 * wide + noise
    central = (4 * fine - coarse) / 3
    low, high = np.minimum(left, right), np.maximum(left, right)
    return Differences(
        np.where(rough, low, central), np.where(rough, high, central), np.abs(fine - coarse) + noise, rough
    )
