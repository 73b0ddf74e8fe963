"""LP files, through the reader of HiGHS: what it would drop without an error is refused."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from thalweg.errors import InputError
from thalweg.io.lp_text import KEYWORD
from thalweg.io.parsed import Parsed, matrix
from thalweg.result import Array, Index
from thalweg.terms.constraints import triplets

_END = re.compile(rb"^[ \t]*end[ \t\r]*(\\.*)?$", re.M | re.I)  # last keyword of an LP file
_COMMENT = re.compile(r"\\.*")
_NUMBERS = ("nan", "inf", "infinity")  # words that programs write for numbers, and that HiGHS takes for variables
_OPTIONS = {  # entries are kept as they are, as far as HiGHS allows
    "small_matrix_value": 1e-12,  # smaller ones are dropped; it takes no smaller value
    "large_matrix_value": np.inf,
    "infinite_cost": np.inf,
}
_DROPPED = re.compile(r"(: |is )ignored( \(line \d+\))?$")  # how a message ends that reports content left out


class _Reading(NamedTuple):
    """What HiGHS made of a file, and what it said about it."""

    model: Any
    failed: bool
    log: list[str]


def parse(data: bytes, place: Path) -> Parsed:
    """Return the program that the bytes of an LP file hold; ``place`` is named in errors."""
    if not _END.search(data):
        raise InputError(f"{place} is truncated: it has no End line. Copy it again, or add the rest.")
    reading = _by_highs(place, data)
    _check_log(reading, place)
    parsed = _parsed(reading.model)
    if parsed.names is not None:
        _check_names(parsed.names, place)
        _check_binary(parsed, parsed.names, data, place)
        _warn_of_idle(parsed, parsed.names, place)
    return parsed


def _by_highs(place: Path, data: bytes) -> _Reading:
    """Let HiGHS read a copy of the file, which itself may be compressed, or a pipe that can be read but once.

    Its messages go to a temporary file, never to stdout.
    """
    with tempfile.TemporaryDirectory() as folder:
        log, source = Path(folder, "log"), Path(folder, "model.lp")
        source.write_bytes(data.removeprefix(b"\xef\xbb\xbf"))
        highs = _quiet_highs()
        for option, value in {**_OPTIONS, "log_file": str(log)}.items():
            highs.setOptionValue(option, value)
        status = highs.readModel(str(source))
        model = highs.getModel()
        highs.setOptionValue("log_file", "")
        lines = log.read_text("utf-8", errors="replace").splitlines() if log.exists() else []
    return _Reading(model, status.name == "kError", [line.replace(str(source), str(place)) for line in lines])


def _quiet_highs() -> Any:
    """Return a HiGHS that prints nothing; its constructor prints a banner unless told before it ends.

    Files are read without the solvers, so their class like this one cannot be shared; it has no log file either, and
    here that tells what is refused.
    """
    from highspy import Highs

    class Quiet(Highs):
        def enableCallbacks(self) -> None:  # noqa: N802  (called by the constructor)
            self.setOptionValue("log_to_console", False)
            super().enableCallbacks()

    return Quiet()


def _check_log(reading: _Reading, place: Path) -> None:
    """Refuse what the reader refused or dropped; pass on its other warnings."""
    said = _messages(reading.log)
    if reading.failed:
        errors = [text for kind, text in said if kind == "ERROR" and "Parser error reading" not in text]
        reason = errors[0] if errors else "its sections or entries do not fit the format"
        raise InputError(f"{place} cannot be read: {reason}. Is it truncated, or another format than its suffix says?")
    for kind, text in said:
        if kind != "WARNING":
            continue
        if _DROPPED.search(text):
            raise InputError(
                f"{place}: {text}. Another problem would be solved than the one written: correct the file first."
            )
        if "section: ignored" not in text:  # only counts what was said line by line
            warnings.warn(f"{place}: {text}", stacklevel=4)


def _messages(log: list[str]) -> list[tuple[str, str]]:
    """Kind and text of each message, with the line of the file where HiGHS names one."""
    said: list[tuple[str, str]] = []
    for line in log:
        kind, colon, text = line.partition(":")
        where = re.search(r"--> .*:(\d+):\d+$", line)
        if colon and kind in ("ERROR", "WARNING"):
            said.append((kind, " ".join(text.split())))
        elif where and said:
            said[-1] = (said[-1][0], f"{said[-1][1]} (line {where.group(1)})")
    return said


def _parsed(model: Any) -> Parsed:
    """Take over HiGHS' model."""
    lp, hessian = model.lp_, model.hessian_
    shape, n = (lp.num_row_, lp.num_col_), lp.num_col_
    limits = {
        "row_lower": np.array(lp.row_lower_),
        "row_upper": np.array(lp.row_upper_),
        "lower": np.array(lp.col_lower_),
        "upper": np.array(lp.col_upper_),
    }
    kinds = np.array([int(kind) for kind in lp.integrality_] or np.zeros(n), dtype=np.intp)
    i, j, values = _entries(hessian)
    mirrored = i != j  # HiGHS keeps one triangle
    i, j, values = np.append(i, j[mirrored]), np.append(j, i[mirrored]), np.append(values, values[mirrored])
    return Parsed(
        np.array(lp.col_cost_),
        matrix(*_entries(lp.a_matrix_), shape),
        matrix(i, j, values, (n, n)) if hessian.dim_ else None,
        limits,
        lp.offset_,
        lp.sense_.name == "kMaximize",
        _names(lp, "col_names_", n),
        _names(lp, "row_names_", lp.num_row_),
        kinds,
    )


