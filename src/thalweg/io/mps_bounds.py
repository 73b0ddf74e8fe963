"""The section BOUNDS of an MPS file: limits of variables, and which of them are not continuous."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thalweg.errors import ProblemError
from thalweg.io.mps_entries import check_set, numbers
from thalweg.io.mps_lines import Section, is_number, text
from thalweg.io.parsed import CONTINUOUS, INTEGER, SEMI_CONTINUOUS, SEMI_INTEGER
from thalweg.result import Array, Index


class _Kind(NamedTuple):
    """What a kind of bound says: ``None`` where it says nothing, "value" where the number of the line does."""

    lower: float | str | None = None
    upper: float | str | None = None
    variable: int = CONTINUOUS

    @property
    def takes_number(self) -> bool:
        """Whether its lines carry a number."""
        return "value" in (self.lower, self.upper)


KINDS = {
    b"UP": _Kind(upper="value"),
    b"LO": _Kind(lower="value"),
    b"FX": _Kind("value", "value"),
    b"FR": _Kind(-np.inf, np.inf),
    b"MI": _Kind(lower=-np.inf),
    b"PL": _Kind(upper=np.inf),
    b"BV": _Kind(0.0, 1.0, INTEGER),
    b"LI": _Kind("value", None, INTEGER),
    b"UI": _Kind(None, "value", INTEGER),
    b"SC": _Kind(None, "value", SEMI_CONTINUOUS),
    b"SI": _Kind(None, "value", SEMI_INTEGER),
}


@dataclass
class Bounds:
    """Limits and kinds of variables, and the line that set each (-1: none)."""

    lower: Array
    upper: Array
    kinds: Index
    lower_line: Index
    upper_line: Index

    @classmethod
    def usual(cls, size: int) -> Bounds:
        """Variables are continuous and >= 0 unless the file says otherwise."""
        none = np.full(size, -1, dtype=np.intp)
        return cls(np.zeros(size), np.full(size, np.inf), np.full(size, CONTINUOUS), none, none.copy())


class _Bound(NamedTuple):
    kind: _Kind
    set: bytes | None
    variable: bytes
    value: bytes


def read_bounds(section: Section, places: dict[bytes, int], integer: Sequence[int]) -> Bounds:
    """Return the limits of all variables; those that only BOUNDS names are added to ``places``.

    ``integer`` are the places between the markers INTORG and INTEND: they are 0 or 1 unless a bound is given.
    """
    found = [_bound(section, k, places) for k in range(len(section.lines))]
    named = [(k, bound.set) for k, bound in enumerate(found) if bound.set is not None]
    check_set(section, named, places, "variable")
    values = numbers(section, [bound.value for bound in found], range(len(found)))
    for bound in found:
        places.setdefault(bound.variable, len(places))
    bounds = Bounds.usual(len(places))
    bounds.kinds[list(integer)] = INTEGER
    for k, (bound, value) in enumerate(zip(found, values.tolist(), strict=True)):
        j = places[bound.variable]
        if bound.kind.lower is not None:
            _set(section, k, (bounds.lower, bounds.lower_line), j, bound.kind.lower, value, "lower")
        if bound.kind.upper is not None:
            _set(section, k, (bounds.upper, bounds.upper_line), j, bound.kind.upper, value, "upper")
        bounds.kinds[j] = max(bounds.kinds[j], bound.kind.variable)
    _check_negative_upper(section, bounds, list(places))
    for j in integer:
        if bounds.lower_line[j] < 0 and bounds.upper_line[j] < 0:
            bounds.upper[j] = 1.0
    return bounds


def _bound(section: Section, k: int, places: dict[bytes, int]) -> _Bound:
    """Take a line apart: kind, name of the set (often left out), variable, number."""
    words = section.lines[k]
    kind = KINDS.get(words[0].upper())
    if kind is None:
        near = ", ".join(map(text, KINDS))
        section.fail(k, f"unknown kind of bound {text(words[0])!r}. Known: {near}.")
    rest = words[1:]
    if kind.takes_number:
        if len(rest) not in (2, 3):
            section.fail(k, f"expected a set (or none), a variable and a number behind {text(words[0])}.")
        return _Bound(kind, rest[0] if len(rest) == 3 else None, rest[-2], rest[-1])
    numbered = len(rest) == 2 and rest[1] not in places and rest[0] in places and is_number(rest[1])
    if len(rest) == 3 or numbered:  # a number that says nothing, such as the 1 of BV
        return _Bound(kind, None if numbered else rest[0], rest[-2], rest[-1])
    if len(rest) not in (1, 2):
        section.fail(k, f"expected a set (or none) and a variable behind {text(words[0])}.")
    return _Bound(kind, rest[0] if len(rest) == 2 else None, rest[-1], b"0")


def _set(
    section: Section, k: int, limits: tuple[Array, Index], j: int, given: float | str, value: float, side: str
) -> None:
    """Set one limit, once."""
    values, lines = limits
    if lines[j] >= 0:
        section.fail(
            k, f"a duplicate {side} bound of the variable that line {section.numbers[lines[j]]} bounds. Delete one."
        )
    values[j], lines[j] = value if isinstance(given, str) else given, k


def _check_negative_upper(section: Section, bounds: Bounds, names: Sequence[bytes]) -> None:
    """Refuse a negative upper bound without a lower one: for some readers the lower one is then -inf, for some 0."""
    odd = np.flatnonzero((bounds.upper < 0) & (bounds.lower_line < 0))
    if odd.size:
        j = int(odd[0])
        raise ProblemError(
            f"{section.where(int(bounds.upper_line[j]))}: lower > upper for {text(names[j])!r}: its upper bound is "
            f"{bounds.upper[j]:g}, and without another its lower bound is 0. Some readers take -inf instead: if that "
            "is meant, add a line MI before it; else give the lower bound by LO."
        )
