"""Penalties on coefficients, separable and convex, with infimum 0 at b = 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thalweg.result import Array, Mask

ROUNDED_UP = 1 + 1e-12  # more than the roundings of a few operations, or of the norm of a group


@dataclass(frozen=True, eq=False)
class ElasticNet:
    """pen(b) = sum over j of l1_j |b_j| + l2_j b_j^2 / 2, each factor >= 0.

    L1 (lasso) has l2 = 0, L2 (ridge) has l1 = 0; a coefficient with both factors 0 is unpenalised.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> penalty = tw.ElasticNet(l1=np.array([1.0, 0.0]), l2=np.array([0.0, 2.0]))
    >>> penalty.value(np.array([-3.0, 2.0]))
    7.0
    >>> penalty.prox(np.array([3.0, 3.0]), 1.0)
    array([2., 1.])
    """

    l1: Array
    l2: Array

    def value(self, b: Array) -> float:
        """pen(b)."""
        return float((self.l1 * np.abs(b) + 0.5 * self.l2 * b * b).sum())

    def prox(self, v: Array, step: float | Array) -> Array:
        """argmin over b of step * pen(b) + |b - v|^2 / 2: shrink by step * l1, then divide by 1 + step * l2."""
        return soft_threshold(v, step * self.l1) / (1.0 + step * self.l2)

    def shrink(self, v: Array) -> Array:
        """argmin over b of sum_j l1_j |b_j| + |b - v|^2 / 2."""
        return soft_threshold(v, self.l1)

    def kink(self, b: Array) -> Array:
        """Slope of sum_j l1_j |b_j| at b, 0 where b_j is 0."""
        return self.l1 * np.sign(b)

    def lowest(self, g: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
        """Least value of g_j b_j + pen_j(b_j) over lower_j <= b_j <= upper_j, and a b_j that takes it.

        -inf where it falls without bound; then b_j is infinite.
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            shrunk = soft_threshold(-g, self.l1)
            free = np.where(self.l2 > 0, shrunk / self.l2, np.where(shrunk == 0, 0.0, np.sign(shrunk) * np.inf))
            b = np.clip(free, lower, upper)
            value = np.where(b == 0, 0.0, b * (g + self.l1 * np.sign(b) + 0.5 * self.l2 * b))
        return np.where(np.isinf(b), -np.inf, value), b

    def reach(self, level: float) -> Array:
        """Largest |b_j| with pen(b) <= level: level / l1_j or sqrt(2 level / l2_j), the lesser; inf if unpenalised."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            by_l1 = np.where(self.l1 > 0, level / self.l1, np.inf)
            by_l2 = np.where(self.l2 > 0, np.sqrt(2.0 * level / self.l2), np.inf)
        return np.minimum(by_l1, by_l2) * ROUNDED_UP  # outward: covers the roundings of the two lines above

    def holds(self, sizes: Array) -> Mask:
        """Whether slopes up to these sizes leave each coefficient at 0."""
        return sizes < self.l1

    def threshold(self, g: Array) -> float:
        """Least multiple of l1 that holds slopes g at 0."""
        penalised = self.l1 > 0
        return float((np.abs(g[penalised]) / self.l1[penalised]).max(initial=0.0))

    def scaled(self, scale: Array) -> ElasticNet:
        """Penalty of coefficients b / scale."""
        return ElasticNet(self.l1 * scale, self.l2 * scale**2)

    def extended(self) -> ElasticNet:
        """With one more column, unpenalised."""
        return ElasticNet(np.append(self.l1, 0.0), np.append(self.l2, 0.0))


def soft_threshold(v: Array, width: float | Array) -> Array:
    """Move v toward 0 by width, stopping at 0."""
    return np.sign(v) * np.maximum(np.abs(v) - width, 0.0)
