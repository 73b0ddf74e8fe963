"""The tape: what a function does with a traced array is written down, and run backwards for its gradient.

A `Traced` array stands where an array stood. NumPy hands every operation on it over (``__array_ufunc__`` and
``__array_function__``); the operation is carried out on the values, and an `Entry` keeps for each argument the function
that passes a cotangent back (reverse accumulation: Griewank and Walther 2008, chapter 3).

The rules are themselves written in NumPy, so that a traced value inside a traced value gives second derivatives. Each
trace has a level; an operation belongs to the highest level among its arguments, and values of lower levels are its
numbers.
"""

from __future__ import annotations

import heapq
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from thalweg.errors import ThalwegError

Back = Callable[[Any], Any]  # from the cotangent of the answer to that of one argument
Rule = Callable[[int, Any, tuple[Any, ...], dict[str, Any]], Back]  # of the k-th argument, the answer and all arguments

RULES: dict[Any, Rule] = {}  # what is carried out as it is, and how its cotangents go back
REWRITTEN: dict[Any, Callable[..., Any]] = {}  # what is written in terms of others
FLAT: set[Any] = set()  # what has no derivative but 0: comparisons, roundings, questions
METHODS: dict[str, Callable[..., Any]] = {}  # what a traced array is asked for by name
REDUCTIONS: dict[tuple[str, str], Any] = {}  # methods of ufuncs, such as add.reduce, by the function that they are

_numbers = itertools.count()
_open = list["_Trace"]()


class TapeEscape(ThalwegError, TypeError):
    """A traced array went where NumPy cannot hand it over; the message names the operation and what to write."""


class Entry:
    """One line of the tape: a value, and how its cotangent goes back to the entries that it was made from."""

    __slots__ = ("backs", "level", "number", "value")

    def __init__(self, value: Any, level: int, backs: Sequence[tuple[Entry, Back]] = ()) -> None:
        self.value, self.level, self.backs = value, level, backs
        self.number = next(_numbers)


class _Trace:
    """One trace that is under way: its level, and plain buffers that were written to meanwhile."""

    def __init__(self) -> None:
        self.level = len(_open) + 1
        self.buffers = list[tuple[np.ndarray, Any]]()

    def lend(self, buffer: np.ndarray, answer: Any) -> None:
        """Keep what belongs into a plain buffer until the trace ends: who reads it before that would miss the tape."""
        if buffer.dtype.kind != "f":
            raise TapeEscape(f"a traced result does not fit into an array of {buffer.dtype}; write out of place.")
        self.buffers.append((buffer, answer))
        buffer.fill(np.nan)

    def give_back(self) -> None:
        """Write what belongs into the buffers."""
        for buffer, answer in self.buffers:
            buffer[...] = plain(answer)


@contextmanager
def trace() -> Iterator[int]:
    """Open a trace; its level is above that of all that are open."""
    opened = _Trace()
    _open.append(opened)
    try:
        yield opened.level
    finally:
        _open.remove(opened)
        opened.give_back()


def plain(value: Any) -> Any:
    """The numbers of a value, whatever traces it is part of."""
    while isinstance(value, Traced):
        value = value.entry.value
    return value