def _entries(compressed: Any) -> tuple[Index, Index, Array]:
    """Rows, columns and values of a matrix given column by column."""
    starts, rows = np.array(compressed.start_, dtype=np.intp), np.array(compressed.index_, dtype=np.intp)
    return rows, np.repeat(np.arange(starts.size - 1), np.diff(starts)), np.array(compressed.value_, dtype=float)


def _names(lp: Any, field: str, size: int) -> list[str] | None:
    """Names of columns or rows; None if there are none, not all differ, or they are not UTF-8."""
    try:
        names = list(getattr(lp, field))
    except UnicodeDecodeError:
        return None
    return names if len(set(names)) == size and "" not in names else None


def _check_names(names: Sequence[str], place: Path) -> None:
    """Refuse words for numbers in the place of a variable: "+ nan" would be one more variable, and no constant."""
    for name in names:
        if name.lower() in _NUMBERS:
            raise InputError(
                f"{place}: {name!r} stands in the place of a variable. If a number is meant, write it with digits; "
                "NaN and infinite coefficients make no program. Else rename the variable."
            )


def _check_binary(parsed: Parsed, names: Sequence[str], data: bytes, place: Path) -> None:
    """Refuse binary variables with bounds beyond 0 and 1: HiGHS keeps the bounds, by other readers they are 0 or 1."""
    lower, upper = parsed.limits["lower"], parsed.limits["upper"]
    beyond = np.flatnonzero(parsed.integer & ((lower < 0) | (upper > 1)))
    binary = _binary_names(data) if beyond.size else ()
    odd = [j for j in beyond.tolist() if names[j] in binary]
    if odd:
        j = odd[0]
        raise InputError(
            f'{place}: "{names[j]}" is binary, but its bounds are {lower[j]:g} and {upper[j]:g} ({len(odd)} such). '
            "Some readers keep the bounds, some take 0 and 1: list it under general instead, or delete the bounds."
        )


def _binary_names(data: bytes) -> Collection[str]:
    """Return the words that stand in sections ``binary``."""
    found: set[str] = set()
    inside = False
    for line in _COMMENT.sub("", data.decode("utf-8", "replace")).split("\n"):
        words = line.split()
        if words and KEYWORD.fullmatch(words[0]):
            inside = words.pop(0).lower().startswith("bin")
        if inside:
            found.update(words)
    return found


def _warn_of_idle(parsed: Parsed, names: Sequence[str], place: Path) -> None:
    """Warn of variables without any coefficient: a name misspelled among the bounds silently becomes a variable."""
    idle = parsed.cost == 0
    for coefficients in (parsed.A, parsed.P):
        if coefficients is not None:
            idle[triplets(coefficients)[1]] = False
    odd = [names[j] for j in np.flatnonzero(idle).tolist()]
    if odd:
        what = "has no coefficient in any row nor in the objective. Is its name misspelled?"
        warnings.warn(f'{place}: "{odd[0]}" ({len(odd)} such) {what}', stacklevel=4)
