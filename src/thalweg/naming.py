"""Names of variables, rows and columns: how they are checked, looked up and written in messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from thalweg.errors import InputError, suggest

INDEXED = re.compile(r"(x|row)\[([0-9]+)\]")  # how arrays are written: read like x3, but never printed


def label(names: Sequence[str] | None, index: int, symbol: str = "x") -> str:
    """Name of a variable, row or column in messages: its label in quotes, or ``x3``."""
    return f'"{names[index]}"' if names is not None else f"{symbol}{index}"


def series_of(values: Any) -> Any:
    """Return the only column of a table with row labels, or its only row, as a series; anything else as it is."""
    if not hasattr(values, "iloc") or getattr(values, "ndim", 0) != 2 or 1 not in values.shape:
        return values
    return values.iloc[:, 0] if values.shape[1] == 1 else values.iloc[0]


def index_labels(values: Any) -> list[Any] | None:
    """Labels of a series (also a table of one column or one row), whatever they are; None for anything else."""
    series = series_of(values)
    index = getattr(series, "index", None)
    if getattr(series, "ndim", 0) != 1 or not hasattr(series, "to_dict") or index is None:
        return None
    return list(index)


def labels_of(values: Any) -> tuple[str, ...] | None:
    """Labels of a series whose index holds names; None for anything else, also for a series that only counts."""
    labels = index_labels(values)
    return tuple(labels) if labels and all(isinstance(label, str) for label in labels) else None


def by_label(values: Any, names: Sequence[str] | None) -> Any:
    """Read a labelled series as a mapping by name, where names are known."""
    labels = labels_of(values)
    if names is None or labels is None:
        return values
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise InputError(f'a series has the label "{twice}" more than once; its labels are read as names.')
    return dict(zip(labels, series_of(values).tolist(), strict=True))


def aligned(values: Any, names: Sequence[str] | None, what: str) -> Any:
    """Bring a labelled series into the order of the names, all of which must be there."""
    given = by_label(values, names)
    if names is None or not isinstance(given, Mapping) or given is values:
        return values
    places = places_of(names, len(names))
    found = {index_of(name, places, what): number for name, number in given.items()}
    missing = [name for j, name in enumerate(names) if j not in found]
    if missing:
        raise InputError(f'{what} has no label "{missing[0]}" ({len(missing)} of {len(names)} names are missing).')
    return [found[j] for j in range(len(names))]


def names_of(values: Iterable[Any] | None, what: str, size: int) -> tuple[str, ...] | None:
    """Check user-given names: as many as needed, no duplicates."""
    if values is None:
        return None
    if isinstance(values, str) or not isinstance(values, Iterable) or getattr(values, "shape", None) == ():
        raise InputError(f"{what} is {values!r}; pass a list of names.")
    names = tuple(map(str, values))
    if len(names) != size:
        raise InputError(f"{what} lists {len(names)} names; expected {size}.")
    if len(set(names)) != size:
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f'{what} lists "{twice}" more than once. Names must differ.')
    return names


def places_of(names: Sequence[str] | None, size: int, symbol: str = "x") -> dict[str, int]:
    """Positions by name; those without names are called ``x0``, ``x1``, ... (rows: ``row0``, ``row1``, ...)."""
    known = names if names is not None else [f"{symbol}{j}" for j in range(size)]
    return {name: j for j, name in enumerate(known)}


def place_of(name: str, places: Mapping[str, int]) -> int | None:
    """Position of a name, None if it is unknown; ``x[3]`` means ``x3`` if that stands at position 3."""
    found = places.get(name)
    spelled = INDEXED.fullmatch(name) if found is None else None
    if spelled:
        symbol, number = spelled.groups()
        found = places.get(f"{symbol}{number}")
        return found if str(found) == number else None
    return found


def index_of(name: str, places: Mapping[str, int], what: str) -> int:
    """Position of a name; an unknown one is refused, and near ones are offered."""
    place = place_of(name, places)
    if place is None:
        raise InputError(f'unknown name "{name}" in {what}. {suggest(name, places)}')
    return place


def places(chosen: Iterable[Any], names: Sequence[str] | None, size: int, what: str, symbol: str = "x") -> list[int]:
    """Positions of variables or rows that were chosen by name or by position, each once."""
    if isinstance(chosen, str) or not isinstance(chosen, Iterable):
        raise InputError(f"{what} is {chosen!r}; pass a list of names or positions.")
    known, found = places_of(names, size, symbol), list[int]()
    for one in chosen:
        if isinstance(one, (int, np.integer)) and not isinstance(one, bool):
            if not 0 <= one < size:
                raise InputError(f"{what} names position {one}; there are {size}, counted from 0.")
            found.append(int(one))
        else:
            found.append(index_of(str(one), known, what))
    return list(dict.fromkeys(found))
