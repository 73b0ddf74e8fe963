"""Views, joins and choices: what moves entries about and leaves their values alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thalweg.autodiff.elementwise import unbroadcast
from thalweg.autodiff.tape import FLAT, METHODS, REWRITTEN, RULES, Back, TapeEscape, Traced, apply, item, plain

Args, Kwargs = tuple[Any, ...], dict[str, Any]


def reshaped(a: Any, shape: tuple[int, ...]) -> Any:
    """The entries in another shape."""
    return np.reshape(a, shape)


def _reshaped_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    shape = np.shape(args[0])
    return lambda cotangent: np.reshape(cotangent, shape)


def permuted(a: Any, axes: tuple[int, ...]) -> Any:
    """The axes in another order."""
    return np.transpose(a, axes)


def _permuted_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    back = tuple(np.argsort(args[1]).tolist())
    return lambda cotangent: np.transpose(cotangent, back)


def turned(a: Any) -> Any:
    """The last two axes exchanged."""
    return np.swapaxes(a, -1, -2)


def repeated(a: Any, shape: tuple[int, ...]) -> Any:
    """Broadcast to a shape."""
    return np.broadcast_to(a, shape)


def _repeated_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    shape = np.shape(args[0])
    return lambda cotangent: unbroadcast(cotangent, shape)


def joined(axis: int, *parts: Any) -> Any:
    """Concatenate."""
    return np.concatenate(parts, axis=axis)


def _joined_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    axis, parts = args[0], args[1:]
    sizes = [np.shape(part)[axis] for part in parts]
    start = sum(sizes[: k - 1])
    key = (*(slice(None),) * (axis % np.ndim(answer)), slice(start, start + sizes[k - 1]))
    return lambda cotangent: cotangent[key]


def _item_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    a, key = args
    shape = np.shape(a)
    return lambda cotangent: added_at(shape, key, cotangent)


def added_at(shape: tuple[int, ...], key: Any, values: Any) -> Any:
    """Zeros with values added at a key."""
    if isinstance(values, Traced):
        return apply(added_at, shape, key, values)
    zeros = np.zeros(shape)
    if _is_plain_key(key):
        zeros[key] += values
    else:
        np.add.at(zeros, key, values)
    return zeros


def _added_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    key, shape = args[1], np.shape(args[2])
    return lambda cotangent: unbroadcast(cotangent[key], shape)


def _is_plain_key(key: Any) -> bool:
    """Whether a key names no place twice: numbers, slices and masks."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(
        part is None or part is Ellipsis or isinstance(part, (int, np.integer, slice)) or _is_mask(part)
        for part in parts
    )


def _is_mask(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.dtype == bool


def chosen(condition: Any, a: Any, b: Any) -> Any:
    """Where the condition holds a, else b."""
    return np.where(condition, a, b)


def _chosen_rule(k: int, answer: Any, args: Args, _: Kwargs) -> Back:
    condition, shape = args[0], np.shape(args[k])
    if k == 1:
        return lambda cotangent: unbroadcast(np.where(condition, cotangent, 0.0), shape)
    return lambda cotangent: unbroadcast(np.where(condition, 0.0, cotangent), shape)


RULES |= {
    reshaped: _reshaped_rule, permuted: _permuted_rule, repeated: _repeated_rule, joined: _joined_rule,
    item: _item_rule, added_at: _added_rule, chosen: _chosen_rule,
}  # fmt: skip


def _reshape(a: Any, shape: Any = None, order: str = "C", **_: Any) -> Any:
    if order != "C":
        raise TapeEscape('a traced array is reshaped in the order "C" only; transpose it before.')
    return apply(reshaped, a, shape)


def _transpose(a: Any, axes: Sequence[int] | None = None) -> Any:
    ndim = np.ndim(a)
    order = tuple(range(ndim))[::-1] if axes is None else tuple(int(k) % ndim for k in axes)
    return apply(permuted, a, order)


def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    ndim = np.ndim(a)
    sources, targets = ([int(k) % ndim for k in np.atleast_1d(axes)] for axes in (source, destination))
    order = [k for k in range(ndim) if k not in sources]
    for target, origin in sorted(zip(targets, sources, strict=True)):
        order.insert(target, origin)
    return _transpose(a, order)


def _swapaxes(a: Any, first: int, second: int) -> Any:
    order = list(range(np.ndim(a)))
    order[first], order[second] = order[second], order[first]
    return _transpose(a, order)


def _expand_dims(a: Any, axis: Any) -> Any:
    axes = [axis] if np.ndim(axis) == 0 else list(axis)
    ndim = np.ndim(a) + len(axes)
    axes, sizes = [k % ndim for k in axes], iter(np.shape(a))
    return _reshape(a, tuple(1 if k in axes else next(sizes) for k in range(ndim)))


def _squeeze(a: Any, axis: Any = None) -> Any:
    shape = np.shape(a)
    axes = [k for k, n in enumerate(shape) if n == 1] if axis is None else [k % len(shape) for k in np.atleast_1d(axis)]
    if any(shape[k] != 1 for k in axes):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return _reshape(a, tuple(n for k, n in enumerate(shape) if k not in axes))


def _concatenate(arrays: Sequence[Any], axis: int | None = 0, **_: Any) -> Any:
    parts = [np.ravel(a) for a in arrays] if axis is None else list(arrays)
    return apply(joined, 0 if axis is None else axis, *parts)


def _stack(arrays: Sequence[Any], axis: int = 0, **_: Any) -> Any:
    return _concatenate([np.expand_dims(a, axis) for a in arrays], axis)


def _at_least(ndim: int, a: Any) -> Any:
    shape = np.shape(a)
    wanted = {1: lambda: (1,), 2: lambda: (1, *shape) if shape else (1, 1)}
    return a if len(shape) >= ndim else np.reshape(a, wanted[ndim]())


def _hstack(arrays: Sequence[Any], **_: Any) -> Any:
    parts = [_at_least(1, a) for a in arrays]
    return _concatenate(parts, 0 if np.ndim(parts[0]) == 1 else 1)


def _column_stack(arrays: Sequence[Any]) -> Any:
    return _concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in arrays], 1)


