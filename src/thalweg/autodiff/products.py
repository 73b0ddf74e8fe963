"""Products that are summed: matrices, einsum, and what is written by them."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from thalweg.autodiff.elementwise import unbroadcast
from thalweg.autodiff.shaping import turned
from thalweg.autodiff.tape import METHODS, REWRITTEN, RULES, Back, TapeEscape, Traced, apply

Args, Kwargs = tuple[Any, ...], dict[str, Any]


def _matmul_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    """A B: cotangents C B' and A' C; a vector is a matrix of one row or one column."""
    a, b = (one if isinstance(one, Traced) else np.asarray(one) for one in args)
    row, column = np.ndim(a) == 1, np.ndim(b) == 1
    mine, other_one = (a, b) if k == 0 else (b, a)
    shape = np.shape(mine)

    def back(cotangent: Any) -> Any:
        if row and column:
            return cotangent * other_one
        C = cotangent
        C = C[..., None, :] if row else C[..., :, None] if column else C
        if k == 0:
            passed = C * b if column else np.matmul(C, turned(b))  # of a column by a row nothing is summed
        else:
            other = a[None, :] if row else a
            passed = np.matmul(turned(other), C)
        if np.ndim(mine) == 1:
            passed = passed[..., 0, :] if k == 0 else passed[..., :, 0]
        return unbroadcast(passed, shape)

    return back


RULES[np.matmul] = _matmul_rule


def sparse_product(matrix: Any, x: Any) -> Any:
    """A SciPy sparse matrix times an array."""
    return apply(sparse_product, matrix, x) if isinstance(x, Traced) else matrix @ x


def _sparse_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    transposed = args[0].T
    return lambda cotangent: sparse_product(transposed, cotangent)


RULES[sparse_product] = _sparse_rule
METHODS["sparse_product"] = lambda x, matrix: sparse_product(matrix, x)


def einsum(subscripts: str, *operands: Any) -> Any:
    """einsum with an explicit output."""
    return np.einsum(subscripts, *operands, optimize=len(operands) > 2)


def _einsum_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    """The cotangent takes the place of the operand; what only the operand summed over is repeated."""
    inputs, output = args[0].split("->")
    terms, operands = inputs.split(","), args[1:]
    mine, shape = terms[k - 1], np.shape(operands[k - 1])
    others = [j for j in range(len(terms)) if j != k - 1]
    reached = set(output).union(*(terms[j] for j in others))
    kept = "".join(letter for letter in mine if letter in reached)

    def back(cotangent: Any) -> Any:
        pattern = ",".join([output, *(terms[j] for j in others)]) + "->" + kept
        passed = np.einsum(pattern, cotangent, *(operands[j] for j in others))
        place = [slice(None) if letter in reached else None for letter in mine]
        return unbroadcast(passed[tuple(place)], shape)

    return back


RULES[einsum] = _einsum_rule


def _einsum(*operands: Any, **_: Any) -> Any:
    if not isinstance(operands[0], str):
        raise TapeEscape("np.einsum of traced arrays takes its subscripts as text.")
    subscripts, arrays = operands[0].replace(" ", ""), operands[1:]
    inputs, _, output = subscripts.partition("->")
    if "..." in subscripts:
        inputs, output = _without_dots(inputs, output if "->" in subscripts else None, arrays)
    elif "->" not in subscripts:
        output = "".join(sorted(c for c in set(inputs) - {","} if inputs.count(c) == 1))
    terms, arrays = inputs.split(","), list(arrays)
    for k, term in enumerate(terms):
        terms[k], arrays[k] = _without_repeats(term, arrays[k])
    return apply(einsum, f"{','.join(terms)}->{output}", *arrays)


def _without_repeats(term: str, a: Any) -> tuple[str, Any]:
    """Take the diagonal where an operand has a letter twice."""
    for letter in dict.fromkeys(term):
        while term.count(letter) > 1:
            first, second = [k for k, c in enumerate(term) if c == letter][:2]
            a = np.diagonal(a, axis1=first, axis2=second)
            term = "".join(c for k, c in enumerate(term) if k not in (first, second)) + letter
    return term, a


def _without_dots(inputs: str, output: str | None, arrays: Sequence[Any]) -> tuple[str, str]:
    """Write the axes of ``...`` as letters that are not in use."""
    spare = [c for c in string.ascii_letters if c not in inputs]
    terms = inputs.split(",")
    counts = [
        np.ndim(a) - len(term.replace("...", "")) if "..." in term else 0 for term, a in zip(terms, arrays, strict=True)
    ]
    letters = "".join(spare[: max(counts)])
    written = [term.replace("...", letters[len(letters) - n :]) for term, n in zip(terms, counts, strict=True)]
    if output is None:
        single = sorted(c for c in set(inputs) - {",", "."} if inputs.count(c) == 1)
        output = "..." + "".join(single)
    return ",".join(written), output.replace("...", letters)


def _dot(a: Any, b: Any, **_: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(b) <= 2:
        return np.matmul(a, b)
    return np.tensordot(a, b, (-1, -2))


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """A product of two matrices, of the axes that are summed and of those that are not."""
    if np.ndim(axes) == 0:
        n = int(axes)
        firsts, seconds = list(range(np.ndim(a) - n, np.ndim(a))), list(range(n))
    else:
        firsts, seconds = ([int(k) for k in np.atleast_1d(part)] for part in axes)
    firsts, seconds = [k % np.ndim(a) for k in firsts], [k % np.ndim(b) for k in seconds]
    left = [k for k in range(np.ndim(a)) if k not in firsts]
    right = [k for k in range(np.ndim(b)) if k not in seconds]
    rows, columns = [np.shape(a)[k] for k in left], [np.shape(b)[k] for k in right]
    size = math.prod(np.shape(a)[k] for k in firsts)
    A = np.reshape(np.transpose(a, left + firsts), (math.prod(rows), size))
    B = np.reshape(np.transpose(b, seconds + right), (size, math.prod(columns)))
    return np.reshape(np.matmul(A, B), (*rows, *columns))


def _inner(a: Any, b: Any) -> Any:
    return a * b if np.ndim(a) == 0 or np.ndim(b) == 0 else np.tensordot(a, b, (-1, -1))


def _outer_product(a: Any, b: Any, **_: Any) -> Any:
    return np.ravel(a)[:, None] * np.ravel(b)[None, :]


def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, **_: Any) -> Any:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


def _kron(a: Any, b: Any) -> Any:
    ndim = max(np.ndim(a), np.ndim(b))
    a, b = (np.reshape(m, (1,) * (ndim - np.ndim(m)) + np.shape(m)) for m in (a, b))
    sizes = [x * y for x, y in zip(np.shape(a), np.shape(b), strict=True)]
    wide = np.reshape(a, [n for size in np.shape(a) for n in (size, 1)])
    thin = np.reshape(b, [n for size in np.shape(b) for n in (1, size)])
    return np.reshape(wide * thin, sizes)


def _cross(a: Any, b: Any, **_: Any) -> Any:
    if np.shape(a)[-1] != 3 or np.shape(b)[-1] != 3:
        raise TapeEscape("np.cross of traced arrays takes vectors of three entries along the last axis.")
    turn = lambda v, n: np.roll(v, n, axis=-1)  # noqa: E731
    return turn(a, -1) * turn(b, -2) - turn(a, -2) * turn(b, -1)


def _convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """As a product with shifted copies of the longer one."""
    a, v = (v, a) if np.shape(v)[0] > np.shape(a)[0] else (a, v)
    n, m = np.shape(a)[0], np.shape(v)[0]
    padded = np.concatenate([np.zeros(m - 1), a, np.zeros(m - 1)])
    places = np.arange(n + m - 1)[:, None] + np.arange(m)[::-1]
    full = np.matmul(padded[places], v)
    first = {"full": 0, "same": (m - 1) // 2, "valid": m - 1}[mode]
    return full[first : first + {"full": n + m - 1, "same": n, "valid": n - m + 1}[mode]]


def _polyval(p: Any, x: Any) -> Any:
    value = 0.0 * x
    for coefficient in p:
        value = value * x + coefficient
    return value


def _trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    y = np.moveaxis(y, axis, -1)
    width = dx if x is None else np.diff(x) if np.ndim(x) == 1 else np.diff(np.moveaxis(x, axis, -1))
    return np.sum(width * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)


REWRITTEN |= {
    np.dot: _dot, np.einsum: _einsum, np.tensordot: _tensordot, np.inner: _inner, np.outer: _outer_product,
    np.vdot: lambda a, b: np.dot(np.ravel(a), np.ravel(b)), np.trace: _trace, np.kron: _kron, np.cross: _cross,
    np.convolve: _convolve, np.polyval: _polyval, np.trapezoid: _trapezoid,
}  # fmt: skip
