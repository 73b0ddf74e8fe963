"""Parameters and labels as JSON that keeps their types: 1, 1.0, True and "1" come back as what they were.

Plain JSON values stand for themselves; anything else is an object with one key that says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from thalweg import inputs
from thalweg.certificate import Tolerance
from thalweg.errors import InputError
from thalweg.io import strict_json

_DTYPE = re.compile(r"[<|][fiub][1248]|\|O|<U[0-9]{1,6}")
_SPARE = 1000  # letters by which a text array may be wider than its longest entry
_DEEPEST = 20


def labels(values: Any) -> Any:
    """Return the two classes of a logistic regression as an array of labels."""
    array = values if isinstance(values, np.ndarray) else np.array(values, dtype=_common(values))
    if array.shape != (2,) or array.dtype.kind not in "biufUO":
        raise InputError(f"classes is {values!r:.80}; a logistic regression has two labels.")
    first, second = array.tolist()
    if any(not isinstance(label, (str, int, float)) for label in (first, second)) or first == second:
        raise InputError(f"classes is {values!r:.80}; two different labels are needed: texts, numbers or truth values.")
    return array


def _common(values: Any) -> Any:
    """Type of an array of labels: their own if they share one, else objects."""
    return None if isinstance(values, (list, tuple)) and len({type(value) for value in values}) == 1 else object


def written(value: Any, what: str, depth: int = 0) -> Any:
    """Return a value as JSON can hold it, or raise InputError."""
    if depth > _DEEPEST:
        raise InputError(f"{what} cannot be saved: it is nested more than {_DEEPEST} deep.")
    if isinstance(value, np.ndarray):
        return {"array": _written_array(value, what, depth)}
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        number = strict_json.spelled(value)
        return {"number": number} if isinstance(number, str) else number
    return _tagged(value, what, depth + 1)


def _tagged(value: Any, what: str, depth: int) -> dict[str, Any]:
    """Return an object of one key that says what the value is."""
    if isinstance(value, Tolerance):
        return {"tolerance": [value.gap, value.feasibility, value.absolute]}
    if isinstance(value, Mapping):
        return {"mapping": [[written(part, what, depth) for part in pair] for pair in value.items()]}
    if _is_scipy_rows(value):
        sides = [value.A, value.lb, value.ub, value.keep_feasible]
        return {"scipy rows": [written(np.asarray(side), what, depth) for side in sides]}
    for kind in (list, tuple):
        if type(value) is kind:
            return {kind.__name__: [written(entry, what, depth) for entry in value]}
    raise InputError(
        f"{what} is a {type(value).__name__}, which a model file cannot hold. Pass numbers, texts, lists, "
        "arrays (.to_numpy()) or mappings by name."
    )


def _is_scipy_rows(value: Any) -> bool:
    """Whether a value is a ``scipy.optimize.LinearConstraint`` of a dense matrix; does not import SciPy."""
    kind = type(value)
    known = kind.__name__ == "LinearConstraint" and kind.__module__.startswith("scipy.optimize")
    return known and not inputs.is_sparse(value.A)


def _written_array(array: Any, what: str, depth: int) -> dict[str, Any]:
    dtype = array.dtype.newbyteorder("<")
    if not _DTYPE.fullmatch(dtype.str):
        raise InputError(f"{what} is an array of {array.dtype}, which a model file cannot hold. Convert it to float.")
    if dtype.kind == "U" and dtype.itemsize // 4 > _longest(array.ravel().tolist()) + _SPARE:
        dtype = np.dtype(f"<U{max(1, _longest(array.ravel().tolist()))}")
    values = [written(value, what, depth + 1) for value in array.ravel().tolist()]
    return {"dtype": dtype.str, "shape": list(array.shape), "values": values}


def _longest(texts: list[Any]) -> int:
    return max(map(len, texts), default=0)


def read(value: Any, where: str) -> Any:
    """Read what `written` returned."""
    if value is None or isinstance(value, (bool, str, int, float)):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise InputError(f"{where} is {value!r:.60}, which is no value of a model. The file is damaged.")
    (kind, content), *_ = value.items()
    if kind == "number":
        return strict_json.number(content, where)
    if kind == "array":
        return _read_array(content, where)
    if kind not in ("list", "tuple", "mapping", "tolerance", "scipy rows") or not isinstance(content, list):
        raise InputError(f"{where} holds {kind!r:.60}, which this thalweg does not know. Upgrade it.")
    if kind == "mapping":
        return _read_mapping(content, where)
    entries = [read(entry, where) for entry in content]
    sizes = {"tolerance": 3, "scipy rows": 4}
    if len(entries) != sizes.get(kind, len(entries)):
        raise InputError(f"{where} is a {kind} of {len(entries)} parts; expected {sizes[kind]}. The file is damaged.")
    makers = {"list": list, "tuple": tuple, "tolerance": lambda parts: Tolerance(*parts), "scipy rows": _scipy_rows}
    try:
        return makers[kind](entries)
    except (TypeError, ValueError) as error:
        raise InputError(f"{where} is no {kind}: {error}") from None


def _scipy_rows(parts: list[Any]) -> Any:
    from scipy.optimize import LinearConstraint

    return LinearConstraint(*parts)


def _read_mapping(pairs: list[Any], where: str) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise InputError(f"{where} holds {pair!r:.60}; expected a name and a value. The file is damaged.")
        key = read(pair[0], where)
        if not isinstance(key, (str, int, float, tuple)) or key in found:
            raise InputError(f"{where} names {key!r:.60} twice, or it is no name. The file is damaged.")
        found[key] = read(pair[1], where)
    return found


def _read_array(content: Any, where: str) -> Any:
    content = strict_json.fields(content, where, ("dtype", "shape", "values"))
    dtype, shape, values = content["dtype"], content["shape"], content["values"]
    plain = isinstance(dtype, str) and isinstance(shape, list) and isinstance(values, list)
    if not plain or not _DTYPE.fullmatch(dtype) or not all(type(size) is int and size >= 0 for size in shape):
        raise InputError(f"{where} is an array of {dtype!r:.40} with shape {shape!r:.40}. The file is damaged.")
    entries = [read(value, where) for value in values]
    _check_entries(entries, dtype, where)
    try:
        flat = np.empty(len(entries), np.dtype(dtype))
        for place, entry in enumerate(entries):  # one by one: a list among objects stays a list
            flat[place] = entry
        return flat.reshape(shape)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{where} is no array of {dtype} with shape {shape}: {error}. The file is damaged.") from None


def _check_entries(entries: list[Any], dtype: str, where: str) -> None:
    """Refuse entries that NumPy would bend into the type of the array."""
    kinds = {"f": float, "i": int, "u": int, "b": bool, "U": str}
    kind = dtype[1]
    if kind != "O" and any(type(entry) is not kinds[kind] for entry in entries):
        raise InputError(f"{where} is an array of {dtype} with other entries. The file is damaged.")
    if kind == "U" and not _longest(entries) <= int(dtype[2:]) <= _longest(entries) + _SPARE:
        raise InputError(f"{where} is an array of {dtype} whose longest text has {_longest(entries)} letters.")
