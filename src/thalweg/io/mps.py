"""MPS text, checked before HiGHS reads it.

HiGHS reads a word that is not a number as 0 and drops what it does not understand, mostly without a word, and its
reader for names with blanks may never end on a damaged file. So the text is checked here, and names with blanks are
joined by ``JOINT``: HiGHS only ever sees the free format.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from thalweg.errors import InputError, suggest

JOINT = "\x1f"  # stands for a blank inside a name while HiGHS reads; no text file holds it otherwise
_TABLES = {b"COLUMNS", b"RHS", b"RANGES", b"QUADOBJ", b"QMATRIX"}  # lines: name, then one or two pairs (name, number)
_ALONE = _TABLES | {b"ROWS", b"BOUNDS", b"SETS", b"SOS", b"INDICATORS", b"ENDATA"}  # headings with nothing behind them
_ALONE |= {b"USERCUTS", b"MODELCUTS", b"DELAYEDROWS", b"GENCONS", b"PWLOBJ", b"PWLNAM", b"PWLCON"}
_WITH_TEXT = {b"NAME", b"OBJSENSE", b"QSECTION", b"QCMATRIX", b"CSECTION"}
_SETS = {b"RHS", b"RANGES", b"BOUNDS"}  # whose lines begin with the name of a set, mostly
_ONCE = _TABLES | {b"NAME", b"OBJSENSE", b"ROWS", b"BOUNDS"}
_LIMITS = {b"UP", b"LO", b"FX", b"UI", b"LI", b"SC", b"SI"}  # kinds of bounds that carry a number
_SENSES = {b"MAX", b"MIN", b"MAXIMIZE", b"MINIMIZE", b"MAXIMISE", b"MINIMISE"}
_FIELDS = ((1, 3), (4, 12), (14, 22), (24, 36), (39, 47), (49, 61))  # columns of the fixed format


class Line(NamedTuple):
    """One line that says something: where it stands, its words, and as it was written."""

    number: int
    section: bytes
    words: list[bytes]
    raw: bytes

    @property
    def is_heading(self) -> bool:
        """Whether it opens its section."""
        return self.words[0].upper() == self.section and (len(self.words) == 1 or self.section in _WITH_TEXT)


class Checked(NamedTuple):
    """Text in free format, the N rows (the objective, and rows without limits), and the variables of COLUMNS."""

    data: bytes
    free_rows: set[str]
    variables: set[str]


def checked(data: bytes, name: str) -> Checked:
    """Return the text in free format, or raise InputError with the line that is wrong."""
    lines = list(_lines(data))
    _check_sections(lines, name)
    if any(_holds_blanks(line) for line in lines):
        data = b"\n".join(_joined(line, name) for line in lines)
        lines = list(_lines(data))
    content = [line for line in lines if not line.is_heading]
    rows = _check_rows(content, name)
    variables = {line.words[0] for line in content if line.section == b"COLUMNS"}
    for line in content:
        _check_line(line, rows, name)
        _check_set(line, rows if line.section == b"RHS" else variables, name)
    free = {_text(line.words[1]) for line in content if line.section == b"ROWS" and line.words[0] == b"N"}
    return Checked(data, free, {_text(variable) for variable in variables})


def _lines(data: bytes) -> Iterator[Line]:
    """Lines up to ENDATA, without comments and blank lines."""
    section = b""
    for number, raw in enumerate(data.splitlines(), 1):
        words = raw.split()
        if not words or raw.startswith(b"*"):
            continue
        heading = words[0].upper()
        if heading in _WITH_TEXT or (heading in _ALONE and len(words) == 1):
            section = heading
        yield Line(number, section, words, raw)
        if section == b"ENDATA":
            return


def _check_sections(lines: list[Line], name: str) -> None:
    """Refuse a file without ROWS or ENDATA, repeated sections, and lines outside of any section."""
    found = [line.section for line in lines if line.section and line.is_heading]
    if b"ROWS" not in found:
        raise InputError(f"{name} is not an MPS file: it has no section ROWS.")
    if found[-1] != b"ENDATA":
        raise InputError(f"{name} is truncated: it has no ENDATA line. Copy it again, or add the rest.")
    for section in _ONCE:
        if found.count(section) > 1:
            raise InputError(f"{name} has the section {section.decode()} {found.count(section)} times. Merge them.")
    for line in lines:
        sense = line.section == b"OBJSENSE" and {word.upper() for word in line.words} <= _SENSES
        if line.section in (b"", b"NAME", b"OBJSENSE") and not (line.section and line.is_heading) and not sense:
            raise InputError(f"{name}, line {line.number}: {_text(line.words[0])!r} stands in no section.")


def _check_rows(lines: list[Line], name: str) -> set[bytes]:
    """Return the names of all rows; each line of ROWS is a kind and a name."""
    rows = set()
    for line in lines:
        if line.section == b"ROWS":
            if len(line.words) != 2 or line.words[0] not in (b"N", b"L", b"G", b"E"):
                shown = _text(b" ".join(line.words))
                raise InputError(f"{_where(line, name)}: {shown!r} is not N, L, G or E and a name.")
            rows.add(line.words[1])
    return rows


def _check_line(line: Line, rows: set[bytes], name: str) -> None:
    """Refuse lines of the wrong length, unknown rows in COLUMNS, and words in the place of numbers."""
    words = line.words
    if line.section == b"COLUMNS" and b"'MARKER'" not in words:
        if len(words) not in (3, 5):
            expected = "a variable and one or two pairs of row and number"
            raise InputError(f"{_where(line, name)}: expected {expected}; got {len(words)} words.")
        for row in words[1::2]:
            if row not in rows:
                near = suggest(_text(row), map(_text, sorted(rows)))
                raise InputError(f"{_where(line, name)}: unknown row {_text(row)!r}. {near}")
    for word in _numbers(line):
        if not _is_number(word):
            raise InputError(
                f"{_where(line, name)}: {_text(word)!r} is not a number. "
                "Numbers look like 1, -0.5 or 2e-3. Is the file damaged, or a name in the wrong place?"
            )


def _check_set(line: Line, names: set[bytes], name: str) -> None:
    """Refuse a set of right sides or bounds that is named like a row or variable: HiGHS takes it for that."""
    if line.section == b"RHS":
        named = line.words[0] if len(line.words) % 2 == 1 else b""
    elif line.section == b"BOUNDS":
        named = line.words[1] if len(line.words) == 3 + (line.words[0].upper() in _LIMITS) else b""
    else:
        return
    if named in names:
        noun = "row" if line.section == b"RHS" else "variable"
        raise InputError(
            f"{_where(line, name)}: the set {_text(named)!r} is named like a {noun}, "
            "so that the line can be read in two ways. Rename the set."
        )


def _numbers(line: Line) -> list[bytes]:
    """Words of a line that must be numbers, counted from its end: names may be left out in RHS and BOUNDS."""
    if line.section == b"BOUNDS":
        return line.words[-1:] if line.words[0].upper() in _LIMITS else []
    if line.section not in _TABLES or b"'MARKER'" in line.words:
        return []
    return [line.words[-1], *([line.words[-3]] if len(line.words) > 3 else [])]


def _is_number(word: bytes) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return b"_" not in word  # Python reads 1_000 as a number, others stop at the underscore


def _holds_blanks(line: Line) -> bool:
    """Whether a line has too many words for the free format, but stands in the columns of the fixed one."""
    if line.section == b"ROWS":
        return len(line.words) > 2
    if line.section != b"COLUMNS" or len(line.words) in (1, 3, 5):
        return False
    fields = _fields(line)
    return fields is not None and _is_number(fields[3])


def _joined(line: Line, name: str) -> bytes:
    """Return a line of the fixed format in the free format, with its names joined."""
    if line.is_heading or line.section not in _TABLES | {b"ROWS", b"BOUNDS"}:
        return line.raw
    fields = _fields(line)
    if fields is None:
        raise InputError(
            f"{name}, line {line.number}: names of this file seem to hold blanks; then its fields must stand in the "
            "columns 2, 5, 15, 25, 40 and 50 of the fixed MPS format, and here they do not. Use names without blanks."
        )
    if line.section in _SETS:
        fields[1] = fields[1] or JOINT.encode()  # a set without a name
    return b" " + b" ".join(field.replace(b" ", JOINT.encode()) for field in fields if field)


def _fields(line: Line) -> list[bytes] | None:
    """Fields of the fixed format; None if something stands between them."""
    raw = line.raw.expandtabs().ljust(_FIELDS[-1][1])
    edges = [0, *(edge for field in _FIELDS for edge in field)]
    between = b"".join(raw[start:end] for start, end in zip(edges[::2], edges[1::2], strict=False))
    return None if (between + raw[edges[-1] :]).strip() else [raw[start:end].strip() for start, end in _FIELDS]


def _where(line: Line, name: str) -> str:
    return f"{name}, line {line.number}, section {line.section.decode()}"


def _text(word: bytes) -> str:
    return word.decode("utf-8", "replace").replace(JOINT, " ")
