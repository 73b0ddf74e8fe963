"""Which entries of a block a key names, and which entries belong together when levels are summed away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.modelling.labels import Labels, Level, label_of
from thalweg.result import Index


def picked(labels: Labels, key: Any, what: str) -> tuple[Index, Labels]:
    """Return positions and labels of what ``x[key]`` names.

    A label, a list of labels, a slice (positions, as in Python) or a mask; with several levels one of these for each
    level (a label drops its level), or a list of whole labels.
    """
    if labels.scalar:
        raise InputError(f"{what} is a scalar and has no entries to choose from.")
    mask = _mask(key)
    if mask is not None:
        if mask.size != labels.size:
            raise InputError(f"the mask has {mask.size} entries; {what} has {labels.size}.")
        return _rows_of(labels, np.flatnonzero(mask), what)
    if len(labels.levels) == 1:
        places, kept = _in_level(labels.levels[0], key, what)
        return places, Labels() if kept is None else Labels((kept,), names=labels.names, sliced=_is_part(key))
    if isinstance(key, list):
        known = {label: k for k, label in enumerate(labels.entries())}
        return _rows_of(labels, np.array([label_of(known, entry, what) for entry in key], dtype=np.intp), what)
    return _by_level(labels, key, what)


def _by_level(labels: Labels, key: Any, what: str) -> tuple[Index, Labels]:
    if not isinstance(key, tuple) or len(key) != len(labels.levels):
        count = len(labels.levels)
        raise InputError(f"{what} has {count} levels; pass {count} keys, such as {what}[label{', :' * (count - 1)}].")
    chosen = [_in_level(level, part, what) for level, part in zip(labels.levels, key, strict=True)]
    kept = [k for k, (_, level) in enumerate(chosen) if level is not None]
    names, levels = tuple(labels.names[k] for k in kept), tuple(chosen[k][1] or () for k in kept)
    if labels.codes is None:
        grid = np.ix_(*(places for places, _ in chosen))
        sliced = any(_is_part(part) for part in key)
        return np.ravel_multi_index(grid, labels.shape).ravel(), Labels(levels, names=names, sliced=sliced)
    inside = np.logical_and.reduce(
        [np.isin(codes, places) for codes, (places, _) in zip(labels.codes, chosen, strict=True)]
    )
    positions, entries = np.flatnonzero(inside), labels.entries()
    if not positions.size:
        raise InputError(f"{what}[{key!r:.60}] names no entry: this combination of labels is not there.")
    if not kept:
        return positions, Labels()
    left = [tuple(entries[i][k] for k in kept) for i in positions.tolist()]
    return positions, Labels.of([entry[0] for entry in left] if len(kept) == 1 else left, what)


def _rows_of(labels: Labels, positions: Index, what: str) -> tuple[Index, Labels]:
    """Label entries that are chosen one by one."""
    if not positions.size:
        raise InputError(f"nothing of {what} is chosen.")
    entries = labels.entries()
    return positions, Labels.of([entries[i] for i in positions.tolist()], what)


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
    if isinstance(key, Iterable) and not isinstance(key, (str, bytes, tuple)):
        chosen = [label_of(known, label, what) for label in key]
        if not chosen:
            raise InputError(f"nothing of {what} is chosen; the list is empty.")
        return np.array(chosen, dtype=np.intp), tuple(level[k] for k in chosen)
    return np.array([label_of(known, key, what)], dtype=np.intp), None


def _is_part(key: Any) -> bool:
    """Whether a key is a slice that leaves something out."""
    return isinstance(key, slice) and key != slice(None)


def _mask(key: Any) -> Any:
    """Return an array of booleans, or None if the key is none."""
    if isinstance(key, (str, bytes, slice, tuple)) or not isinstance(key, Iterable):
        return None
    array = np.asarray(key if hasattr(key, "dtype") else list(key))
    return array if array.dtype == np.bool_ else None


def grouped(labels: Labels, kept: tuple[int, ...]) -> tuple[Index, Labels]:
    """Return the group of each entry, and the labels of the groups, when only some levels are kept."""
    if not kept:
        return np.zeros(labels.size, dtype=np.intp), Labels()
    levels, names = tuple(labels.levels[k] for k in kept), tuple(labels.names[k] for k in kept)
    sizes = tuple(len(level) for level in levels)
    groups = np.ravel_multi_index(tuple(labels.all_codes[k] for k in kept), sizes)
    if labels.codes is None:
        return groups, Labels(levels, names=names, plain=labels.plain)
    there, places = np.unique(groups, return_inverse=True)
    codes = np.unravel_index(there, sizes)
    if len(kept) == 1:
        return places, Labels((tuple(levels[0][k] for k in codes[0].tolist()),), names=names)
    return places, Labels(levels, tuple(codes), names)


def levels_of(labels: Labels, chosen: Any, what: str) -> tuple[int, ...]:
    """Read levels given by number or name, one or several."""
    several = chosen if isinstance(chosen, (list, tuple)) else [chosen]
    return tuple(_level_number(labels, entry, what) for entry in several)


def _level_number(labels: Labels, entry: Any, what: str) -> int:
    count = len(labels.levels)
    if isinstance(entry, (int, np.integer)) and not isinstance(entry, bool) and -count <= entry < count:
        return int(entry) % count
    if entry is not None and entry in labels.names:
        return labels.names.index(entry)
    named = [str(name) for name in labels.names if name is not None]
    raise InputError(
        f"{what} has no level {entry!r}; it has {count}, numbered from 0{', named ' * bool(named)}{', '.join(named)}."
    )