def apply(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Carry out a function that has a rule, and write it down."""
    level = max(arg.entry.level for arg in args if isinstance(arg, Traced))
    traced = [k for k, arg in enumerate(args) if isinstance(arg, Traced) and arg.entry.level == level]
    entries = {k: args[k].entry for k in traced}
    values = tuple(entries[k].value if k in entries else arg for k, arg in enumerate(args))
    answer = function(*values, **kwargs)
    rule = RULES[function]
    return Traced(Entry(answer, level, [(entries[k], rule(k, answer, values, kwargs)) for k in traced]))


def cotangents(answer: Any, seed: Any, wanted: Sequence[Traced]) -> list[Any]:
    """Cotangents of the wanted inputs for that of an answer, the newest entry first; None where nothing came back."""
    known = dict.fromkeys(one.entry for one in wanted)
    pending = {answer.entry: seed}
    queue, entries = [-answer.entry.number], {answer.entry.number: answer.entry}
    while queue:
        entry = entries.pop(-heapq.heappop(queue))
        cotangent = pending.pop(entry)
        if entry in known:
            known[entry] = cotangent
        for parent, back in entry.backs:
            passed = back(cotangent)
            if parent in pending:
                pending[parent] = pending[parent] + passed
            else:
                pending[parent], entries[parent.number] = passed, parent
                heapq.heappush(queue, -parent.number)
    return [known[one.entry] for one in wanted]


class Traced(NDArrayOperatorsMixin):
    """An array whose operations are written down; a handle, so that writing in place moves it to a new entry."""

    __slots__ = ("entry",)
    __array_priority__ = 1000.0  # for the old SciPy matrices

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @classmethod
    def start(cls, value: Any, level: int) -> Traced:
        """An input of a trace."""
        return cls(Entry(value, level))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if "where" in kwargs:
            raise TapeEscape(f"np.{ufunc.__name__}(..., where=...) cannot be traced; use np.where on the result.")
        (out,) = kwargs.pop("out", (None,))
        if out is not None and not isinstance(out, Traced):
            inputs = tuple(np.copy(one) if _overlaps(one, out) else one for one in inputs)  # who goes back needs them
        answer = _called(ufunc, method, inputs, kwargs)
        if out is None:
            return answer
        if isinstance(out, Traced):
            return _moved(out, answer)
        _open[-1].lend(out, answer)
        return answer

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if kwargs.get("out") is not None:
            raise TapeEscape(f"np.{function.__name__}(..., out=...) cannot be traced; use what it returns.")
        kwargs.pop("out", None)
        if function in FLAT:
            return function(*map(_flat, args), **{name: plain(value) for name, value in kwargs.items()})
        if function in REWRITTEN:
            return REWRITTEN[function](*args, **kwargs)
        if function in RULES:
            return apply(function, *args, **kwargs)
        raise TapeEscape(f"np.{function.__name__} has no derivative rule; write it with simpler operations.")

    def __matmul__(self, other: Any) -> Any:
        return METHODS["sparse_product"](self.T, other.T).T if is_sparse(other) else np.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return METHODS["sparse_product"](self, other) if is_sparse(other) else np.matmul(other, self)

    def __rmul__(self, other: Any) -> Any:
        """The old SciPy matrices multiply like matrices."""
        return METHODS["sparse_product"](self, other) if is_sparse(other) else np.multiply(other, self)

    def __array__(self, *_: Any, **__: Any) -> Any:
        if "scipy/sparse" in Path(sys._getframe(1).f_code.co_filename).as_posix():
            held = np.empty((), dtype=object)  # it knows no such array and leaves the product to __rmatmul__
            held[()] = self
            return held
        raise TapeEscape(
            "NumPy asked a traced value for its numbers: np.array, np.asarray, np.r_ and assignments into plain arrays "
            "do that. Write np.stack([...]) for np.array([...]), and start from traced values instead of np.zeros."
        )

    def __float__(self) -> float:
        raise TapeEscape("float() of a traced value drops its derivative; leave it as it is, and use np. for math.")

    def __bool__(self) -> bool:
        return bool(plain(self))

    def __len__(self) -> int:
        return len(plain(self))

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[k] for k in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        return apply(item, self, _flat(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        self.entry = METHODS["with_item"](self, _flat(key), value).entry

    def __repr__(self) -> str:
        return f"Traced({plain(self)!r})"

    def __format__(self, spec: str) -> str:
        return format(plain(self), spec)

    def __getattr__(self, name: str) -> Any:
        if name in ("shape", "ndim", "size", "dtype"):
            return getattr(plain(self), name)
        method = METHODS.get(name)
        if method is None:
            raise AttributeError(f"a traced array has no attribute {name!r}")
        return lambda *args, **kwargs: method(self, *args, **kwargs)

    @property
    def T(self) -> Any:  # noqa: N802
        """Transpose."""
        return np.transpose(self)

    @property
    def flat(self) -> Any:
        """All entries in one dimension."""
        return np.ravel(self)

    @property
    def real(self) -> Any:
        """The array itself."""
        return self


def is_sparse(value: Any) -> bool:
    """Whether a value is a SciPy sparse matrix; does not import SciPy."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(value)


def item(a: Any, key: Any) -> Any:
    """a[key]."""
    return a[key]


def _called(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if method == "__call__" and ufunc in FLAT:
        return ufunc(*map(plain, inputs), **kwargs)
    if method == "__call__" and ufunc in RULES:
        return apply(ufunc, *inputs, **kwargs)
    if method == "outer":
        first, second = inputs
        return ufunc(np.reshape(first, (*np.shape(first), *(1,) * np.ndim(second))), second, **kwargs)
    function = REDUCTIONS.get((ufunc.__name__, method))
    if function is None:
        shown = f"{ufunc.__name__}{'' if method == '__call__' else '.' + method}"
        raise TapeEscape(f"{shown} has no derivative rule; write it with simpler operations.")
    return function(*inputs, **kwargs)


def _moved(out: Traced, answer: Any) -> Any:
    """In-place operations move an array's handle; numbers are no places, and stay as they are."""
    if not out.ndim:
        return answer
    if np.shape(answer) != out.shape:
        raise ValueError(f"an operation in place changes the shape {out.shape} to {np.shape(answer)}")
    out.entry = answer.entry
    return out


def _overlaps(one: Any, buffer: Any) -> bool:
    return isinstance(one, np.ndarray) and np.may_share_memory(one, buffer)


def _flat(key: Any) -> Any:
    """A key or argument without its traces."""
    if isinstance(key, (tuple, list)):
        return type(key)(map(_flat, key))
    return plain(key)
