"""Which entries of a block a key names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.modelling.alignment import aligned, is_series, is_table
from thalweg.modelling.labels import Labels, Level, label_of
from thalweg.result import Index


def picked(labels: Labels, key: Any, what: str) -> tuple[Index, Labels]:
    """Return positions and labels of what ``x[key]`` names.

    A label, a list of labels, a slice (positions, as in Python) or a mask (a series or table by its labels); with
    several levels one of these for each level (a label drops its level), or a list or index of whole labels.

    Raises
    ------
    InputError
        Labels that are not there or named twice, a mask of another size, nothing chosen.
    """
    if labels.scalar:
        raise InputError(f"{what} is a scalar and has no entries to choose from.")
    key = list(key) if isinstance(key, Iterator) else key
    if _is_mask(key):
        return _rows_of(labels, np.flatnonzero(_mask(key, labels, what)), what)
    if len(labels.levels) == 1:
        places, kept = _in_level(labels.levels[0], key, what)
        return places, Labels() if kept is None else Labels((kept,), names=labels.names, sliced=_sliced(labels, [key]))
    if _is_several(key):
        known = {label: k for k, label in enumerate(labels.entries())}
        return _rows_of(labels, np.array(_places(known, key, what), dtype=np.intp), what)
    return _by_level(labels, key, what)


def _by_level(labels: Labels, key: Any, what: str) -> tuple[Index, Labels]:
    """Choose by one key for each level."""
    if not isinstance(key, tuple) or len(key) != len(labels.levels):
        count = len(labels.levels)
        raise InputError(f"{what} has {count} levels; pass {count} keys, such as {what}[label{', :' * (count - 1)}].")
    chosen = [_in_level(level, part, what) for level, part in zip(labels.levels, key, strict=True)]
    kept = [k for k, (_, level) in enumerate(chosen) if level is not None]
    names, levels = tuple(labels.names[k] for k in kept), tuple(chosen[k][1] or () for k in kept)
    if labels.codes is None:
        grid = np.ix_(*(places for places, _ in chosen))
        sliced = _sliced(labels, key)
        left = Labels(levels, names=names, sliced=frozenset(place for place, k in enumerate(kept) if k in sliced))
        return np.ravel_multi_index(grid, labels.shape).ravel(), left
    positions = _where(labels.codes, [places for places, _ in chosen])
    if not positions.size:
        raise InputError(f"{what}[{key!r:.60}] names no entry: this combination of labels is not there.")
    if not kept:
        return positions, Labels()
    entries = labels.entries()
    left = [tuple(entries[i][k] for k in kept) for i in positions.tolist()]
    return positions, Labels.of_entries([entry[0] for entry in left] if len(kept) == 1 else left, names, what)


def _where(codes: tuple[Index, ...], places: list[Index]) -> Index:
    """Return where the code of each level is among the places: in their order if it is not that of the level."""
    inside = np.logical_and.reduce([np.isin(own, some) for own, some in zip(codes, places, strict=True)])
    positions = np.flatnonzero(inside)
    if all((np.diff(some) > 0).all() for some in places):
        return positions
    pairs = zip(codes, places, strict=True)
    ranks = [np.argsort(some)[np.searchsorted(np.sort(some), own[positions])] for own, some in pairs]
    return positions[np.lexsort(ranks[::-1])]


def _rows_of(labels: Labels, positions: Index, what: str) -> tuple[Index, Labels]:
    """Label entries that are chosen one by one."""
    if not positions.size:
        raise _nothing(what)
    entries = labels.entries()
    return positions, Labels.of_entries([entries[i] for i in positions.tolist()], labels.names, what)


def _in_level(level: Level, key: Any, what: str) -> tuple[Index, Level | None]:
    """Return places in a level, and the labels there; no labels where one label was named."""
    if isinstance(key, slice):
        if not all(part is None or isinstance(part, (int, np.integer)) for part in (key.start, key.stop, key.step)):
            raise InputError(f"slices of {what} count positions, e.g. [1:]; name labels in a list.")
        places = np.arange(len(level))[key]
        if not places.size:
            raise InputError(f"the slice names nothing of {what}.")
        return places, level[key]
    known = {label: k for k, label in enumerate(level)}
    if _is_several(key):
        chosen = _places(known, key, what)
        return np.array(chosen, dtype=np.intp), tuple(level[k] for k in chosen)
    return np.array([label_of(known, key, what)], dtype=np.intp), None


def _places(known: dict[Any, int], key: Iterable[Any], what: str) -> list[int]:
    """Places of several labels, each named once; those of a set, which has no order, in the order of the block."""
    chosen = [label_of(known, label, what) for label in key]
    if not chosen:
        raise _nothing(what)
    if len(set(chosen)) < len(chosen):
        twice = next(label for label in key if chosen.count(known[label]) > 1)
        raise InputError(
            f"the key names {twice!r} of {what} more than once. Labels must differ; x.spread(y) repeats entries."
        )
    return sorted(chosen) if isinstance(key, (set, frozenset)) else chosen


def _is_several(key: Any) -> bool:
    """Whether a key is no label but holds some."""
    return isinstance(key, Iterable) and not isinstance(key, (str, bytes, tuple))


def _sliced(labels: Labels, key: Iterable[Any]) -> frozenset[int]:
    """Levels that are chosen by position: here, or before and here not by label."""
    parts = [(k, part) for k, part in enumerate(key) if isinstance(part, slice)]
    return frozenset(k for k, part in parts if part != slice(None) or k in labels.sliced)


def _is_mask(key: Any) -> bool:
    """Whether a key is made of true and false."""
    if is_table(key):
        return all(getattr(dtype, "kind", "") == "b" for dtype in key.dtypes)
    if hasattr(key, "dtype"):
        dtype = key.dtype if hasattr(key.dtype, "kind") else np.asarray(key).dtype
        return dtype.kind == "b" and np.ndim(key) > 0
    return isinstance(key, list) and bool(key) and all(isinstance(entry, (bool, np.bool_)) for entry in key)


def _mask(key: Any, labels: Labels, what: str) -> Any:
    """Return whether each entry is chosen."""
    array = None if is_series(key) or is_table(key) else np.asarray(key)
    if array is not None and array.size != labels.size:
        raise InputError(f"the mask has {array.size} entries; {what} has {labels.size}.")
    return aligned(key, labels, "the mask")[0] != 0


def _nothing(what: str) -> InputError:
    return InputError(f"nothing of {what} is chosen. Where nothing may be chosen, leave the term out, or write 0.")
