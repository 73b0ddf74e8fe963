"""Levels of a block: which ones are meant, and which entries belong together when only some are kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.modelling.labels import Labels, label_of
from thalweg.result import Index

Kept = tuple[int, ...]


def grouped(labels: Labels, kept: Kept) -> tuple[Index, Labels]:
    """Return the group of each entry, and the labels of the groups, when only some levels are kept."""
    if not kept:
        return np.zeros(labels.size, dtype=np.intp), Labels()
    levels, names = tuple(labels.levels[k] for k in kept), tuple(labels.names[k] for k in kept)
    sizes = tuple(len(level) for level in levels)
    groups = np.ravel_multi_index(tuple(labels.all_codes[k] for k in kept), sizes)
    if labels.codes is None:
        sliced = frozenset(place for place, k in enumerate(kept) if k in labels.sliced)
        others = tuple(grouped(other, kept)[1] for other in labels.others)
        return groups, Labels(levels, names=names, plain=labels.plain, sliced=sliced, others=others)
    there, places = np.unique(groups, return_inverse=True)
    codes = np.unravel_index(there, sizes)
    if len(kept) == 1:
        return places, Labels((tuple(levels[0][k] for k in codes[0].tolist()),), names=names)
    return places, Labels(levels, tuple(codes), names)


def levels_kept(labels: Labels, axis: Any, by: Any, what: str) -> Kept:
    """Return the levels that a sum keeps: those in ``by``, or all but those in ``axis``; none without either."""
    if axis is not None and by is not None:
        raise InputError("sum() takes axis (what is summed away) or by (what is kept), not both.")
    if axis is None:
        return () if by is None else levels_of(labels, by, what)
    away = levels_of(labels, axis, what)
    return tuple(k for k in range(len(labels.levels)) if k not in away)


def spread(labels: Labels, like: Labels, level: Any, names: tuple[str, str]) -> Index:
    """Return which entry of a block of one level stands beside each entry of another block.

    ``names`` are those of the blocks.
    """
    own, other = names
    if len(labels.levels) != 1:
        raise InputError(f"spread() repeats blocks of one level; {own} has {len(labels.levels)}.")
    places = {label: k for k, label in enumerate(labels.levels[0])}
    fits = [k for k, theirs in enumerate(like.levels) if places.keys() >= set(theirs)]
    chosen = fits if level is None else list(levels_of(like, level, other))
    if len(chosen) != 1:
        advice = "name one with level=..." if fits else f"each label of a level of {other} must be one of {own}"
        raise InputError(f"{len(fits)} levels of {other} have labels of {own}; {advice}.")
    at = np.array([label_of(places, label, own) for label in like.levels[chosen[0]]], dtype=np.intp)
    return at[like.all_codes[chosen[0]]]


def weighting(labels: Labels, name: str, summed: int = 0) -> str:
    """Return how to write a product of a table and a block: along the level ``summed`` where there are several."""
    name = name if name.isidentifier() else "x"
    kept = [own if isinstance(own, str) else k for k, own in enumerate(labels.names) if k != summed]
    if len(labels.levels) < 2:
        return f"{name}.weighted(table)"
    by = f'"{kept[0]}"' if len(kept) == 1 and isinstance(kept[0], str) else repr(kept[0] if len(kept) == 1 else kept)
    return f"{name}.weighted(table, by={by})"


def levels_of(labels: Labels, chosen: Any, what: str) -> Kept:
    """Read levels given by number or name, one or several."""
    several = chosen if isinstance(chosen, (list, tuple)) else [chosen]
    found = tuple(_level_number(labels, entry, what) for entry in several)
    if len(set(found)) != len(found):
        raise InputError(f"{chosen!r} names a level of {what} twice.")
    return found


def _level_number(labels: Labels, entry: Any, what: str) -> int:
    count = len(labels.levels)
    if isinstance(entry, (int, np.integer)) and not isinstance(entry, bool) and -count <= entry < count:
        return int(entry) % count
    if entry is not None and labels.names.count(entry) == 1:
        return labels.names.index(entry)
    named = [str(name) for name in labels.names if name is not None]
    if entry is not None and entry in labels.names:
        raise InputError(f"{what} has several levels {entry!r}; name them by number, from 0.")
    raise InputError(
        f"{what} has no level {entry!r}; it has {count}, numbered from 0{', named ' * bool(named)}{', '.join(named)}."
    )


def levels_meant(keys: Collection[Any], names: Sequence[Any], labels: Labels, what: str) -> Kept:
    """Return the levels whose labels the keys are, in the order in which a key has them; all if none fit.

    ``names`` are those of the keys' levels. They decide where several levels have the same labels.

    Raises
    ------
    InputError
        Several levels fit.
    """
    everything = tuple(range(len(labels.levels)))
    if len(everything) < 2:
        return everything
    named = _by_name(names, labels)
    if named in ((), everything) and _is_entry(next(iter(keys), None), labels):
        return everything  # by far the most frequent case, and a look at each key takes time
    width = _width(keys, labels)
    if not width or width > len(everything):
        return everything
    parts = [set(keys)] if width == 1 else [set(part) for part in zip(*keys, strict=True)]
    fits = [
        kept
        for kept in permutations(everything, width)
        if all(not part.isdisjoint(labels.levels[k]) for part, k in zip(parts, kept, strict=True))
    ]
    if named in fits:
        return named
    if width == len(everything) and (everything in fits or not fits):
        return everything
    if len(fits) > 1:
        one, other = (", ".join(map(str, kept)) for kept in fits[:2])
        raise InputError(
            f"{what} has labels of levels {one} and {other}; pass a series whose index has the name of the level "
            "that is meant, or a number for each entry."
        )
    return fits[0] if fits else everything


def _is_entry(key: Any, labels: Labels) -> bool:
    """Whether a key has a label of each level, in their order."""
    if not isinstance(key, tuple) or len(key) != len(labels.levels) or any(key in level for level in labels.levels):
        return False
    return all(part in level for part, level in zip(key, labels.levels, strict=True))


def _width(keys: Collection[Any], labels: Labels) -> int:
    """Return how many levels a key speaks of: one if it is a label of some level; 0 if the keys differ in that."""
    if any(label in keys for level in labels.levels for label in level):
        return 1
    widths = {len(key) if isinstance(key, tuple) else 0 for key in keys}
    return widths.pop() if len(widths) == 1 else 0


def _by_name(names: Sequence[Any], labels: Labels) -> Kept:
    """Return the levels with these names; none if a name is not there, or there twice."""
    known = all(name is not None and labels.names.count(name) == 1 for name in names)
    return tuple(labels.names.index(name) for name in names) if known else ()
