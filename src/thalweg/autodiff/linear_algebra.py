"""Solves, factors and norms (matrix derivatives: Giles 2008; the Cholesky factor: Murray 2016)."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.autodiff.elementwise import unbroadcast
from thalweg.autodiff.shaping import turned
from thalweg.autodiff.tape import REWRITTEN, RULES, Back, TapeEscape, Traced, apply, plain

Args, Kwargs = tuple[Any, ...], dict[str, Any]


def solve(a: Any, b: Any) -> Any:
    """Solve a x = b for matrices b."""
    return np.linalg.solve(a, b)


def _solve_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    a = args[0]
    shape = np.shape(args[k])

    def back(cotangent: Any) -> Any:
        b_back = np.linalg.solve(turned(a), cotangent)
        return unbroadcast(b_back if k == 1 else -np.matmul(b_back, turned(answer)), shape)

    return back


def _solve(a: Any, b: Any) -> Any:
    if np.ndim(b) == 1:
        return apply(solve, a, b[:, None])[..., 0]
    return apply(solve, a, b)


def inverse(a: Any) -> Any:
    """Inverse."""
    return np.linalg.inv(a)


def _inverse_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    return lambda cotangent: -np.matmul(turned(answer), np.matmul(cotangent, turned(answer)))


def log_determinant(a: Any) -> Any:
    """Logarithm of |det a|."""
    return np.linalg.slogdet(a)[1]


def _log_determinant_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    a = args[0]
    return lambda cotangent: np.expand_dims(cotangent, (-1, -2)) * turned(np.linalg.inv(a))


def determinant(a: Any) -> Any:
    """Determinant."""
    return np.linalg.det(a)


def _determinant_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    """Through the cofactors where the matrix is singular, whose inverse does not exist."""
    a = args[0]

    def back(cotangent: Any) -> Any:
        if np.min(np.abs(plain(answer))) > 0:
            return np.expand_dims(cotangent * answer, (-1, -2)) * turned(np.linalg.inv(a))
        return np.expand_dims(cotangent, (-1, -2)) * _cofactors(a)

    return back


def _cofactors(a: Any) -> Any:
    """Derivatives of the determinant by each entry: signed determinants of what is left without its row and column."""
    n = np.shape(a)[-1]
    if n == 1:
        return np.ones(np.shape(a))
    keep = [np.delete(np.arange(n), i) for i in range(n)]
    rows = [
        np.stack([(-1.0) ** (i + j) * np.linalg.det(a[..., keep[i], :][..., :, keep[j]]) for j in range(n)], axis=-1)
        for i in range(n)
    ]
    return np.stack(rows, axis=-2)


def cholesky(a: Any) -> Any:
    """Lower Cholesky factor; the lower triangle counts."""
    return np.linalg.cholesky(a)


def _cholesky_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    """L^-T Phi(L' C) L^-1, Phi taking the lower triangle with half the diagonal; symmetric."""
    L = answer

    def back(cotangent: Any) -> Any:
        n = np.shape(L)[-1]
        phi = np.tril(np.matmul(turned(L), cotangent)) * (1.0 - 0.5 * np.eye(n))
        half = np.linalg.solve(turned(L), turned(np.linalg.solve(turned(L), turned(phi))))
        return 0.5 * (half + turned(half))

    return back


def eigenvalues(a: Any, uplo: str) -> Any:
    """Eigenvalues of a symmetric matrix, in rising order."""
    return np.linalg.eigvalsh(a, uplo)


def _eigenvalues_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    a, uplo = args
    if isinstance(a, Traced):
        raise TapeEscape("second derivatives of eigenvalues have no rule.")
    vectors = np.linalg.eigh(a, uplo)[1]
    return lambda cotangent: np.matmul(vectors * np.expand_dims(cotangent, -2), turned(vectors))


RULES |= {
    solve: _solve_rule, inverse: _inverse_rule, log_determinant: _log_determinant_rule,
    determinant: _determinant_rule, cholesky: _cholesky_rule, eigenvalues: _eigenvalues_rule,
}  # fmt: skip


def _slogdet(a: Any) -> Any:
    sign, _ = np.linalg.slogdet(plain(a))
    return type(np.linalg.slogdet(np.eye(1)))(sign, apply(log_determinant, a))


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Of vectors, and the Frobenius norm of matrices; its derivative at 0 is taken to be 0."""
    if axis is None and ord is None:
        x, axis, flat = np.ravel(x), 0, True
    else:
        flat = False
    matrix = (np.ndim(x) == 2 and axis is None) or (axis is not None and np.ndim(axis) == 1 and len(axis) == 2)
    if matrix and ord not in (None, "fro"):
        raise TapeEscape(f"np.linalg.norm of a matrix with ord={ord!r} has no derivative rule.")
    size = np.abs(x)
    if ord in (None, 2, "fro"):
        squares = np.sum(x * x, axis=axis, keepdims=keepdims and not flat)
        zero = plain(squares) == 0
        return np.where(zero, 0.0, np.sqrt(np.where(zero, 1.0, squares)))
    if ord == np.inf:
        return np.max(size, axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return np.min(size, axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    return np.sum(size**ord, axis=axis, keepdims=keepdims) ** (1.0 / ord)


def _eigvalsh(a: Any, UPLO: str = "L") -> Any:
    return apply(eigenvalues, a, UPLO)


def _matrix_power(a: Any, n: int) -> Any:
    if n < 0:
        return _matrix_power(np.linalg.inv(a), -n)
    if n == 0:
        return np.eye(np.shape(a)[-1]) + 0.0 * a
    half = _matrix_power(a, n // 2) if n > 1 else a
    square = np.matmul(half, half) if n > 1 else a
    return np.matmul(square, a) if n > 1 and n % 2 else square


REWRITTEN |= {
    np.linalg.solve: _solve, np.linalg.inv: lambda a: apply(inverse, a), np.linalg.slogdet: _slogdet,
    np.linalg.det: lambda a: apply(determinant, a), np.linalg.eigvalsh: _eigvalsh, np.linalg.norm: _norm,
    np.linalg.cholesky: lambda a, *, upper=False: turned(apply(cholesky, a)) if upper else apply(cholesky, a),
    np.linalg.matrix_power: _matrix_power,
    np.linalg.multi_dot: lambda arrays, **_: arrays[0] if len(arrays) == 1 else np.matmul(
        arrays[0], np.linalg.multi_dot(arrays[1:])
    ),
}  # fmt: skip
