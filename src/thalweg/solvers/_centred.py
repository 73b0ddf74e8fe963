"""Dense columns, centred and scaled, that are never written down: X stays the only matrix of its size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from thalweg.result import Array
from thalweg.terms.design import Design

FAR = 25.0  # squared spreads: means beyond cost a product with Z its last digit, and a Gram matrix more
CONSTANT = 1e-13  # a centred column below this share of its size holds rounding only
BYTES = 2**19  # of a block of rows: it stays in the processor's cache


class Centred(Design):
    """Z = (X - mean) * scale, by products with X.

    Where the means outweigh the spreads, blocks of rows are centred before they are multiplied, as sums that cancel
    would lose digits. Columns without spread are 0.

    Parameters
    ----------
    X : (n, p) array
    w : (n,) array
        Weights of the means.
    squares : (p,) array, optional
        sum_i w_i x_ij^2, if that is known to six digits.

    Attributes
    ----------
    mean, scale, size2 : (p,) array
        Means; scales, 1 until somebody chooses others; sum_i w_i (x_ij - mean_j)^2.
    """

    def __init__(self, X: Array, w: Array, squares: Array | None) -> None:
        self.raw, self.sparse, self.names, self.memory = X, False, None, None
        total = float(w.sum())
        self.mean = (w / total) @ X
        squares = np.einsum("ij,ij,i->j", X, X, w) if squares is None else squares
        self.size2 = np.maximum(squares - total * self.mean**2, 0.0)
        self.cancels = not (total * self.mean**2 <= FAR * self.size2).all()  # also where a square overflowed
        self.scale = np.ones(X.shape[1])
        if self.cancels:
            self.size2 = sum(
                (part @ (block * block) for block, part in zip(self._shifted(), self._parts(w), strict=True)),
                np.zeros(X.shape[1]),
            )
            self.size2[self.size2 <= (CONSTANT * np.abs(self.mean)) ** 2 * total] = 0.0
        self.live = np.where(self.size2 > 0, 1.0, 0.0)

    @property
    def shape(self) -> tuple[int, int]:
        """(n, p)."""
        return self.raw.shape

    @cached_property
    def X(self) -> Any:  # noqa: N802 - the name of the matrix
        """Z written down, for those who need it."""
        return (self.raw - self.mean) * (self.scale * self.live)

    @property
    def _rows(self) -> int:
        """Rows of a block."""
        return max(64, BYTES // (8 * max(self.raw.shape[1], 1)))

    def _parts(self, values: Array) -> Iterator[Array]:
        return (values[i : i + self._rows] for i in range(0, values.shape[0], self._rows))

    def _shifted(self, dtype: Any = np.float64) -> Iterator[Array]:
        """Blocks of X - mean, in one buffer."""
        buffer = np.empty((min(self._rows, self.raw.shape[0]), self.raw.shape[1]), dtype=dtype)
        for block in self._parts(self.raw):
            shifted = buffer[: block.shape[0]]
            np.subtract(block, self.mean, out=shifted, casting="same_kind")
            yield shifted

    def dot(self, b: Array) -> Array:
        """Z b."""
        c = b * self.scale * self.live
        if self.cancels:
            return np.concatenate([block @ c for block in self._shifted()])
        return self.raw @ c - self.mean @ c

    def t_dot(self, u: Array) -> Array:
        """Z' u."""
        if self.cancels:
            sums = (block.T @ part for block, part in zip(self._shifted(), self._parts(u), strict=True))
            return self.scale * self.live * sum(sums, np.zeros(self.raw.shape[1]))
        return self.scale * self.live * (u @ self.raw - self.mean * u.sum())

    def gram(
        self,
        h: Array,
        columns: Array | None = None,
        between: Callable[[], object] = lambda: None,
        dtype: Any = np.float64,
    ) -> Array:
        """Z' diag(h) Z, h >= 0, over some columns (default: all)."""
        chosen = np.arange(self.raw.shape[1]) if columns is None else columns
        factor = (self.scale * self.live)[chosen]
        total = np.zeros((chosen.size, chosen.size))
        blocks = self._shifted(dtype) if columns is None else self._shifted_part(columns, dtype)
        for block, part in zip(blocks, self._parts(np.sqrt(h).astype(dtype)), strict=True):
            between()
            block *= part[:, None]
            total += block.T @ block  # of one matrix with itself: half the work
        return total * factor * factor[:, None]

    def _shifted_part(self, columns: Array, dtype: Any) -> Iterator[Array]:
        """Blocks of some columns of X - mean."""
        return ((block[:, columns] - self.mean[columns]).astype(dtype) for block in self._parts(self.raw))

    def columns(self, columns: Array) -> Array:
        """Chosen columns as a dense array; for few columns."""
        return (self.raw[:, columns] - self.mean[columns]) * (self.scale * self.live)[columns]

    def every(self, k: int) -> Design:
        """Every k-th row, written down."""
        return Design((self.raw[::k] - self.mean) * (self.scale * self.live), trusted=True)