def _append(a: Any, values: Any, axis: int | None = None) -> Any:
    return _concatenate([np.ravel(a), np.ravel(values)] if axis is None else [a, values], axis or 0)


def _flip(a: Any, axis: Any = None) -> Any:
    axes = range(np.ndim(a)) if axis is None else [k % np.ndim(a) for k in np.atleast_1d(axis)]
    return a[tuple(slice(None, None, -1) if k in axes else slice(None) for k in range(np.ndim(a)))]


def _roll(a: Any, shift: int, axis: int | None = None) -> Any:
    places = np.roll(np.arange(np.shape(a)[axis] if axis is not None else np.size(plain(a))), shift)
    return np.take(a, places, axis) if axis is not None else np.reshape(np.ravel(a)[places], np.shape(a))


def _take(a: Any, indices: Any, axis: int | None = None, **_: Any) -> Any:
    if axis is None:
        return np.ravel(a)[np.asarray(indices)]
    return a[(*(slice(None),) * (axis % np.ndim(a)), np.asarray(indices))]


def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    size = np.size(plain(a)) if axis is None else np.shape(a)[axis]
    return _take(a, np.repeat(np.arange(size), repeats), axis)


def _tile(a: Any, reps: Any) -> Any:
    reps = tuple(np.atleast_1d(reps).tolist())
    shape = (1,) * max(len(reps) - np.ndim(a), 0) + np.shape(a)
    reps = (1,) * (len(shape) - len(reps)) + reps
    thin = np.reshape(a, [n for size in shape for n in (1, size)])
    wide = np.broadcast_to(thin, [n for size, r in zip(shape, reps, strict=True) for n in (r, size)])
    return np.reshape(wide, [r * size for size, r in zip(shape, reps, strict=True)])


def _where(condition: Any, *choices: Any) -> Any:
    if not choices:
        return np.nonzero(plain(condition))
    if not any(isinstance(one, Traced) for one in choices):
        return np.where(plain(condition), *choices)
    return apply(chosen, plain(condition), *choices)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None, **_: Any) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


def _sort(a: Any, axis: int = -1, **_: Any) -> Any:
    order = np.argsort(plain(a), axis=axis, kind="stable")
    return _along(a, order, axis)


def _along(a: Any, indices: Any, axis: int) -> Any:
    grid = list(np.indices(np.shape(indices), sparse=True))
    grid[axis] = plain(indices)
    return a[tuple(grid)]


def _diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    a = np.moveaxis(a, axis, 0)
    for _ in range(n):
        a = a[1:] - a[:-1]
    return np.moveaxis(a, 0, axis)


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    a = np.moveaxis(a, (axis1, axis2), (0, 1))
    rows, columns = np.shape(a)[:2]
    first = np.arange(max(0, -offset), min(rows, columns - offset))
    return np.moveaxis(a[first, first + offset], 0, -1)


def _diag(v: Any, k: int = 0) -> Any:
    if np.ndim(v) == 2:
        return _diagonal(v, k)
    n = np.shape(v)[0] + abs(k)
    first = np.arange(np.shape(v)[0])
    return added_at((n, n), (first + max(0, -k), first + max(0, k)), v)


def _triangle(keep: Any) -> Any:
    return lambda m, k=0: m * keep(np.ones(np.shape(m)[-2:]), k)


REWRITTEN |= {
    np.reshape: _reshape, np.ravel: lambda a, order="C": _reshape(a, (-1,), order), np.transpose: _transpose,
    np.moveaxis: _moveaxis, np.swapaxes: _swapaxes, np.expand_dims: _expand_dims, np.squeeze: _squeeze,
    np.broadcast_to: lambda a, shape, **_: apply(repeated, a, shape), np.concatenate: _concatenate, np.stack: _stack,
    np.vstack: lambda arrays, **_: _concatenate([_at_least(2, a) for a in arrays], 0), np.hstack: _hstack,
    np.column_stack: _column_stack, np.append: _append, np.atleast_1d: lambda a: _at_least(1, a),
    np.atleast_2d: lambda a: _at_least(2, a), np.flip: _flip, np.flipud: lambda a: _flip(a, 0),
    np.fliplr: lambda a: _flip(a, 1), np.roll: _roll, np.take: _take, np.repeat: _repeat, np.tile: _tile,
    np.where: _where, np.clip: _clip, np.sort: _sort, np.take_along_axis: _along, np.diff: _diff,
    np.diagonal: _diagonal, np.diag: _diag, np.tril: _triangle(np.tril), np.triu: _triangle(np.triu),
    np.copy: lambda a, **_: np.positive(a), np.real: lambda a: a, np.nan_to_num: lambda a, **k: np.where(
        np.isfinite(plain(a)), a, np.nan_to_num(plain(a), **k)
    ),
}  # fmt: skip
FLAT |= {np.full_like, np.empty_like}


def with_item(a: Any, key: Any, value: Any) -> Any:
    """The array with a value at a key: what writing in place moves a handle to."""
    shape, mask = np.shape(a), np.zeros(np.shape(a), dtype=bool)
    mask[key] = True
    fitting = np.broadcast_to(value, np.shape(mask[key]))
    return np.where(mask, added_at(shape, key, fitting), a)


METHODS["with_item"] = with_item
