"""Labels of a block of variables or rows: none for a scalar, one level, or several levels (a product, or parts of it).

Entries lie in the order of the first level, then the second, and so on, as NumPy stores arrays.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np

from thalweg.errors import InputError, suggest
from thalweg.result import Index

Level = tuple[Hashable, ...]


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels by level; ``codes`` say which labels of each level an entry has (None: all combinations).

    ``plain`` labels only count, and labels of ``sliced`` levels were chosen by position: both are combined with others
    by position. All other labels must agree. ``others`` are the labels of other slices that were combined with these.

    Examples
    --------
    >>> from thalweg.modelling.labels import Labels
    >>> Labels.of((["oslo", "rome"], 2)).texts("x")
    ['x[oslo,0]', 'x[oslo,1]', 'x[rome,0]', 'x[rome,1]']
    """

    levels: tuple[Level, ...] = ()
    codes: tuple[Index, ...] | None = None
    names: tuple[Any, ...] = ()
    plain: bool = False
    sliced: frozenset[int] = frozenset()
    others: tuple[Labels, ...] = ()

    @classmethod
    def of(cls, index: Any, what: str = "index") -> Labels:
        """Read an index: None, a number, labels, a mapping or tuple of several levels, or a pandas (Multi)Index."""
        if index is None:
            return cls()
        if isinstance(index, Mapping):
            return cls._product(list(index.values()), tuple(index), what)
        if isinstance(index, tuple) and index and all(_is_level(entry) for entry in index):
            return cls._product(list(index), (None,) * len(index), what)
        if _is_number(index):
            return cls((_level(index, what),), names=(None,), plain=True)
        return cls.of_entries(_listed(index, what), getattr(index, "names", (getattr(index, "name", None),)), what)

    @classmethod
    def of_entries(cls, entries: list[Any], names: Sequence[Any], what: str) -> Labels:
        """Read one label for each entry: tuples of the same length have a level for each of their parts."""
        if not (entries and all(isinstance(entry, tuple) and len(entry) == len(entries[0]) > 1 for entry in entries)):
            return cls((_level(entries, what),), names=tuple(names) if len(names) == 1 else (None,))
        _level(entries, what)  # no label twice
        levels = tuple(tuple(dict.fromkeys(column)) for column in zip(*entries, strict=True))
        places = [{label: k for k, label in enumerate(level)} for level in levels]
        columns = zip(places, zip(*entries, strict=True), strict=True)
        codes = tuple(np.array([place[label] for label in column], dtype=np.intp) for place, column in columns)
        given = tuple(names) if len(names) == len(levels) else (None,) * len(levels)
        full = cls(levels, names=given)  # all combinations in their order are a product, however they were written down
        if full.size == len(entries) and all(map(np.array_equal, full.all_codes, codes)):
            return full
        return cls(levels, codes, given)

    @classmethod
    def _product(cls, levels: Sequence[Any], names: tuple[Any, ...], what: str) -> Labels:
        read = tuple(_level(level, f"{what}, level {k}") for k, level in enumerate(levels))
        given = tuple(
            getattr(level, "name", None) if name is None else name for level, name in zip(levels, names, strict=True)
        )
        return cls(read, names=given, plain=all(_is_number(level) for level in levels))

    @property
    def all_labels(self) -> tuple[Labels, ...]:
        """These, and those of the slices that were combined with them."""
        return (self, *self.others)

    @property
    def scalar(self) -> bool:
        """Whether there is one entry without a label."""
        return not self.levels

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the levels; where not all combinations are there, the number of entries."""
        return tuple(len(level) for level in self.levels) if self.codes is None else (self.codes[0].size,)

    @cached_property
    def size(self) -> int:
        """Number of entries."""
        return prod(self.shape)

    @cached_property
    def all_codes(self) -> tuple[Index, ...]:
        """Place in its level of each entry, level by level."""
        return tuple(np.indices(self.shape).reshape(len(self.levels), -1)) if self.codes is None else self.codes

    def entries(self) -> list[Any]:
        """Return the label of each entry: tuples where there are several levels."""
        if len(self.levels) < 2:
            return list(self.levels[0]) if self.levels else [None]
        return list(self._combined(self.levels))

    def _combined(self, levels: Iterable[Sequence[Any]]) -> Iterable[tuple[Any, ...]]:
        """Combine something of each level, entry by entry."""
        if self.codes is None:
            return product(*levels)
        pairs = zip(levels, self.codes, strict=True)
        return zip(*([level[k] for k in codes.tolist()] for level, codes in pairs), strict=True)

    def texts(self, name: str) -> list[str]:
        """Name of each entry: ``x`` of a scalar, else ``x[apples]``, ``x[apples,rome]``."""
        if self.scalar:
            return [name]
        words = [[f"{label}," for label in level] for level in self.levels[:-1]]
        words.append([f"{label}]" for label in self.levels[-1]])
        if self.codes is not None:
            return [f"{name}[{''.join(entry)}" for entry in self._combined(words)]
        texts = [f"{name}["]
        for level in words:  # several times faster than joining the words of each entry
            texts = [text + word for text in texts for word in level]
        return texts

    def like(self, other: Labels) -> bool:
        """Whether both have the same labels in the same order."""
        if self is other:
            return True
        if self.size != other.size or len(self.levels) != len(other.levels):
            return False
        if self.codes is None and other.codes is None:
            return self.levels == other.levels
        return self.entries() == other.entries()

    def to_pandas(self) -> Any:
        """Return a pandas Index or MultiIndex."""
        import pandas as pd

        if len(self.levels) == 1:
            return pd.Index(list(self.levels[0]), name=self.names[0])
        if self.codes is None:
            return pd.MultiIndex.from_product([list(level) for level in self.levels], names=self.names)
        return pd.MultiIndex.from_tuples(self.entries(), names=self.names)


def label_of(places: Mapping[Any, int], label: Any, what: str) -> int:
    """Place of a label; near ones are offered for an unknown one."""
    try:
        return places[label]
    except KeyError:
        raise InputError(f"{what} has no label {label!r}. {suggest(str(label), map(str, places))}") from None
    except TypeError:
        raise InputError(f"{what} has no label {label!r:.80}; pass one label, a list of labels, or a slice.") from None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))


def _is_level(entry: Any) -> bool:
    """Whether an entry of a tuple is a level of its own, and no label."""
    return _is_number(entry) or (isinstance(entry, Iterable) and not isinstance(entry, (str, bytes, tuple)))


def _listed(index: Any, what: str) -> list[Any]:
    if isinstance(index, (set, frozenset)):
        raise InputError(f"{what} is a set, whose order differs from run to run; pass a list, e.g. sorted(...).")
    if isinstance(index, (str, bytes)) or not isinstance(index, Iterable) or getattr(index, "ndim", 1) != 1:
        raise InputError(
            f"{what} is {index!r:.60}; pass a list of labels, a number, a tuple of several lists, or None."
        )
    if not isinstance(index, np.ndarray):
        return list(index)
    return (index.astype("datetime64[us]") if index.dtype.kind == "M" else index).tolist()  # as pandas has them


def _level(values: Any, what: str) -> Level:
    """Check the labels of one level: at least one, none twice."""
    if _is_number(values):
        values = range(values)
    level = tuple(_listed(values, what))
    if not level:
        raise InputError(f"{what} is empty; a block needs at least one entry.")
    try:
        counts = dict.fromkeys(level)
    except TypeError:
        raise InputError(
            f"{what} holds a label that cannot be looked up, such as a list; use text or numbers."
        ) from None
    if len(counts) != len(level):
        seen: set[Any] = set()
        twice = next(label for label in level if label in seen or seen.add(label))
        raise InputError(f"{what} holds {twice!r} more than once. Labels must differ.")
    return level
