"""Problems, claims and solutions as files that last: plain numbers, no code, judged anew when they are loaded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from thalweg.certificate import Tolerance, Verdict
from thalweg.errors import InputError
from thalweg.io import archive, stored_problems, strict_json
from thalweg.io.archive import Content
from thalweg.result import Attempt, Claim, Solution, Stop, Trace

_KEYS = ("problem", "problem_digest", "claim", "tolerance", "trace", "attempts", "seconds", "remarks")


@dataclass(frozen=True, eq=False)
class Saved:
    """What a file holds. Nothing in it is evidence; `thalweg.load` and `thalweg.certify` judge it.

    Attributes
    ----------
    problem : LinearProgram, QuadraticProgram, Fit or None
    claim : Claim or None
    tolerance : Tolerance or None
        What the answer was judged with when it was saved.
    trace, attempts, seconds, remarks
        What happened on the way; for display only.
    digest : str or None
        Of the problem, as `digest` computes it; for display and comparison.

    Examples
    --------
    >>> import tempfile, os, thalweg as tw
    >>> path = os.path.join(tempfile.mkdtemp(), "answer.npz")
    >>> tw.save(tw.solve(tw.LinearProgram([1.0], lower=2)), path)
    >>> from thalweg.io.saved import read_saved
    >>> read_saved(path).claim.values["x"]
    array([2.])
    """

    problem: Any = None
    claim: Claim | None = None
    tolerance: Tolerance | None = None
    trace: Trace = field(default_factory=Trace)
    attempts: tuple[Attempt, ...] = ()
    seconds: float = float("nan")
    remarks: tuple[tuple[str, str], ...] = ()
    digest: str | None = None


def save(thing: Any, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a problem, a claim or a solution to one ``.npz`` file.

    The file holds plain numbers and one JSON text; ``numpy.load`` reads it too. The certificate is not kept: whoever
    loads the file gets a new one, computed from the problem.

    Parameters
    ----------
    thing : LinearProgram, QuadraticProgram, Fit, Claim or Solution
    path : str or path
        Usually ends in ``.npz``.
    overwrite : bool
        Whether an existing file is replaced.

    Raises
    ------
    InputError
        The thing cannot be kept in a file (a loss of your own, values that are no numbers), or the file cannot be
        written, or exists.

    Examples
    --------
    >>> import tempfile, os, thalweg as tw
    >>> path = os.path.join(tempfile.mkdtemp(), "problem.npz")
    >>> tw.save(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0), path)
    >>> tw.solve(tw.load(path)).objective
    1.0
    """
    archive.write(path, _content(thing), overwrite)


def read_saved(path: str | os.PathLike[str]) -> Saved:
    """Read what `save` wrote, without judging it.

    Raises
    ------
    InputError, ProblemError
        The file is not there, not thalweg's, damaged, of another format, or contradicts itself.

    Examples
    --------
    >>> import tempfile, os, thalweg as tw
    >>> path = os.path.join(tempfile.mkdtemp(), "claim.npz")
    >>> tw.save(tw.Claim({"x": [1.0]}, by="a neighbour"), path)
    >>> from thalweg.io.saved import read_saved
    >>> read_saved(path).claim.by
    'a neighbour'
    """
    what = str(path)
    meta, arrays = archive.read(path)
    strict_json.fields(meta, what, (), _KEYS)
    parts = _by_room(arrays, meta, what)
    problem = (
        stored_problems.put_together(Content(meta["problem"], parts["problem"]), what) if "problem" in meta else None
    )
    claim = _read_claim(meta["claim"], parts, what) if "claim" in meta else None
    if problem is None and claim is None:
        raise InputError(f"{what} holds neither a problem nor a claim. It is damaged.")
    return Saved(
        problem,
        claim,
        _read_tolerance(meta["tolerance"], f"{what}: tolerance") if "tolerance" in meta else None,
        _read_trace(meta.get("trace", {}), parts["trace"], f"{what}: trace"),
        tuple(_read_attempt(entry, f"{what}: attempts") for entry in _list(meta.get("attempts", []), what)),
        strict_json.number(meta.get("seconds", "nan"), f"{what}: seconds"),
        tuple(_read_remark(entry, f"{what}: remarks") for entry in _list(meta.get("remarks", []), what)),
        strict_json.text(meta["problem_digest"], f"{what}: problem_digest") if "problem_digest" in meta else None,
    )


def digest(problem: Any) -> str:
    """Return a SHA-256 of a problem: equal for the same data under the same names, whatever the memory order.

    Examples
    --------
    >>> import thalweg as tw
    >>> from thalweg.io.saved import digest
    >>> digest(tw.LinearProgram([1.0])) == digest(tw.LinearProgram([2.0]))
    False
    """
    return archive.fingerprint(stored_problems.taken_apart(problem))


def is_about(saved: Saved, problem: Any) -> bool:
    """Whether a saved answer may be about this problem: the digests agree, or the file has none."""
    if saved.digest is None:
        return True
    try:
        return digest(problem) == saved.digest
    except InputError:  # no file can hold this problem, so the file's was another
        return False


