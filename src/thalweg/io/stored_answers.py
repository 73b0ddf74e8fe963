"""Claims and the story of a run as named arrays and a few words, and the way back, which trusts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thalweg.certificate import Tolerance, Verdict
from thalweg.errors import InputError
from thalweg.io import archive, strict_json
from thalweg.io.archive import Content
from thalweg.result import LONGEST, Attempt, Claim, Solution, Stop, Trace

STORY = ("tolerance", "trace", "attempts", "seconds", "remarks")


def claim_content(claim: Claim) -> Content:
    """Return what a file holds of a claim."""
    values, hints = (_named(getattr(claim, room), room) for room in ("values", "hints"))
    words = {"stop": claim.stop.name, "by": str(claim.by), "message": str(claim.message)}
    return Content({"claim": words | {"values": values.meta, "hints": hints.meta}}, {**values.arrays, **hints.arrays})


def story(solution: Solution) -> Content:
    """Return what a file holds of a solution besides problem and claim: the tolerance, and what is only shown."""
    trace = _named(_numeric(solution.trace.columns()), "trace")
    tolerance = solution.certificate.tolerance
    meta = {
        "tolerance": {name: float(getattr(tolerance, name)) for name in Tolerance.__slots__},
        "trace": trace.meta,
        "attempts": [_attempt(attempt) for attempt in solution.attempts],
        "seconds": strict_json.spelled(solution.seconds),
        "remarks": [[str(name), str(text)] for name, text in solution.remarks],
    }
    return Content(meta, trace.arrays)


def _named(values: Mapping[str, Any], room: str) -> Content:
    """Give each array the name of a member; a name that no file name may be is numbered."""
    places: dict[str, str] = {}
    arrays: dict[str, Any] = {}
    for position, (name, value) in enumerate(values.items()):
        if not isinstance(name, str):
            raise InputError(f"{room} has the key {name!r:.60}; names are text.")
        if value is not None:  # judged like a value that is not there
            plain = name.isidentifier() and name.isascii() and len(name) <= 100
            places[name] = f"{room}/{name}" if plain else f"{room}/{position}"
            arrays[places[name]] = archive.storable(value, f"{room}[{name!r:.80}]")
    return Content(places, arrays)


def _numeric(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of the trace that are numbers; what else a solver noted is not kept."""
    return {name: column for name, column in columns.items() if column.dtype.kind in archive.KINDS}


def _attempt(attempt: Attempt) -> dict[str, Any]:
    numbers = {name: strict_json.spelled(getattr(attempt, name)) for name in ("seconds", "gap")}
    words = {"by": str(attempt.by), "message": str(attempt.message)}
    return {"stop": attempt.stop.name, "verdict": attempt.verdict.name, **words, **numbers}


def read_claim(words: Any, parts: Mapping[str, Mapping[str, Any]], what: str) -> Claim:
    """Read what `claim_content` wrote."""
    where = f"{what}: claim"
    strict_json.fields(words, where, ("stop", "by", "message", "values", "hints"))
    return Claim(
        _read_named(words["values"], parts["values"], "values", f"{where}: values"),
        _read_named(words["hints"], parts["hints"], "hints", f"{where}: hints"),
        _member(Stop, words["stop"], where),
        strict_json.text(words["by"], f"{where}: by"),
        strict_json.text(words["message"], f"{where}: message"),
    )


def read_story(meta: Mapping[str, Any], trace: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Read what `story` wrote; what is not there is left out."""
    readers = {
        "tolerance": _read_tolerance,
        "trace": lambda value, where: _read_trace(value, trace, where),
        "attempts": lambda value, where: tuple(_read_attempt(entry, where) for entry in _list(value, where)),
        "seconds": strict_json.number,
        "remarks": lambda value, where: tuple(_read_remark(entry, where) for entry in _list(value, where)),
    }
    return {name: readers[name](meta[name], f"{what}: {name}") for name in STORY if name in meta}


def _read_named(places: Any, arrays: Mapping[str, Any], room: str, what: str) -> dict[str, Any]:
    """Give the arrays of a room their own names back; each is named once."""
    if not isinstance(places, dict):
        raise InputError(f"{what} is {places!r:.60}; expected names. The file is damaged.")
    members = [f"{room}/{name}" for name in arrays]
    if sorted(map(str, places.values())) != sorted(members):
        raise InputError(f"{what} does not name the arrays that are there. The file is damaged.")
    return {name: arrays[member.partition("/")[2]] for name, member in places.items()}


def _member(kind: Any, name: Any, where: str) -> Any:
    if not isinstance(name, str) or name not in kind.__members__:
        raise InputError(f"{where} names {name!r:.60}, which is no {kind.__name__} of this thalweg.")
    return kind[name]


def _read_tolerance(words: Any, where: str) -> Tolerance:
    strict_json.fields(words, where, Tolerance.__slots__)
    numbers = {name: strict_json.number(value, f"{where}: {name}", finite=True) for name, value in words.items()}
    try:
        return Tolerance(**numbers)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _read_trace(places: Any, arrays: Mapping[str, Any], where: str) -> Trace:
    columns = _read_named(places, arrays, "trace", where)
    if len({column.shape for column in columns.values()}) > 1 or any(c.ndim != 1 for c in columns.values()):
        raise InputError(f"{where} has columns of different lengths. The file is damaged.")
    if "self" in columns:
        raise InputError(f'{where} has a column "self", which no trace has. The file is damaged.')
    longest = max((column.size for column in columns.values()), default=0)
    if longest > LONGEST:
        raise InputError(f"{where} has {longest:,} records; a trace keeps at most {LONGEST:,}. The file is damaged.")
    trace = Trace()
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        trace.add(**dict(zip(columns, row, strict=True)))
    return trace


def _read_attempt(words: Any, where: str) -> Attempt:
    strict_json.fields(words, where, Attempt.__slots__)
    numbers = [strict_json.number(words[name], f"{where}: {name}") for name in ("seconds", "gap")]
    by, message = (strict_json.text(words[name], f"{where}: {name}") for name in ("by", "message"))
    return Attempt(
        by, _member(Stop, words["stop"], where), _member(Verdict, words["verdict"], where), *numbers, message
    )


def _read_remark(entry: Any, where: str) -> tuple[str, str]:
    pair = strict_json.texts(entry, where)
    if pair is None or len(pair) != 2:
        raise InputError(f"{where} holds {entry!r:.60}; expected a name and a text. The file is damaged.")
    return pair[0], pair[1]


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{what} is {value!r:.60}; expected a list. The file is damaged.")
    return value
