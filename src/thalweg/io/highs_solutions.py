"""Solution files of HiGHS (``highs.writeSolution(path, style)``, styles 0 and 1) as claims.

Values are taken by name, in any order. Duals have thalweg's sign: d(objective) / d(limit). The file's status, objective
and basis are not read: the judge computes what they would say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from thalweg import naming
from thalweg.errors import InputError, suggest
from thalweg.result import Array, Claim

_RAW, _TABLE = re.compile(r"\s*Model status\s*\n"), re.compile(r"\s*Columns\s*\n\s*Index\s+Status\s")
_COUNTED = re.compile(r"# (Columns|Rows) ([0-9]+)")
_OTHER = re.compile(r"# (Columns|Rows) .*")
_PARTS = {"# Primal solution values": "primal", "# Dual solution values": "dual", "# Basis": "basis"}
_CURE = "Write it with highs.writeSolution(path, 0), or give the answer as JSON."


class Entry(NamedTuple):
    """One number of the file: its line, whose it is, and what it says."""

    line: int
    name: str
    value: float


def is_solution(text: str) -> bool:
    """Whether a text begins as HiGHS begins its solution files."""
    return bool(_RAW.match(text) or _TABLE.match(text))


def claim_of(text: str, problem: Any, file: str) -> Claim:
    """Return the point of a solution file, and its row duals as a hint, for a program; ``file`` is named in errors.

    Raises
    ------
    InputError
        Another format, no point in it, truncated, unknown or repeated names, words in the place of numbers; with the
        line.
    """
    if not is_solution(text):
        raise InputError(f"{file} is no solution file of HiGHS, which begin with their model status. {_CURE}")
    if tuple(problem.answer) != ("x",):
        raise InputError(f"{file} is the solution of a program, not of a {type(problem).__name__}.")
    lines = text.split("\n")  # splitlines() would also split at signs that names may hold
    found = _raw(lines, file) if _RAW.match(text) else _table(lines, file)
    rows, columns = problem.shape
    if "primal Columns" not in found:
        status = next((line.split(":")[-1].strip() for line in _status(lines)), "unknown")
        raise InputError(
            f"{file} holds no point: its status is {status}, and a status alone proves nothing. thalweg solve looks "
            "for a proof; a ray can be judged as JSON."
        )
    x = _by_place(found["primal Columns"], _places(problem.names, columns, "x", "c"), "variable", file)
    hints: dict[str, Array] = {}
    if "dual Rows" in found:
        hints["row_dual"] = _by_place(found["dual Rows"], _places(problem.row_names, rows, "row", "r"), "row", file)
    return Claim({"x": x}, hints, by=file)


def _status(lines: Sequence[str]) -> Iterator[str]:
    """Yield what the file says to be its status."""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("Model status"):
            yield line if ":" in line else following


def _raw(lines: Sequence[str], file: str) -> dict[str, list[Entry]]:
    """Read style 0: blocks of counted lines, each a name and a number."""
    found: dict[str, list[Entry]] = {}
    part, k = "", 0
    empty: set[str] = set()  # parts that are said to hold nothing
    while k < len(lines) and part != "basis":
        line = lines[k].strip()
        k += 1
        part = _PARTS.get(line, part)
        counted = _COUNTED.fullmatch(line)
        if counted and part:
            block = f"{part} {counted.group(1)}"
            if block in found:
                raise InputError(f"{file}, line {k}: a second block {line[2:]!r:.60} of {part} values. Delete one.")
            found[block] = _block(lines, k, float(counted.group(2)), file)
            k += len(found[block])
        elif _OTHER.fullmatch(line):
            raise InputError(f"{file}, line {k}: {line!r:.60} is not of the styles 0 and 1. {_CURE}")
        elif line == "None":
            empty.add(part)
    if part != "basis" and lines[-1].strip():
        raise InputError(f"{file} is truncated: its last line {lines[-1].strip()!r:.60} has no end. Copy it again.")
    _check_complete(found, empty, file)
    return found


def _check_complete(found: Mapping[str, Sequence[Entry]], empty: Collection[str], file: str) -> None:
    """Refuse a file without the values that are needed, unless it says that there are none."""
    for part, axis in (("primal", "Columns"), ("dual", "Rows")):
        if f"{part} {axis}" not in found and part not in empty:
            raise InputError(f"{file} is truncated or damaged: the {part} values of {axis} are not there. {_CURE}")


def _block(lines: Sequence[str], start: int, size: float, file: str) -> list[Entry]:
    """Read as many lines as the heading before place ``start`` announces; then the block must be over."""
    heading, left = lines[start - 1].strip(), len(lines) - start
    if size > left:
        raise InputError(f"{file}, line {start}: {heading!r:.60}, but {left} lines follow. Is the file truncated?")
    end = start + int(size)
    entries = [_entry(text, number, file) for number, text in enumerate(lines[start:end], start + 1)]
    following = lines[end].strip() if end < len(lines) else ""
    if following and not following.startswith("# "):
        raise InputError(
            f"{file}, line {end + 1}: {following!r:.60} is one more than {heading!r:.60} of line {start} announces. Is "
            "a name there twice, or the number wrong?"
        )
    return entries


def _entry(text: str, line: int, file: str) -> Entry:
    words = text.rsplit(maxsplit=1)
    if len(words) != 2 or text.startswith("# "):
        raise InputError(f"{file}, line {line}: {text.strip()!r:.60} is not a name and a number. Is it truncated?")
    return Entry(line, words[0].strip(), _number(words[1], line, file))


def _number(word: str, line: int, file: str) -> float:
    try:
        return float("" if "_" in word else word)
    except ValueError:
        raise InputError(f"{file}, line {line}: {word!r:.60} is not a number. Is the file damaged?") from None


def _table(lines: Sequence[str], file: str) -> dict[str, list[Entry]]:
    """Read style 1: two tables, whose columns Primal and Dual may be empty; numbers have few digits."""
    found: dict[str, list[Entry]] = {}
    axis, with_type = "", False
    for number, line in enumerate(lines, 1):
        words = line.split()
        if words in (["Columns"], ["Rows"]):
            axis = words[0]
        elif words[:2] == ["Index", "Status"]:
            with_type = "Type" in words
        elif axis and line.startswith("Model status"):
            return found
        elif axis and words:
            for part, word in zip(("primal", "dual"), _values(words, with_type, number, file), strict=False):
                entries = found.setdefault(f"{part} {axis}", [])
                entries.append(Entry(number, words[-1], _number(word, number, file)))
    raise InputError(f"{file} is truncated: its model status, which stands at the end, is not there. Copy it again.")


def _values(words: Sequence[str], with_type: bool, line: int, file: str) -> Sequence[str]:
    """Return the words under Primal and Dual, as far as they are there."""
    start = 2 if len(words) > 1 and re.fullmatch("[A-Z]{2}", words[1]) else 1
    numbers = words[start : -2 if with_type else -1]
    if not words[0].isdigit() or len(numbers) not in (2, 3, 4):
        raise InputError(f"{file}, line {line}: expected index, status, limits, values and name. Is it damaged?")
    return numbers[2:]


def _places(names: Sequence[str] | None, size: int, symbol: str, letter: str) -> Mapping[str, int]:
    """Return places by the names that HiGHS writes: blanks become underscores, what has no name is c0 or r0."""
    places = naming.places_of(names, size, symbol)
    if names is None:
        return {**{f"{letter}{j}": j for j in range(size)}, **places}
    joined = Counter(_joined(name) for name in names)
    others = {_joined(name): j for name, j in places.items() if joined[_joined(name)] == 1}
    return {**others, **places}


def _joined(name: str) -> str:
    return re.sub(r"\s", "_", name)


def _by_place(entries: Sequence[Entry], places: Mapping[str, int], noun: str, file: str) -> Array:
    """Return the numbers in the order of the problem; each name must be there once."""
    lines: dict[int, int] = {}
    size = len(set(places.values()))
    values = np.zeros(size)
    for line, name, value in entries:
        j = places.get(name)
        if j is None:
            raise InputError(f"{file}, line {line}: unknown {noun} {name!r:.80}. {suggest(name, places)}")
        if j in lines:
            raise InputError(f"{file}, line {line}: the {noun} {name!r:.80} stands in line {lines[j]} already.")
        lines[j], values[j] = line, value
    absent = [name for name, j in places.items() if j not in lines]
    if absent:
        raise InputError(
            f"{file} lacks {size - len(lines)} of {size} {noun}s, first {absent[0]!r:.80}. Is it of another program?"
        )
    return values
