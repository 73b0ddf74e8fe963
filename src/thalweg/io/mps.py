"""Reads MPS and QPS files, in free and in fixed format: ``parse`` turns text into a `Parsed` program.

Conventions, where readers differ (HiGHS 1.16's unless said otherwise):

- The first N row is the objective, to be minimised unless OBJSENSE says MAX or MAXIMIZE, on its line (where HiGHS takes
  MAXIMIZE for nothing) or below. Its right side is minus its constant. Further N rows are dropped.
- Variables are >= 0. UP leaves the lower bound alone; a negative one without a lower bound is refused, because for some
  readers the lower bound is then -inf. Integer variables without any bound are 0 or 1.
- A range R makes L rows [rhs - |R|, rhs], G rows [rhs, rhs + |R|], E rows [rhs, rhs + R] or, if R < 0, [rhs + R, rhs].
- QUADOBJ and QSECTION hold one triangle of P in x'Px / 2, QMATRIX all of P.
- Names of sets may be left out. What is given twice, also in a second set, is refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from thalweg.errors import near
from thalweg.io.mps_bounds import Bounds, read_bounds
from thalweg.io.mps_entries import Pairs, check_finite, pairs, without_set
from thalweg.io.mps_lines import Section, is_maximised, sections, text
from thalweg.io.mps_quadratic import read_quadratic
from thalweg.io.parsed import Parsed, decoded, matrix
from thalweg.result import Array, Index

OBJECTIVE = -1  # its place among the rows; further N rows, which are dropped, have -2, -3, ...


class _Rows(NamedTuple):
    """Rows by name: their places, and for those with limits the kind L, G or E."""

    places: dict[bytes, int]
    kinds: Sequence[bytes]


def parse(data: bytes, file: str) -> Parsed:
    """Return the program that the bytes of an MPS file hold, or raise InputError with the line that is wrong.

    Warns of what is read but looks like a slip: a variable that only BOUNDS or QUADOBJ names, no objective.
    """
    found = sections(data, file)
    rows = _rows(found[b"ROWS"])
    columns, integer = _without_markers(_section(found, b"COLUMNS"))
    places, entries, entry_columns = _columns(columns)
    entry_rows = entries.places(rows.places, "row")
    m, listed = len(rows.kinds), len(places)
    entries.check_once(entry_columns * len(rows.places) + entry_rows, "row")
    rhs, constant = _right_sides(_section(found, b"RHS"), rows)
    bounds = read_bounds(_section(found, b"BOUNDS"), places, integer)
    P = read_quadratic(found, places, rows.places)
    bounds = _extended(bounds, len(places))
    _warn_of_slips(list(places), listed, OBJECTIVE in rows.places.values(), file)
    cost, objective, limited = np.zeros(len(places)), entry_rows == OBJECTIVE, entry_rows >= 0
    cost[entry_columns[objective]] = entries.values[objective]
    A = matrix(entry_rows[limited], entry_columns[limited], entries.values[limited], (m, len(places)))
    row_lower, row_upper = _row_limits(_section(found, b"RANGES"), rows, rhs)
    limits = {"row_lower": row_lower, "row_upper": row_upper, "lower": bounds.lower, "upper": bounds.upper}
    row_names = [name for name, place in rows.places.items() if place >= 0]
    sense = is_maximised(found, file)
    return Parsed(cost, A, P, limits, constant, sense, decoded(list(places)), decoded(row_names), bounds.kinds)


def _section(found: dict[bytes, Section], name: bytes) -> Section:
    """Return a section; one that the file lacks is empty."""
    return found.get(name) or replace(found[b"ROWS"], name=name, numbers=(), lines=())


def _rows(section: Section) -> _Rows:
    """Read ROWS: each line is a kind and a name; the first N row is the objective."""
    places: dict[bytes, int] = {}
    kinds: list[bytes] = []
    lines: dict[bytes, int] = {}
    for k, words in enumerate(section.lines):
        if len(words) != 2 or words[0] not in (b"N", b"L", b"G", b"E"):
            section.fail(k, f"{text(b' '.join(words))!r} is not N, L, G or E and a name.")
        kind, name = words
        if name in places:
            section.fail(k, f"a duplicate row {text(name)!r}, which line {section.numbers[lines[name]]} has already.")
        lines[name] = k
        if kind != b"N":
            places[name] = len(kinds)
            kinds.append(kind)
        else:
            places[name] = OBJECTIVE - (len(places) - len(kinds))
    return _Rows(places, kinds)


def _without_markers(section: Section) -> tuple[Section, Sequence[int]]:
    """Return COLUMNS without its markers, and the places of the variables between INTORG and INTEND."""
    section.check_widths({3, 5}, "a variable and one or two pairs of row and number")
    if b"'MARKER'" not in [words[1] for words in section.lines]:
        return section, ()
    kept: list[int] = []
    integer: dict[bytes, None] = {}
    inside = False
    for k, words in enumerate(section.lines):
        if words[1] == b"'MARKER'":
            if words[-1] not in (b"'INTORG'", b"'INTEND'") or inside == (words[-1] == b"'INTORG'"):
                section.fail(k, f"the marker {text(words[-1])} is neither 'INTORG' nor 'INTEND', or out of turn.")
            inside = not inside
            continue
        kept.append(k)
        if inside:
            integer[words[0]] = None
    lines, numbers = [section.lines[k] for k in kept], [section.numbers[k] for k in kept]
    names = {name: j for j, name in enumerate(dict.fromkeys(words[0] for words in lines))}
    return replace(section, lines=lines, numbers=numbers), [names[name] for name in integer]


def _columns(section: Section) -> tuple[dict[bytes, int], Pairs, Index]:
    """Read COLUMNS: the places of its variables, its entries, and the variable of each entry."""
    variables = [words[0] for words in section.lines]
    places = {name: j for j, name in enumerate(dict.fromkeys(variables))}
    by_line = np.array([places[name] for name in variables], dtype=np.intp)
    back = np.flatnonzero(np.diff(by_line) < 0)
    if back.size:
        k = int(back[0]) + 1
        first = section.numbers[variables.index(variables[k])]
        section.fail(
            k,
            f"a duplicate variable {text(variables[k])!r}, which stands in line {first} already, with others in "
            "between. Is that another variable? Else bring its lines together.",
        )
    found = pairs(section)
    check_finite(found)
    return places, found, by_line[found.lines]


def _right_sides(section: Section, rows: _Rows) -> tuple[Array, float]:
    """Read RHS: the right sides of rows with limits, and the constant of the objective."""
    found = pairs(without_set(section, rows.places, "row"), leading=0)
    places = found.places(rows.places, "row")
    found.check_once(places, "row")
    rhs, limited, objective = np.zeros(len(rows.kinds)), places >= 0, places == OBJECTIVE
    rhs[places[limited]] = found.values[limited]
    return rhs, float(0.0 - found.values[objective].sum())


def _row_limits(section: Section, rows: _Rows, rhs: Array) -> tuple[Array, Array]:
    """Read RANGES, and return the limits of the rows."""
    kinds = np.array(rows.kinds, dtype="S1")
    lower, upper = np.where(kinds == b"L", -np.inf, rhs), np.where(kinds == b"G", np.inf, rhs)
    found = pairs(without_set(section, rows.places, "row"), leading=0)
    places = found.places(rows.places, "row")
    limited = places >= 0  # a range of an N row changes nothing
    found.check_once(places, "row")
    i, value = places[limited], found.values[limited]
    size, equal = np.abs(value), kinds[i] == b"E"
    below = np.where(equal, np.maximum(-value, 0), np.where(kinds[i] == b"L", size, 0))
    above = np.where(equal, np.maximum(value, 0), np.where(kinds[i] == b"G", size, 0))
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite then is for the program to judge
        lower[i], upper[i] = rhs[i] - below, rhs[i] + above
    return lower, upper


def _extended(bounds: Bounds, size: int) -> Bounds:
    """Return bounds also for the variables that only QUADOBJ names."""
    usual, more = Bounds.usual(size), bounds.lower.size
    for part in ("lower", "upper", "kinds"):
        getattr(usual, part)[:more] = getattr(bounds, part)
    return usual


def _warn_of_slips(variables: Sequence[bytes], listed: int, has_objective: bool, file: str) -> None:
    """Warn of variables behind those ``listed`` in COLUMNS: a name misspelled elsewhere silently becomes a variable."""
    unlisted = variables[listed:]
    if unlisted:
        name = text(unlisted[0])
        warnings.warn(
            f'{file}: "{name}" ({len(unlisted)} such) stands in BOUNDS or QUADOBJ, but not in COLUMNS. '
            f"Is its name misspelled? {near(name, map(text, variables[:listed]))}".strip(),
            stacklevel=4,
        )
    if not has_objective:
        warnings.warn(f"{file}: there is no N row, so that the objective is 0.", stacklevel=4)
