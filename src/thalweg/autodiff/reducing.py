"""Sums, extremes and what is written by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.autodiff.tape import FLAT, REDUCTIONS, REWRITTEN, RULES, Back, apply, plain

Axis = int | tuple[int, ...] | None


def axes_of(axis: Axis, ndim: int) -> tuple[int, ...]:
    """The axes as positions counted from the front."""
    chosen = range(ndim) if axis is None else (axis,) if np.ndim(axis) == 0 else axis
    return tuple(int(k) % ndim for k in chosen) if ndim else ()


def spread(reduced: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """Give a reduced array its axes back, one entry long."""
    kept = list(shape)
    for k in axes_of(axis, len(shape)):
        kept[k] = 1
    return np.reshape(reduced, tuple(kept))


def total(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Sum."""
    return np.sum(a, axis=axis, keepdims=keepdims)


def _total_rule(k: int, answer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Back:
    shape, axis = np.shape(args[0]), kwargs["axis"]
    return lambda cotangent: np.broadcast_to(spread(cotangent, shape, axis), shape)


def extreme(a: Any, axis: Axis = None, keepdims: bool = False, *, larger: bool = True) -> Any:
    """Maximum or minimum."""
    return (np.max if larger else np.min)(a, axis=axis, keepdims=keepdims)


def _extreme_rule(k: int, answer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Back:
    """Entries that share the extreme share its cotangent."""
    (a,), axis = args, kwargs["axis"]
    shape = np.shape(a)
    best = plain(a) == spread(plain(answer), shape, axis)
    share = best / best.sum(axis=axes_of(axis, len(shape)), keepdims=True)
    return lambda cotangent: spread(cotangent, shape, axis) * share


def product(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Product."""
    return np.prod(a, axis=axis, keepdims=keepdims)


def _product_rule(k: int, answer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Back:
    """Each entry's cotangent is the product of the others; zeros among them are left out of the division."""
    (a,), axis = args, kwargs["axis"]
    shape = np.shape(a)
    zero = plain(a) == 0
    if not zero.any():
        return lambda cotangent: spread(cotangent * answer, shape, axis) / a

    def back(cotangent: Any) -> Any:
        axes = axes_of(axis, len(shape))
        rest = np.moveaxis(a, axes, tuple(range(len(axes))))
        flat = np.reshape(rest, (-1, *np.shape(rest)[len(axes) :]))
        parts = [np.prod(np.concatenate([flat[:k], flat[k + 1 :]]), axis=0) for k in range(len(flat))]
        others = np.moveaxis(np.reshape(np.stack(parts), np.shape(rest)), tuple(range(len(axes))), axes)
        return spread(cotangent, shape, axis) * others

    return back


def running(a: Any, axis: int) -> Any:
    """Cumulative sum along one axis."""
    return np.cumsum(a, axis=axis)


def _running_rule(k: int, answer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Back:
    axis = kwargs["axis"]
    return lambda cotangent: np.flip(np.cumsum(np.flip(cotangent, axis), axis=axis), axis)


RULES |= {total: _total_rule, extreme: _extreme_rule, product: _product_rule, running: _running_rule}


def _sum(a: Any, axis: Axis = None, dtype: Any = None, keepdims: bool = False, **others: Any) -> Any:
    return _reduced(total, a, axis, dtype, keepdims, others)


def _reduced(function: Any, a: Any, axis: Axis, dtype: Any, keepdims: bool, others: dict[str, Any]) -> Any:
    """Call a reduction; ``initial`` and ``where`` would be further arguments of it."""
    if any(value is not None and value is not np._NoValue for value in others.values()):
        raise TypeError(f"a traced array is reduced without {', '.join(others)}")
    keepdims = False if keepdims is np._NoValue else keepdims
    return apply(function, a, axis=axis, keepdims=keepdims)


def _max(a: Any, axis: Axis = None, keepdims: bool = False, **others: Any) -> Any:
    return _reduced(extreme, a, axis, None, keepdims, others)


def _min(a: Any, axis: Axis = None, keepdims: bool = False, **others: Any) -> Any:
    smallest = _reduced(extreme, np.negative(a), axis, None, keepdims, others)
    return np.negative(smallest)


def _prod(a: Any, axis: Axis = None, dtype: Any = None, keepdims: bool = False, **others: Any) -> Any:
    return _reduced(product, a, axis, dtype, keepdims, others)


def _cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    return apply(running, np.ravel(a), axis=0) if axis is None else apply(running, a, axis=axis)


def _count(a: Any, axis: Axis) -> int:
    return int(np.prod([np.shape(a)[k] for k in axes_of(axis, np.ndim(a))], dtype=int))


def _mean(a: Any, axis: Axis = None, dtype: Any = None, keepdims: bool = False, **others: Any) -> Any:
    return _sum(a, axis, dtype, keepdims, **others) / _count(a, axis)


def _var(a: Any, axis: Axis = None, dtype: Any = None, ddof: float = 0, keepdims: bool = False, **others: Any) -> Any:
    away = a - _mean(a, axis, keepdims=True)
    return _sum(away * away, axis, dtype, keepdims, **others) / (_count(a, axis) - ddof)


def _std(*args: Any, **kwargs: Any) -> Any:
    return np.sqrt(_var(*args, **kwargs))


def _logsumexp(a: Any, axis: Axis = 0, keepdims: bool = False, **others: Any) -> Any:
    """log of the sum of exponentials: what ``logaddexp.reduce`` is."""
    top = np.max(plain(a), axis=axes_of(axis, np.ndim(a)), keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        answer = np.log(_sum(np.exp(a - top), axis, keepdims=True, **others)) + top
    return answer if keepdims else np.squeeze(answer, axes_of(axis, np.ndim(a)))


def _average(a: Any, axis: Axis = None, weights: Any = None, **others: Any) -> Any:
    if weights is None:
        return _mean(a, axis)
    if np.shape(weights) != np.shape(a):
        weights = np.reshape(weights, [n if k in axes_of(axis, np.ndim(a)) else 1 for k, n in enumerate(np.shape(a))])
        weights = np.broadcast_to(weights, np.shape(a))
    return np.sum(a * weights, axis=axis) / np.sum(weights, axis=axis)


REWRITTEN |= {
    np.sum: _sum, np.max: _max, np.min: _min, np.prod: _prod, np.cumsum: _cumsum, np.mean: _mean, np.var: _var,
    np.std: _std, np.average: _average, np.ptp: lambda a, axis=None: np.max(a, axis=axis) - np.min(a, axis=axis),
}  # fmt: skip
FLAT |= {np.argmax, np.argmin, np.argsort, np.all, np.any, np.count_nonzero, np.nonzero, np.flatnonzero, np.round,
         np.isclose, np.allclose, np.array_equal, np.shape, np.ndim, np.size, np.zeros_like, np.ones_like,
         np.searchsorted, np.unique, np.may_share_memory, np.shares_memory, np.result_type, np.iscomplexobj,
         np.array_repr, np.array_str, np.array2string}  # fmt: skip


def _by_first(function: Any) -> Any:
    """A reduction as a method of a ufunc, whose axis is the first one if none is named."""
    return lambda a, axis=0, **kwargs: function(a, axis=axis, **kwargs)


REDUCTIONS |= {
    ("add", "reduce"): _by_first(_sum),
    ("maximum", "reduce"): _by_first(_max),
    ("minimum", "reduce"): _by_first(_min),
    ("multiply", "reduce"): _by_first(_prod),
    ("logaddexp", "reduce"): _by_first(_logsumexp),
    ("add", "accumulate"): _by_first(_cumsum),
}
