"""The design matrix X, checked and wrapped once and shared by every fit that uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np

from thalweg import inputs, naming
from thalweg.errors import InputError
from thalweg.result import Array

BLOCK = 4096  # rows per block where a temporary of the size of X would be needed
LEAF = 128  # terms that are summed in a row where the rounding of a sum matters
ROUNDED_UP = 1 + 1e-6  # more than the rounding of a plain sum over a billion rows
LOST = 1e-323  # of a square that underflows
FEW = 4  # times fewer columns are worth picking out
PANEL = 500_000_000  # multiplications between two questions whether to give up


class Design:
    """X (n x p), dense or sparse, with the few products that solvers and judges need.

    Dense data stay dense (and keep their memory order), SciPy sparse data become CSC and are never densified.

    Examples
    --------
    >>> import numpy as np, thalweg as tw
    >>> design = tw.Design(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> design.dot(np.array([1.0, -1.0]))
    array([-1., -1.])
    """

    def __init__(self, X: Any, names: Any = None, *, trusted: bool = False) -> None:
        self.X = X if trusted else inputs.matrix(X, "X", finite=False)
        n, p = self.X.shape
        if n == 0 or p == 0:
            missing = "rows" if n == 0 else "columns"
            raise InputError(f"X has shape {(n, p)}: no {missing}. Check the filter that produced it.")
        self.names = naming.names_of(names, "names", p) if names is not None else inputs.column_names(X)
        self.sparse = inputs.is_sparse(self.X)
        if not (trusted or np.isfinite(self.column_squares).all()):  # one pass for two ends
            inputs.matrix(X, "X")
        self.memory: dict[tuple[str, bytes], Any] | None = None

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Remember what depends on X and weights alone while fits that differ in their penalties follow each other."""
        self.memory = {}
        try:
            yield
        finally:
            self.memory = None

    def remembered(self, what: str, weights: Array, make: Callable[[], Any]) -> Any:
        """Return what was made before from the same weights, if it is to be kept; else make it."""
        if self.memory is None:
            return make()
        key = what, sha256(np.ascontiguousarray(weights)).digest()
        if key not in self.memory:
            self.memory[key] = make()
        return self.memory[key]

    @classmethod
    def of(cls, X: Any, names: Any = None) -> Design:
        """Wrap X unless it is wrapped already."""
        return X if isinstance(X, Design) else cls(X, names)

    @property
    def shape(self) -> tuple[int, int]:
        """(n, p)."""
        return self.X.shape

    def dot(self, b: Array) -> Array:
        """X b."""
        return self.X @ b

    def t_dot(self, u: Array) -> Array:
        """X' u."""
        return self.X.T @ u

    def sharp_t_dot(self, u: Array) -> tuple[Array, int]:
        """X' u summed as a tree, and the most roundings in a row: n of them would be worth more than many a gap."""
        if self.sparse:
            return _tree_sums(self.X.data * u[self.X.indices], self.X.indptr)
        parts = zip(_blocks(self.X, LEAF), _blocks(u, LEAF), strict=True)
        sums, depth = np.array([block.T @ part for block, part in parts]), min(self.X.shape[0], LEAF) + 1
        while len(sums) > 1:
            left, right = sums[0::2], sums[1::2]
            sums, depth = np.concatenate([left[: len(right)] + right, left[len(right) :]]), depth + 1
        return sums[0], depth

    @cached_property
    def column_squares(self) -> Array:
        """sum_i x_ij^2; infinite where that overflows, NaN where X has NaN."""
        with np.errstate(over="ignore", invalid="ignore"):
            squares = self.X.multiply(self.X).sum(axis=0) if self.sparse else np.einsum("ij,ij->j", self.X, self.X)
        return np.asarray(squares, dtype=float).ravel()

    @property
    def norms(self) -> Array:
        """sqrt(sum_i x_ij^2), rounded up."""
        return np.sqrt(self.column_squares + self.X.shape[0] * LOST) * ROUNDED_UP

    def abs_dot(self, b: Array, rough: bool = False) -> Array:
        """|X| |b|: sizes of the terms of X b; rough ones are never smaller, and cost no pass over X."""
        if rough:
            return np.full(self.shape[0], float(self.norms @ np.abs(b)))
        if self.sparse:
            return abs(self.X) @ np.abs(b)
        moving = np.flatnonzero(b)
        if FEW * moving.size <= b.size:  # as after a lasso
            return np.abs(self.X[:, moving]) @ np.abs(b[moving])
        return np.concatenate([np.abs(block) @ np.abs(b) for block in self.blocks()])

    def abs_t_dot(self, u: Array, rough: bool = False) -> Array:
        """|X|' |u|: sizes of the terms of X' u; rough ones are never smaller, and cost no pass over X."""
        if rough:
            return self.norms * float(np.sqrt(u @ u + u.size * LOST) * ROUNDED_UP)
        if self.sparse:
            return abs(self.X).T @ np.abs(u)
        return sum(np.abs(block).T @ np.abs(part) for block, part in zip(self.blocks(), _blocks(u), strict=True))

    def squares(self, w: Array) -> Array:
        """sum_i w_i x_ij^2."""
        if self.sparse:
            return np.asarray(self.X.multiply(self.X).T @ w).ravel()
        return sum((part @ (block * block) for block, part in zip(self.blocks(), _blocks(w), strict=True)), 0.0)

    def largest(self) -> Array:
        """max_i |x_ij|."""
        if self.sparse:
            return np.asarray(abs(self.X).max(axis=0).todense()).ravel()
        return np.max([np.abs(block).max(axis=0) for block in self.blocks()], axis=0)

    def gram(self, h: Array, columns: Array | None = None, between: Callable[[], object] = lambda: None) -> Array:
        """X' diag(h) X, dense, over some columns (default: all); ``between`` blocks somebody may want to give up."""
        if self.sparse:
            X = self.X if columns is None else self.X[:, columns]
            return np.asarray((X.T @ X.multiply(h[:, None]).tocsc()).todense())
        p = self.X.shape[1] if columns is None else len(columns)
        total, width = np.zeros((p, p)), max(1, PANEL // (BLOCK * max(p, 1)))
        rooted = bool((h >= 0).all())  # then the product is one of a matrix with itself: half the work
        for whole, part in zip(_blocks(self.X), _blocks(np.sqrt(h) if rooted else h), strict=True):
            block = whole if columns is None else whole[:, columns]
            weighted = block * part[:, None]
            if rooted and width >= p:
                between()
                total += weighted.T @ weighted
                continue
            block = weighted if rooted else block
            for j in range(0, p, width):
                between()
                total[:, j : j + width] += block.T @ weighted[:, j : j + width]
        return total

    def longest(self, columns: Array, root: Array, ones: bool) -> float:
        """Largest length of [x_i, 1] root over the rows i of some columns; the 1 only if there are ``ones``."""
        last = root[-1] if ones else 0.0
        if self.sparse:
            return float(np.sqrt(((self.X[:, columns] @ root[: len(columns)] + last) ** 2).sum(axis=1)).max())
        whole = len(columns) == self.X.shape[1]
        blocks = (block if whole else block[:, columns] for block in self.blocks())
        images = (block @ root[: len(columns)] + last for block in blocks)
        return max(float(np.sqrt((image * image).sum(axis=1)).max()) for image in images)

    def columns(self, columns: Array) -> Array:
        """Chosen columns as a dense array; for few columns."""
        chosen = self.X[:, columns]
        return np.asarray(chosen.todense()) if self.sparse else chosen

    def blocks(self) -> Iterator[Array]:
        """Rows of a dense X in blocks."""
        return _blocks(self.X)


def _blocks(array: Array, size: int = BLOCK) -> Iterator[Array]:
    return (array[i : i + size] for i in range(0, array.shape[0], size))


def _tree_sums(terms: Array, ends: Array) -> tuple[Array, int]:
    """Sums of the stretches between ends, in leaves of at most `LEAF` terms, and the roundings in a row."""
    depth = 1
    while terms.size and (counts := np.diff(ends)).max() > 1:
        depth += min(int(counts.max()), LEAF)
        leaves = -(-counts // LEAF)
        first = np.concatenate([[0], np.cumsum(leaves)])
        place = np.arange(first[-1]) - np.repeat(first[:-1], leaves)
        terms = np.add.reduceat(terms, np.repeat(ends[:-1], leaves) + LEAF * place)
        ends = first
    sums = np.zeros(ends.size - 1)
    sums[np.diff(ends) > 0] = terms
    return sums, depth
