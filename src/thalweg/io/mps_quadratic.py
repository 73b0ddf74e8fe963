"""The quadratic part of an MPS file: QUADOBJ and QSECTION hold one triangle of P, QMATRIX both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from thalweg.errors import InputError
from thalweg.io.mps_entries import Pairs, check_finite, pairs
from thalweg.io.mps_lines import Section, text
from thalweg.io.parsed import matrix
from thalweg.result import Index

_SECTIONS = (b"QUADOBJ", b"QMATRIX", b"QSECTION")
_BOTH = "Delete one; or, if both triangles of P are meant, call the section QMATRIX."
_ROUNDING = 1e-12  # relative difference of two entries that should be equal


def read_quadratic(found: Mapping[bytes, Section], places: dict[bytes, int], rows: Mapping[bytes, int]) -> Any:
    """Return the matrix P of x'Px / 2, or None; variables that only stand here are added to ``places``."""
    given = [found[name] for name in _SECTIONS if name in found]
    if not given:
        return None
    if len(given) > 1:
        names = " and ".join(text(section.name) for section in given)
        raise InputError(f"{given[0].file} has the sections {names}, which say the same thing. Keep one.")
    [section] = given
    if section.name == b"QSECTION":
        _check_objective(section, rows)
    section.check_widths({3, 5}, "a variable and one or two pairs of variable and number")
    entries = pairs(section)
    check_finite(entries)
    for name in (*(words[0] for words in section.lines), *entries.names):
        places.setdefault(name, len(places))
    i = np.array([places[section.lines[k][0]] for k in entries.lines], dtype=np.intp)
    j = entries.places(places, "variable")
    n = len(places)
    if section.name == b"QMATRIX":
        entries.check_once(i * n + j, "variable")
        _check_symmetric(entries, i, j, n)
    else:
        entries.check_once(np.minimum(i, j) * n + np.maximum(i, j), "variable", _BOTH)
    if not entries.values.any():
        return None
    mirrored = (i != j) & (section.name != b"QMATRIX")
    values = np.concatenate([entries.values, entries.values[mirrored]])
    return matrix(np.concatenate([i, j[mirrored]]), np.concatenate([j, i[mirrored]]), values, (n, n))


def _check_objective(section: Section, rows: Mapping[bytes, int]) -> None:
    """Refuse the quadratic part of a row."""
    row = b" ".join(section.argument)
    where = f"{section.file}, line {section.heading}, section QSECTION"
    if row not in rows:
        raise InputError(f"{where}: unknown row {text(row)!r}. Name the objective behind QSECTION.")
    if rows[row] != -1:
        raise InputError(f"{where}: the row {text(row)!r} is quadratic; only the objective of our programs may be.")


def _check_symmetric(entries: Pairs, i: Index, j: Index, n: int) -> None:
    """Refuse a full matrix of which the two triangles differ."""
    order, mirror = np.argsort(i * n + j), np.argsort(j * n + i)
    one, other = entries.values[order], entries.values[mirror]
    key, mirrored = (i * n + j)[order], (j * n + i)[mirror]
    unpaired = key != mirrored
    with np.errstate(over="ignore"):
        differ = np.abs(one - other) > _ROUNDING * (np.abs(one) + np.abs(other))
    odd = unpaired if unpaired.any() else differ
    if odd.any():
        first_odd = int(np.flatnonzero(odd)[0])
        k = int(order[first_odd] if key[first_odd] <= mirrored[first_odd] else mirror[first_odd])
        line = int(entries.lines[k])
        first, second = text(entries.section.lines[line][0]), text(entries.names[k])
        entries.section.fail(
            line,
            f"QMATRIX holds both triangles of P, and here their symmetry fails: the entries of {first!r}, {second!r} "
            f"and {second!r}, {first!r} differ, or one is missing. For one triangle, call the section QUADOBJ.",
        )