def _content(thing: Any) -> Content:
    """Return what the file of a thing holds."""
    if isinstance(thing, Claim):
        return _claim(thing)
    if isinstance(thing, Solution):
        return _solution(thing)
    if not stored_problems.is_storable(thing):
        raise InputError(
            f"save() takes a LinearProgram, QuadraticProgram, Fit, Claim or Solution; got {type(thing).__name__}. "
            "Fitted estimators save themselves: model.save(path)."
        )
    return _problem(thing)


def _problem(problem: Any) -> Content:
    content = stored_problems.taken_apart(problem)
    meta = {"problem": content.meta, "problem_digest": archive.fingerprint(content)}
    return Content(meta, {f"problem/{name}": array for name, array in content.arrays.items()})


def _claim(claim: Claim) -> Content:
    values, hints = (_named(getattr(claim, room), room) for room in ("values", "hints"))
    words = {"stop": claim.stop.name, "by": str(claim.by), "message": str(claim.message)}
    return Content({"claim": words | {"values": values.meta, "hints": hints.meta}}, {**values.arrays, **hints.arrays})


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


def _solution(solution: Solution) -> Content:
    if not stored_problems.is_storable(solution.problem):
        raise InputError(f"a {type(solution.problem).__name__} cannot be saved, so its solution cannot either.")
    problem, claim = _problem(solution.problem), _claim(solution.claim)
    trace = _named(_numeric(solution.trace.columns()), "trace")
    tolerance = solution.certificate.tolerance
    meta = (
        problem.meta
        | claim.meta
        | {
            "tolerance": {name: float(getattr(tolerance, name)) for name in Tolerance.__slots__},
            "trace": trace.meta,
            "attempts": [_attempt(attempt) for attempt in solution.attempts],
            "seconds": strict_json.spelled(solution.seconds),
            "remarks": [[str(name), str(text)] for name, text in solution.remarks],
        }
    )
    return Content(meta, {**problem.arrays, **claim.arrays, **trace.arrays})


def _numeric(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of the trace that are numbers; what else a solver noted is not kept."""
    return {name: column for name, column in columns.items() if column.dtype.kind in archive.KINDS}


def _attempt(attempt: Attempt) -> dict[str, Any]:
    numbers = {name: strict_json.spelled(getattr(attempt, name)) for name in ("seconds", "gap")}
    words = {"by": str(attempt.by), "message": str(attempt.message)}
    return {"stop": attempt.stop.name, "verdict": attempt.verdict.name, **words, **numbers}


def _by_room(arrays: Mapping[str, Any], meta: Mapping[str, Any], what: str) -> dict[str, dict[str, Any]]:
    """Sort the arrays by the first part of their names."""
    rooms: dict[str, dict[str, Any]] = {room: {} for room in ("problem", "values", "hints", "trace")}
    owners = {"problem": "problem", "values": "claim", "hints": "claim", "trace": "trace"}
    for name, array in arrays.items():
        room, _, rest = name.partition("/")
        if room not in rooms or owners[room] not in meta:
            raise InputError(f"{what} holds an array {name!r:.80} that belongs to nothing. It is damaged.")
        rooms[room][rest] = array
    return rooms


def _read_named(places: Any, arrays: Mapping[str, Any], room: str, what: str) -> dict[str, Any]:
    """Give the arrays of a room their own names back; each is named once."""
    if not isinstance(places, dict):
        raise InputError(f"{what} is {places!r:.60}; expected names. The file is damaged.")
    members = [f"{room}/{name}" for name in arrays]
    if sorted(map(str, places.values())) != sorted(members):
        raise InputError(f"{what} does not name the arrays that are there. The file is damaged.")
    return {name: arrays[member.partition("/")[2]] for name, member in places.items()}


def _read_claim(words: Any, parts: Mapping[str, Mapping[str, Any]], what: str) -> Claim:
    where = f"{what}: claim"
    strict_json.fields(words, where, ("stop", "by", "message", "values", "hints"))
    return Claim(
        _read_named(words["values"], parts["values"], "values", f"{where}: values"),
        _read_named(words["hints"], parts["hints"], "hints", f"{where}: hints"),
        _member(Stop, words["stop"], where),
        strict_json.text(words["by"], f"{where}: by"),
        strict_json.text(words["message"], f"{where}: message"),
    )


def _member(kind: Any, name: Any, where: str) -> Any:
    if not isinstance(name, str) or name not in kind.__members__:
        raise InputError(f"{where} names {name!r:.60}, which is no {kind.__name__} of this thalweg.")
    return kind[name]


def _read_tolerance(words: Any, where: str) -> Tolerance:
    strict_json.fields(words, where, Tolerance.__slots__)
    return Tolerance(
        **{name: strict_json.number(value, f"{where}: {name}", finite=True) for name, value in words.items()}
    )


def _read_trace(places: Any, arrays: Mapping[str, Any], where: str) -> Trace:
    columns = _read_named(places, arrays, "trace", where)
    if len({column.shape for column in columns.values()}) > 1 or any(c.ndim != 1 for c in columns.values()):
        raise InputError(f"{where} has columns of different lengths. The file is damaged.")
    if "self" in columns:
        raise InputError(f'{where} has a column "self", which no trace has. The file is damaged.')
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
        raise InputError(f"{what} has {value!r:.60} where a list belongs. It is damaged.")
    return value
