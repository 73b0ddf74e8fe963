"""What commands read that is a problem, an answer, or both: program files, answer files, and what `save` wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.errors import InputError
from thalweg.io import files

if TYPE_CHECKING:
    from thalweg.io.saved import Saved
    from thalweg.result import Claim, Solution


def read_problem(path: str) -> Any:
    """Read a program file, or the problem of a saved one."""
    if not _is_saved(path):
        from thalweg.io.programs import read

        return read(path)
    return _whole(path).problem


def read_claim(path: str, problem: Any) -> Claim:
    """Read an answer file (JSON; "-" is stdin), or the claim of a saved one."""
    from thalweg.io.answers import read_answer
    from thalweg.io.saved import read_saved
    from thalweg.result import Claim

    if path != "-" and _is_saved(path):
        claim = read_saved(path).claim
        if claim is None:
            raise InputError(f"{path} holds a problem and no answer; there is nothing to judge.")
        return claim
    given = read_answer(path, problem)
    values = {name: given.pop(name) for name in problem.answer if name in given}
    return Claim(values, {"row_dual" if name == "duals" else name: hint for name, hint in given.items()}, by=path)


def judged(path: str, tol: float | None) -> Solution:
    """Read problem and answer from one file and judge them, by the default tolerance unless another is asked for."""
    from thalweg.evidence import certify
    from thalweg.result import Solution

    saved = _whole(path)
    if saved.claim is None:
        raise InputError(
            f"{path} holds a problem and no answer. Name the answer, too: thalweg check {path} ANSWER; "
            f"or look for one: thalweg solve {path}."
        )
    certificate = certify(saved.problem, saved.claim, tol)
    remarks = (("saved as", path), *saved.remarks, ("judged", "anew, from the problem in the file; no solver was run"))
    return Solution(saved.problem, saved.claim, certificate, saved.trace, saved.attempts, saved.seconds, remarks)


def _whole(path: str) -> Saved:
    from thalweg.io.saved import read_saved

    saved = read_saved(path)
    if saved.problem is None:
        raise InputError(
            f"{path} holds an answer without its problem. Name the problem first: thalweg check FILE {path}."
        )
    return saved


def _is_saved(path: str) -> bool:
    """Whether a file is an archive, by its first bytes; by its name, where nothing can be read from it twice."""
    place = files.readable(path)
    if not place.is_file():
        return place.suffix.lower() == ".npz"
    with files.open_binary(place) as stream:
        return stream.read(4) == b"PK\3\4" or place.suffix.lower() == ".npz"
