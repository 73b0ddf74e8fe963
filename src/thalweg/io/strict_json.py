"""JSON that means one thing: no repeated names, no NaN or Infinity words, exact floats, a digest of the content."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from thalweg.errors import InputError

_WORDS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_DEEPEST = 100  # objects and lists in each other
_HALVES = re.compile("[\ud800-\udfff]")  # of a pair of UTF-16: no UTF-8 text may hold them


def dump(data: Any, *, indent: int | None = None) -> str:
    """Return JSON text that `parse` reads back as the same data, floats bit by bit."""
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=indent)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"this cannot be written as JSON: {error}.") from None
    text = _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    if json.loads(text) != data:
        raise InputError("a name holds both halves of a UTF-16 pair as two characters; no file can keep that. Rename.")
    return text


def parse(text: str | bytes, what: str, *, words: bool = False) -> dict[str, Any]:
    """Read an object strictly; every failure is an InputError that begins with ``what``.

    With ``words``, NaN and Infinity are numbers, and so is what is beyond the largest.
    """
    strict = {} if words else {"parse_constant": _no_word, "parse_float": _float}
    try:
        data = json.loads(text, object_pairs_hook=_object, **strict)
        _check_depth(data)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{what} is not JSON: {error.msg} at {place}. It is truncated or damaged.") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{what} is not UTF-8 text: {error.reason} at byte {error.start}. It is damaged.") from None
    except RecursionError:
        raise InputError(f"{what} is nested too deeply. It is damaged, or meant for another program.") from None
    except ValueError as error:  # a repeated name, a word, a number that is too large or too long
        raise InputError(f"{what} cannot be used: {error}. Is it damaged?") from None
    except MemoryError:
        raise InputError(f"{what} needs more memory than there is.") from None
    if not isinstance(data, dict):
        found = "nothing" if data is None else f"a {type(data).__name__}"
        raise InputError(f"{what} holds {found}; expected an object {{...}}.")
    return data


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"it gives {twice!r:.80} twice; which one is meant")
    return found


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text:.40} is beyond the largest number")
    return value


def _check_depth(data: Any) -> None:
    """Refuse deep nesting before anything walks through it by recursion."""
    level = [data] if isinstance(data, (dict, list)) else []
    for _ in range(_DEEPEST):
        level = [
            part
            for whole in level
            for part in (whole.values() if isinstance(whole, dict) else whole)
            if isinstance(part, (dict, list))
        ]
        if not level:
            return
    raise RecursionError


def _no_word(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def digest(data: Any) -> str:
    """Return the SHA-256 of the content, whatever the order of keys and the spacing; InputError if it is no JSON."""
    try:
        text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"this cannot be written as JSON: {error}.") from None
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def spelled(value: Any) -> float | str:
    """Return a float as JSON can hold it: NaN and infinities as "nan", "inf", "-inf"."""
    number = float(value)
    return number if math.isfinite(number) else f"{number:g}"


def number(value: Any, what: str, *, finite: bool = False) -> float:
    """Read what `spelled` wrote; with ``finite`` no other number."""
    if isinstance(value, str) and value in _WORDS and not finite:
        return _WORDS[value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if math.isfinite(found):
            return found
    raise InputError(f"{what} is {value!r:.60}; expected a {'finite ' if finite else ''}number.")


def text(value: Any, what: str) -> str:
    """Return a text, or raise."""
    if not isinstance(value, str):
        raise InputError(f"{what} is {value!r:.60}; expected text.")
    return value


def texts(value: Any, what: str) -> tuple[str, ...] | None:
    """Return a list of texts as a tuple; null passes as None."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise InputError(f"{what} is {value!r:.60}; expected a list of texts.")
    return tuple(text(entry, what) for entry in value)


def fields(data: Any, what: str, needed: Iterable[str], optional: Iterable[str] = ()) -> Mapping[str, Any]:
    """Return an object that holds all the needed keys and no unknown one, or raise."""
    if not isinstance(data, dict):
        raise InputError(f"{what} is {data!r:.60}; expected an object {{...}}.")
    lacking = [key for key in needed if key not in data]
    if lacking:
        raise InputError(f'{what} lacks "{lacking[0]}". The file is damaged.')
    strange = data.keys() - {*needed, *optional}
    if strange:
        raise InputError(f"{what} holds {min(strange)!r:.80}, which this thalweg does not know. Upgrade thalweg.")
    return data
