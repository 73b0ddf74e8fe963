"""Checks of MPS text that its reader does not make: the file is whole, and its numbers are numbers.

HiGHS reads a word that is not a number as 0 and says nothing, so that a damaged file would become another problem.
"""

from __future__ import annotations

from collections.abc import Iterator

from thalweg.errors import InputError

_NUMERIC = {b"COLUMNS", b"RHS", b"RANGES", b"QUADOBJ", b"QMATRIX"}
_SECTIONS = _NUMERIC | {b"NAME", b"ROWS", b"BOUNDS", b"OBJSENSE", b"OBJNAME", b"ENDATA"}
_SECTIONS |= {b"SETS", b"SOS", b"QSECTION", b"QCMATRIX", b"CSECTION", b"INDICATORS"}
_LIMITS = {b"UP", b"LO", b"FX", b"UI", b"LI", b"SC", b"SI"}  # kinds of bounds that carry a number

Line = tuple[int, list[bytes]]  # line number, words


def check(data: bytes, name: str, fixed: bool) -> None:
    """Refuse a file without ENDATA, and one whose number fields are not numbers.

    ``fixed``: names may hold blanks, so that only the last word of a line is known to be a number.
    """
    sections = list(_sections(data))
    if not sections:
        raise InputError(f"{name} is not an MPS file: it has no section such as ROWS or COLUMNS.")
    if sections[-1][0] != b"ENDATA":
        raise InputError(f"{name} is truncated: it has no ENDATA line. Copy it again, or add the rest.")
    for section, lines in sections:
        for number, word in _numbers(section, lines, fixed):
            if not _is_number(word):
                raise InputError(
                    f"{name}, line {number}, section {section.decode()}: {_text(word)!r} is not a number. "
                    "Numbers look like 1, -0.5 or 2e-3. Is the file damaged, or a name in the wrong place?"
                )


def free_rows(data: bytes) -> set[str]:
    """Names of the N rows: the objective, and rows without limits."""
    rows = [lines for section, lines in _sections(data) if section == b"ROWS"]
    return {_text(b" ".join(words[1:])) for lines in rows for _, words in lines if words[0].upper() == b"N"}


def _sections(data: bytes) -> Iterator[tuple[bytes, list[Line]]]:
    """Name and lines of each section; a section's name starts its line. Comments and integer markers are left out."""
    section, lines = b"", list[Line]()
    for number, line in enumerate(data.splitlines(), 1):
        words = line.split()
        if not words or line.startswith(b"*") or b"'MARKER'" in words:
            continue
        heading = words[0].upper()
        if heading in _SECTIONS and (not line[:1].isspace() or heading == b"ENDATA"):
            if section:
                yield section, lines
            section, lines = heading, []
        elif section == b"ENDATA":
            break
        else:
            lines.append((number, words))
    if section:
        yield section, lines


def _numbers(section: bytes, lines: list[Line], fixed: bool) -> Iterator[tuple[int, bytes]]:
    """Line number and word of every field that must be a number."""
    if section == b"BOUNDS":
        lines = [(number, words) for number, words in lines if words[0].upper() in _LIMITS]
    elif section not in _NUMERIC:
        return
    for number, words in lines:
        yield number, words[-1]
        if len(words) == 5 and not fixed:
            yield number, words[2]


def _is_number(word: bytes) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return b"_" not in word  # Python reads 1_000 as a number, others stop at the underscore


def _text(word: bytes) -> str:
    return word.decode("utf-8", "replace")
