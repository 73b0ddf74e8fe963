"""Answer files: what somebody says the answer to a program is, as JSON, to be judged by ``thalweg check``.

``{"x": {name: value} or [...], "duals": ..., "ray": ..., "direction": ...}``, each optional, at least one present.
What ``thalweg solve --json`` prints is an answer file too.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.errors import InputError, suggest
from thalweg.io import files
from thalweg.result import Array

_HINTS = {"duals": "rows", "ray": "rows", "direction": "columns"}
_WORDS = {"nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}


def read_answer(path: str | os.PathLike[str], problem: Any) -> dict[str, Any]:
    """Read an answer file for a problem; the result is what `thalweg.certify` takes as keywords. "-" reads stdin.

    Values are given by name or in order. By name, every variable must be there; rows left out of ``duals`` and
    ``ray``, and variables left out of ``direction``, count as 0. NaN and infinite numbers are passed on: judging
    them is not the reader's business. Further keys are ignored if there is a known one, unless they look like a slip.

    Raises
    ------
    InputError
        No such file, not JSON, no known key, unknown names (near ones are offered), missing variables, text as value.
    """
    piped = str(path) == "-"
    name = "stdin" if piped else str(path)
    data = _object(files.read_stdin() if piped else files.read_text(path), name)
    kinds = dict.fromkeys(problem.answer, "columns") | _HINTS
    if "verdict" in data:  # printed by thalweg itself, with much that is not the answer
        data = {key: value for key, value in data.items() if key in kinds and value is not None}
    known = {key: value for key, value in data.items() if key in kinds}
    unknown = [key for key in data if key not in kinds and (not known or _is_slip(key, kinds.keys() - known))]
    if unknown:
        raise InputError(f'{name}: unknown key "{unknown[0]}". {suggest(unknown[0], kinds)}')
    if not known:
        raise InputError(f"{name} holds no answer. It needs at least one of: {', '.join(kinds)}.")
    return {key: numbers_of(value, key, problem, name) for key, value in known.items()}


def _is_slip(key: str, absent: Iterable[str]) -> bool:
    """Whether a key looks like one that is not there: "dual", "Rays"."""
    return bool(difflib.get_close_matches(key.lower(), absent, n=1, cutoff=0.8))


def _object(text: str, path: str) -> dict[str, Any]:
    try:
        data = json.loads(text, object_pairs_hook=_without_repetition)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}. Is it truncated?"
        ) from None
    except RecursionError:
        raise InputError(f'{path} is nested too deeply; an answer looks like {{"x": {{"name": 1.0}}}}.') from None
    except _RepeatedError as error:
        raise InputError(f'{path} gives "{error}" twice. Which one is meant?') from None
    except ValueError as error:  # an integer of thousands of digits, which Python does not read
        raise InputError(f"{path} holds a number that cannot be read: {error}. Write it as 1.5e300.") from None
    if not isinstance(data, dict):
        kind = "nothing" if data is None else f"a {type(data).__name__}"
        raise InputError(f'{path} holds {kind}; an answer looks like {{"x": {{"name": 1.0}}}}.')
    return data


class _RepeatedError(ValueError):
    """A name that stands twice in one object."""


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _RepeatedError(name)
        found[name] = value
    return found


def numbers_of(value: Any, key: str, problem: Any, path: str) -> Array:
    """Turn one entry of an answer, a list or numbers by name, into an array; ``path`` is named in errors."""
    kind = _HINTS.get(key, "columns")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and key == "intercept":
        return np.array(float(value))
    if isinstance(value, list):
        return np.array([_number(v, f"{path}: {key}[{i}]") for i, v in enumerate(value)])
    if not isinstance(value, dict):
        raise InputError(f'{path}: "{key}" is {value!r:.60}; write a list of numbers or an object {{name: number}}.')
    rows, columns = problem.A.shape
    size = rows if kind == "rows" else columns
    names = problem.row_names if kind == "rows" else problem.names
    known = names if names is not None else [f"{'row' if kind == 'rows' else 'x'}{i}" for i in range(size)]
    return _by_name(value, key, known, path)


def _by_name(value: dict[str, Any], key: str, known: Sequence[str], path: str) -> Array:
    place = {name: i for i, name in enumerate(known)}
    array = np.zeros(len(known))
    for name, number in value.items():
        if name not in place:
            inputs.index_of(name, known, f'"{key}" of {path}')  # raises, with near names
        array[place[name]] = _number(number, f'{path}: {key}["{name}"]')
    absent = [name for name in known if name not in value]
    if absent and key not in _HINTS:
        raise InputError(
            f'{path}: "{key}" lacks {len(absent)} of {len(known)} names, first "{absent[0]}". '
            "Every variable needs a value; write 0 where it is 0."
        )
    return array


def _number(value: Any, where: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    if isinstance(value, str) and value.strip().lower() in _WORDS:
        return float(value)
    raise InputError(f"{where} is {value!r:.60}; expected a number.")
