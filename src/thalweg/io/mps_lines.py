"""The lines of an MPS file, sorted into sections and split into words; names with blanks are told by their columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NoReturn

from thalweg.errors import InputError, suggest

TABLES = {b"COLUMNS", b"RHS", b"RANGES", b"QUADOBJ", b"QMATRIX", b"QSECTION"}  # lines: names, then pairs or numbers
READ = TABLES | {b"NAME", b"OBJSENSE", b"ROWS", b"BOUNDS", b"ENDATA"}
FOREIGN = {b"SETS", b"SOS", b"SOS1", b"SOS2", b"INDICATORS", b"USERCUTS", b"LAZYCONS", b"MODELCUTS", b"DELAYEDROWS"}
FOREIGN |= {b"GENCONS", b"PWLOBJ", b"PWLNAM", b"PWLCON", b"QCMATRIX", b"CSECTION"}  # no such thing in our programs
_WITH_TEXT = {b"NAME", b"OBJSENSE", b"QSECTION", b"QCMATRIX", b"CSECTION", b"SOS"}  # headings with words behind them
_SENSES = {b"MAX": True, b"MAXIMIZE": True, b"MAXIMISE": True, b"MIN": False, b"MINIMIZE": False, b"MINIMISE": False}
_FIELDS = ((1, 3), (4, 12), (14, 22), (24, 36), (39, 47), (49, 61))  # columns of the fixed format


@dataclass(frozen=True)
class Section:
    """One section: where its heading stands, the words behind it, and the words of each of its lines.

    ``numbers`` are the lines' places in the file, which ``file`` names in errors.
    """

    file: str
    name: bytes
    heading: int
    argument: Sequence[bytes]
    numbers: Sequence[int]
    lines: Sequence[list[bytes]]

    def fail(self, k: int, reason: str) -> NoReturn:
        """Raise InputError about line k of this section."""
        raise InputError(f"{self.where(k)}: {reason}")

    def where(self, k: int) -> str:
        """Say where line k of this section stands."""
        return f"{self.file}, line {self.numbers[k]}, section {text(self.name)}"

    def check_widths(self, widths: Collection[int], expected: str) -> None:
        """Refuse lines with another number of words."""
        if set(map(len, self.lines)) <= set(widths):
            return
        k = next(k for k, words in enumerate(self.lines) if len(words) not in widths)
        words, lone = self.lines[k], ""
        if len(words) == 1:
            near = suggest(text(words[0]), map(text, sorted(READ)))
            lone = f" Is {text(words[0])!r} meant as a section? {near}"
        self.fail(k, f"expected {expected}; got {len(words)} words.{lone}")


def text(word: bytes) -> str:
    """Return a word as it is shown."""
    return word.decode("utf-8", "replace")


def sections(data: bytes, file: str) -> dict[bytes, Section]:
    """Return the sections of a file by name, or raise InputError with the line that is wrong."""
    raw = data.removeprefix(b"\xef\xbb\xbf").splitlines()
    words = [[] if line[:1] == b"*" else line.split() for line in raw]
    headings = _headings(raw, words)
    _check_headings([name for _, name in headings], file)
    first = headings[0][0]
    if any(words[:first]):
        _stray(words, range(first), file)
    found: dict[bytes, Section] = {}
    for (start, name), (end, _) in pairwise(headings):
        numbers: Sequence[int] = range(start + 2, end + 1)
        lines = words[start + 1 : end]
        if not all(lines):
            numbers = [number for number, line in zip(numbers, lines, strict=True) if line]
            lines = [line for line in lines if line]
        found[name] = Section(file, name, start + 1, words[start][1:], numbers, lines)
    if b"NAME" in found and found[b"NAME"].lines:
        _stray(words, [number - 1 for number in found[b"NAME"].numbers], file)
    return _split_by_columns(found, raw) if _names_hold_blanks(found, raw) else found


def _headings(raw: Sequence[bytes], words: Sequence[list[bytes]]) -> list[tuple[int, bytes]]:
    """Places and names of the headings, up to ENDATA: alone in their line, or with text where that is usual.

    Behind ROWS, a line that begins with NAME belongs to a variable or a set of this name.
    """
    candidates = [k for k, line in enumerate(words) if line and (len(line) == 1 or raw[k][0] > 32)]
    found: list[tuple[int, bytes]] = []
    has_rows = False
    for k in candidates:
        name = words[k][0].upper()
        with_text = name in _WITH_TEXT and raw[k][0] > 32 and not (has_rows and name == b"NAME")
        if (name in READ or name in FOREIGN) and (len(words[k]) == 1 or with_text):
            found.append((k, name))
            has_rows = has_rows or name == b"ROWS"
            if name == b"ENDATA":
                break
    return found


def _check_headings(names: list[bytes], file: str) -> None:
    """Refuse a file without ROWS or ENDATA, repeated sections, and sections that no program of ours can hold."""
    if b"ROWS" not in names:
        raise InputError(f"{file} is not an MPS file: it has no section ROWS.")
    if names[-1] != b"ENDATA":
        raise InputError(f"{file} is truncated: it has no ENDATA line. Copy it again, or add the rest.")
    for name in names:
        if name in FOREIGN:
            raise InputError(
                f"{file} has a section {text(name)}: no program here has anything of the kind, and "
                "without it another problem would be solved. Use a solver for such programs."
            )
        if names.count(name) > 1:
            raise InputError(f"{file} has the section {text(name)} {names.count(name)} times. Merge them.")


def _stray(words: Sequence[list[bytes]], places: Sequence[int], file: str) -> NoReturn:
    k = next(k for k in places if words[k])
    raise InputError(f"{file}, line {k + 1}: {text(words[k][0])!r} stands in no section. Headings begin in column 1.")


def is_maximised(found: dict[bytes, Section], file: str) -> bool:
    """Read OBJSENSE, whose word stands behind the heading or on the next line; without it, minimise."""
    section = found.get(b"OBJSENSE")
    if section is None:
        return False
    places = [section.heading, *section.numbers]
    for number, words in zip(places, [section.argument, *section.lines], strict=True):
        for word in words:
            if word.upper() not in _SENSES:
                raise InputError(
                    f"{file}, line {number}: {text(word)!r} stands in no section. Under OBJSENSE stands MAX or MIN."
                )
    given = {_SENSES[word.upper()] for words in [section.argument, *section.lines] for word in words}
    if len(given) != 1:
        said = "both MAX and MIN" if given else "neither MAX nor MIN"
        raise InputError(f"{file}, line {section.heading}, section OBJSENSE: it says {said}. Write one of them.")
    return given.pop()


def is_number(word: bytes) -> bool:
    """Whether a word is a number; as in Fortran, D is as good as E."""
    try:
        number(word)
    except ValueError:
        return False
    return True


def number(word: bytes) -> float:
    """Return a number, or raise ValueError; Python's 1_000 is none: others stop reading at the underscore."""
    if b"_" in word:
        raise ValueError
    try:
        return float(word)
    except ValueError:
        return float(word.upper().replace(b"D", b"E", 1))


