"""Second derivatives of a smooth fit as a metric for its steps, corrected by what later gradients tell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thalweg.result import Array
from thalweg.solvers._standard import Standard

RANK = 1e-14  # eigenvalues of the scaled Hessian below this share of the largest are rounding
CLEAR = 1e-10  # a least squared pivot above this shows that there is none
CLEAR_SINGLE = 1e-4  # the same of a Hessian in single precision
LARGE = 1e8  # multiplications from which single precision saves time that anyone notices
PAIRS = 8  # corrections that are kept
CURVED = 1e-10  # a pair with a smaller angle between step and change of gradient says nothing


class Metric:
    """H^-1 by H = the second derivatives at one point, and by L-BFGS corrections of it (Nocedal 1980).

    The intercept is eliminated from H, and the last entry of all vectors here; without one there is no such entry.
    """

    def __init__(self, fit: Standard, h: Array) -> None:
        self.intercept, self.weight = fit.intercept, float(h.sum())
        n, p = fit.shape
        single = n * p * p > LARGE and not fit.loss.quadratic
        self.solve, self.means = _inverse(fit, h, np.float32 if single else np.float64)
        self.pairs: list[tuple[Array, Array, float]] = []

    def direction(self, gradient: Array) -> Array:
        """-H^-1 gradient; dependent columns get the step of least norm."""
        q, shares = gradient.copy(), list[float]()
        for step, change, product in reversed(self.pairs):
            shares.append(float(step @ q) / product)
            q -= shares[-1] * change
        d = self._plain(q)
        for (step, change, product), share in zip(self.pairs, reversed(shares), strict=True):
            d += (share - float(change @ d) / product) * step
        return -d

    def learn(self, step: Array, change: Array) -> None:
        """Take note of how the gradient changed along a step."""
        product = float(step @ change)
        if product > CURVED * float(np.linalg.norm(step) * np.linalg.norm(change)):
            self.pairs = [*self.pairs[1 - PAIRS :], (step, change, product)]

    def _plain(self, q: Array) -> Array:
        """H^-1 q without corrections."""
        if not self.intercept:
            return self.solve(q)
        d = self.solve(q[:-1] - self.means * q[-1])
        level = q[-1] / self.weight if self.weight > 0 else 0.0
        return np.append(d, level - float(self.means @ d))


def _inverse(fit: Standard, h: Array, dtype: type) -> tuple[Callable[[Array], Array], Array]:
    """Return H^-1 as a function, and the means of the columns."""
    H, means = fit.gram(h, dtype=dtype)
    H[np.diag_indices_from(H)] += fit.penalty.l2
    fit.check()
    solve = inverse_by_cholesky(H, CLEAR if dtype is np.float64 else CLEAR_SINGLE)
    if solve is None and dtype is not np.float64:
        return _inverse(fit, h, np.float64)
    return (_by_eigenvalues(H) if solve is None else solve), means


def _scaled(H: Array) -> tuple[Array, Array]:
    """H with a diagonal of ones, and the roots of its own."""
    size = np.sqrt(np.maximum(np.diag(H), 0.0))
    size = np.where(size > 0, size, 1.0)
    return H / np.outer(size, size), size


def inverse_by_cholesky(H: Array, clear: float) -> Callable[[Array], Array] | None:
    """H^-1, or None if H is singular to rounding."""
    from scipy.linalg import cho_factor, cho_solve

    M, size = _scaled(H)
    try:
        factor = cho_factor(M, check_finite=False)
    except np.linalg.LinAlgError:
        return None
    if not np.diag(factor[0]).min(initial=1.0) ** 2 > clear:
        return None
    return lambda right: cho_solve(factor, right / size, check_finite=False) / size


def _by_eigenvalues(H: Array) -> Callable[[Array], Array]:
    """H^-1 on the columns that do not depend on others."""
    M, size = _scaled(H)
    values, vectors = np.linalg.eigh(M)
    kept = values > RANK * M.shape[0] * values[-1]
    return lambda right: vectors[:, kept] @ ((vectors[:, kept].T @ (right / size)) / values[kept]) / size
