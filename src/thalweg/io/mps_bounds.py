"""The section BOUNDS of an MPS file: limits of variables, and which of them must be whole."""

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

    def take(self, section: Section, k: int, j: int, kind: _Kind, value: float) -> None:
        """Take over line k, which bounds variable j; a side is bounded once."""
        sides = (self.lower, self.lower_line, kind.lower), (self.upper, self.upper_line, kind.upper)
        for limits, lines, said in sides:
            if said is None:
                continue
            if lines[j] >= 0:
                side, first = "lower" if limits is self.lower else "upper", section.numbers[int(lines[j])]
                section.fail(k, f"a duplicate {side} bound: line {first} gives that of this variable. Delete one.")
            limits[j], lines[j] = value if isinstance(said, str) else said, k
        self.kinds[j] = max(self.kinds[j], kind.variable)


def read_bounds(section: Section, places: dict[bytes, int], integer: Sequence[int]) -> Bounds:
    """Return the limits of all variables; those that only BOUNDS names are added to ``places``.

    ``integer`` are the places between the markers INTORG and INTEND: they are 0 or 1 unless a bound is given.
    """
    kinds = [KINDS.get(words[0].upper()) for words in section.lines]
    if None in kinds:
        k = kinds.index(None)
        known = ", ".join(map(text, KINDS))
        section.fail(k, f"unknown kind of bound {text(section.lines[k][0])!r}. Known: {known}.")
    parts = [_parts(section, k, kind.takes_number, places) for k, kind in enumerate(kinds) if kind is not None]
    check_set(section, [(k, name) for k, (name, _, _) in enumerate(parts) if name is not None], places, "variable")
    values = numbers(section, [value for _, _, value in parts], range(len(parts))).tolist()
    for _, variable, _ in parts:
        places.setdefault(variable, len(places))
    bounds = Bounds.usual(len(places))
    bounds.kinds[list(integer)] = INTEGER
    for k, (kind, (_, variable, _)) in enumerate(zip(kinds, parts, strict=True)):
        assert kind is not None
        bounds.take(section, k, places[variable], kind, values[k])
    _check_negative_upper(section, bounds, list(places))
    for j in integer:
        if bounds.lower_line[j] < 0 and bounds.upper_line[j] < 0:
            bounds.upper[j] = 1.0
    return bounds


def _parts(section: Section, k: int, takes_number: bool, places: dict[bytes, int]) -> tuple[bytes | None, bytes, bytes]:
    """Take a line apart: name of the set (often left out), variable, number."""
    rest = section.lines[k][1:]
    size = len(rest)
    if takes_number:
        if size not in (2, 3):
            section.fail(k, "expected a kind, the name of a set (or none), a variable and a number.")
        return rest[0] if size == 3 else None, rest[-2], rest[-1]
    if size == 2 and rest[1] not in places and rest[0] in places and is_number(rest[1]):
        return None, rest[0], rest[1]  # a number that says nothing, such as the 1 of BV
    if size not in (1, 2, 3):
        section.fail(k, "expected a kind, the name of a set (or none) and a variable.")
    return rest[0] if size > 1 else None, rest[min(size - 1, 1)], rest[2] if size == 3 else b"0"


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