def _names_hold_blanks(found: dict[bytes, Section], raw: Sequence[bytes]) -> bool:
    """Whether lines have too many words for the free format, but stand in the columns of the fixed one."""
    if set(map(len, found[b"ROWS"].lines)) - {0, 1, 2}:
        return True
    columns = found.get(b"COLUMNS")
    if columns is None or set(map(len, columns.lines)) <= {1, 3, 5}:
        return False
    for place, words in zip(columns.numbers, columns.lines, strict=True):
        fields = _fields(raw[place - 1]) if len(words) not in (1, 3, 5) else None
        if fields is not None and is_number(fields[3]):
            return True
    return False


def _split_by_columns(found: dict[bytes, Section], raw: Sequence[bytes]) -> dict[bytes, Section]:
    """Split the lines of all tables again, by the columns of the fixed format."""
    split = dict(found)
    for name, section in found.items():
        if name in TABLES or name in (b"ROWS", b"BOUNDS"):
            lines = [_by_columns(raw[place - 1], place, section) for place in section.numbers]
            split[name] = replace(section, lines=lines)
    return split


def _by_columns(line: bytes, place: int, section: Section) -> list[bytes]:
    fields = _fields(line)
    if fields is None:
        raise InputError(
            f"{section.file}, line {place}: names of this file seem to hold blanks; then its fields must stand in the "
            "columns 2, 5, 15, 25, 40 and 50 of the fixed MPS format, and here they do not. Use names without blanks."
        )
    words = [field for field in fields if field]
    if section.name in (b"RHS", b"RANGES", b"BOUNDS") and not fields[1]:  # a set without a name
        words.insert(section.name == b"BOUNDS", b"")
    return words


def _fields(line: bytes) -> list[bytes] | None:
    """Fields of the fixed format; None if something stands between them."""
    padded = line.expandtabs().ljust(_FIELDS[-1][1])
    edges = [0, *(edge for field in _FIELDS for edge in field)]
    between = b"".join(padded[start:end] for start, end in zip(edges[::2], edges[1::2], strict=False))
    return None if (between + padded[edges[-1] :]).strip() else [padded[start:end].strip() for start, end in _FIELDS]
