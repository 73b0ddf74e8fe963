"""Problems, claims and solutions as files that last: plain numbers, no code, judged anew when they are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from thalweg.certificate import Tolerance
from thalweg.errors import InputError
from thalweg.io import archive, kinds, stored_answers, stored_problems, strict_json
from thalweg.io.archive import Content
from thalweg.io.files import PathLike
from thalweg.result import Attempt, Claim, Solution, Trace

_KEYS = ("problem", "problem_digest", "claim", *stored_answers.STORY)


@dataclass(frozen=True, eq=False)
class Saved:
    """What a file holds. Nothing in it is evidence; `thalweg.load` and `thalweg.certify` judge it.

    Attributes
    ----------
    problem : LinearProgram, QuadraticProgram, MixedIntegerProgram, Fit or None
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


def save(thing: Any, path: PathLike, *, overwrite: bool = False) -> None:
    """Write a problem, a claim or a solution to one ``.npz`` file.

    The file holds plain numbers and one JSON text; ``numpy.load`` reads it too. The certificate is not kept: whoever
    loads the file gets a new one, computed from the problem.

    Parameters
    ----------
    thing : LinearProgram, QuadraticProgram, MixedIntegerProgram, Fit, Claim or Solution
    path : str or path
        Ends in ``.npz``.
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
    kinds.check_suffix(path, ".npz", "a saved problem or answer")
    archive.write(path, _content(thing), overwrite=overwrite)


def read_saved(path: PathLike) -> Saved:
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
    claim = stored_answers.read_claim(meta["claim"], parts, what) if "claim" in meta else None
    if problem is None and claim is None:
        raise InputError(f"{what} holds neither a problem nor a claim. It is damaged.")
    story = stored_answers.read_story(meta, parts["trace"], what)
    found = strict_json.text(meta["problem_digest"], f"{what}: problem_digest") if "problem_digest" in meta else None
    return Saved(problem, claim, digest=found, **story)


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
        return stored_answers.claim_content(thing)
    if isinstance(thing, Solution):
        return _solution(thing)
    if not stored_problems.is_storable(thing):
        raise InputError(
            f"save() takes a LinearProgram, QuadraticProgram, MixedIntegerProgram, Fit, Claim or Solution; got "
            f"{type(thing).__name__}. Fitted estimators save themselves: model.save(path)."
        )
    return _problem(thing)


def _problem(problem: Any) -> Content:
    content = stored_problems.taken_apart(problem)
    meta = {"problem": content.meta, "problem_digest": archive.fingerprint(content)}
    return Content(meta, {f"problem/{name}": array for name, array in content.arrays.items()})


def _solution(solution: Solution) -> Content:
    if not stored_problems.is_storable(solution.problem):
        raise InputError(f"a {type(solution.problem).__name__} cannot be saved, so its solution cannot either.")
    parts = (_problem(solution.problem), stored_answers.claim_content(solution.claim), stored_answers.story(solution))
    return Content(
        {key: value for part in parts for key, value in part.meta.items()},
        {name: array for part in parts for name, array in part.arrays.items()},
    )


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
