"""What commands read that is a problem, an answer, or both: program files, and what `save` wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from thalweg.errors import InputError
from thalweg.evidence import judged
from thalweg.io.kinds import Kind, kind_of
from thalweg.io.saved import Saved, read_saved
from thalweg.result import Solution


def read_problem(path: str) -> Any:
    """Read a program file, or the problem of a saved one."""
    if kind_of(path) is not Kind.ARCHIVE:
        from thalweg.io.programs import read

        return read(path)
    return _with_problem(path).problem


def judged_alone(path: str, tol: float | None) -> Solution:
    """Read problem and answer from one file and judge them."""
    saved = Saved() if kind_of(path) is Kind.PROGRAM else _with_problem(path)
    if saved.claim is None:
        raise InputError(
            f"{path} holds a problem and no answer. Name the answer, too: thalweg check {path} ANSWER; "
            f"or look for one: thalweg solve {path}."
        )
    remarks = (("saved as", path), *saved.remarks, ("judged", "anew, from the problem in the file; no solver was run"))
    return replace(judged(saved, path, tol), remarks=remarks)


def _with_problem(path: str) -> Saved:
    saved = read_saved(path)
    if saved.problem is None:
        raise InputError(
            f"{path} holds an answer without its problem. Name the problem first: thalweg check FILE {path}."
        )
    return saved
