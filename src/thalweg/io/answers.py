"""Answer files: what somebody says the answer to a program is, to be judged by ``thalweg check``.

JSON, or a solution file of HiGHS (see `thalweg.io.highs_solutions`). As JSON:

``{"x": {name: value} or [...], "duals": ..., "ray": ..., "direction": ...}``, each optional, at least one present.
What ``thalweg solve --json`` prints is an answer file too. That of a mixed-integer program has ``relaxation_duals``
instead, and ``solver_bound``, which is no evidence.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from thalweg import naming
from thalweg.errors import InputError, suggest
from thalweg.io import files, highs_solutions, kinds, strict_json
from thalweg.io.files import PathLike
from thalweg.io.kinds import Kind
from thalweg.result import SOLVER_BOUND, Array, Claim

_WANTED = "an answer (JSON, a solution file of HiGHS, or what --save or tw.save wrote)"
_WORDS = {"nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
_SCALARS = ("intercept", "direction_intercept", SOLVER_BOUND)
_OF_INTEGERS = ("relaxation_duals", SOLVER_BOUND)  # only of mixed-integer programs


class Hint(NamedTuple):
    """What helps to judge an answer: its name in a `Claim`, and "row" or "x" if its numbers may be given by name."""

    name: str
    symbol: str = ""


HINTS: Mapping[str, Hint] = {  # by the names that users write
    "duals": Hint("row_dual", "row"),
    "relaxation_duals": Hint("row_dual", "row"),
    "ray": Hint("ray", "row"),
    "direction": Hint("direction", "x"),
    "direction_intercept": Hint("direction_intercept"),
    "eta": Hint("eta"),
    "slopes": Hint("slopes"),
}


def read_answer(path: PathLike, problem: Any) -> Claim:
    """Read an answer file for a problem, as JSON or as HiGHS writes solutions; "-" reads stdin.

    In JSON, values are given by name or in order. By name, every variable must be there; rows left out of ``duals`` and
    ``ray``, and variables left out of ``direction``, count as 0. NaN and infinite numbers are passed on: judging
    them is not the reader's business. Further keys are ignored if there is a known one, unless they look like a slip.

    Raises
    ------
    InputError
        No such file, neither JSON nor a solution file, no known key, unknown names (near ones are offered), missing
        variables, text as value.
    """
    piped = str(path) == "-"
    name = "stdin" if piped else str(path)
    if not piped:
        kinds.expect(path, _WANTED, Kind.JSON, Kind.SOLUTION)
    text = files.read_stdin() if piped else files.read_text(path)
    if highs_solutions.is_solution(text) or (not piped and kinds.kind_of(path) is Kind.SOLUTION):
        return highs_solutions.claim_of(text, problem, name)
    data = strict_json.parse(text, name, words=True)
    keys = _keys(problem)
    if "verdict" in data:  # printed by thalweg itself, with much that is not the answer
        data = {key: value for key, value in data.items() if key in keys and value is not None}
    known = {key: numbers_of(value, key, problem, name) for key, value in data.items() if key in keys}
    unknown = [key for key in data if key not in keys and (not known or _is_slip(key, set(keys) - known.keys()))]
    if unknown:
        raise InputError(f'{name}: unknown key "{unknown[0]}". {suggest(unknown[0], keys)}')
    if not known:
        raise InputError(f"{name} holds no answer. It needs at least one of: {', '.join(keys)}.")
    hints = {HINTS[key].name: known.pop(key) for key in HINTS if key in known}
    hints |= {SOLVER_BOUND: known.pop(SOLVER_BOUND)} if SOLVER_BOUND in known else {}
    return Claim(known, hints, by=name)


def _keys(problem: Any) -> list[str]:
    """Keys that an answer file may have."""
    hints = [key for key, hint in HINTS.items() if hint.symbol and key not in _OF_INTEGERS]
    hints += _OF_INTEGERS if hasattr(problem, "integer") else ()
    return [*problem.answer, *hints, *(["direction_intercept"] if "intercept" in problem.answer else [])]


def _is_slip(key: str, absent: Iterable[str]) -> bool:
    """Whether a key looks like one that is not there: "dual", "Rays"."""
    return bool(difflib.get_close_matches(key.lower(), absent, n=1, cutoff=0.8))


def numbers_of(value: Any, key: str, problem: Any, path: str) -> Array:
    """Turn one entry of an answer, a list or numbers by name, into an array; ``path`` is named in errors."""
    if isinstance(value, list):
        return np.array([_number(v, f"{path}: {key}[{i}]") for i, v in enumerate(value)])
    classes = getattr(problem, "class_names", ())
    if key in _SCALARS and not classes:
        return np.array(_number(value, f"{path}: {key}"))
    if not isinstance(value, dict):
        raise InputError(f'{path}: "{key}" is {value!r:.60}; write a list of numbers or an object {{name: number}}.')
    rows, columns = problem.A.shape
    names = getattr(problem, "column_names", problem.names)
    if key in HINTS and HINTS[key].symbol == "row":
        return _by_name(value, key, naming.places_of(problem.row_names, rows, "row"), path)
    if key in _SCALARS:
        return _by_name(value, key, naming.places_of(classes, len(classes)), path)
    return _by_name(value, key, naming.places_of(names, columns), path)


def _by_name(value: dict[str, Any], key: str, places: dict[str, int], path: str) -> Array:
    found: dict[int, float] = {}
    for name, number in value.items():
        i = naming.index_of(name, places, f'"{key}" of {path}')
        if i in found:
            raise InputError(f'{path}: "{key}" gives "{name}" twice, in two spellings.')
        found[i] = _number(number, f'{path}: {key}["{name}"]')
    absent = [name for name, i in places.items() if i not in found]
    if absent and key not in HINTS:
        raise InputError(
            f'{path}: "{key}" lacks {len(absent)} of {len(places)} names, first "{absent[0]}". '
            "Every variable needs a value; write 0 where it is 0."
        )
    return np.array([found.get(i, 0.0) for i in range(len(places))])


def _number(value: Any, where: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    if isinstance(value, str) and value.strip().lower() in _WORDS:
        return float(value)
    raise InputError(f"{where} is {value!r:.60}; expected a number.")
