"""Parameters and labels as JSON that keeps their types: 1, 1.0, True and "1" come back as what they were.

Plain JSON values stand for themselves; anything else is an object with one key that says what it is. NumPy's numbers
and arrays keep their type and byte order, except that float64 and str_, which are Python's float and str as well, come
back as those, and that a text array may become narrower.
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
from thalweg.io.stored_terms import TERMS, term_of, term_text

_DTYPE = re.compile(r"[<>][fiu][248]|\|[iu]1|\|b1|\|O|[<>]U[0-9]{1,6}")
_WIDEST = 20  # times its letters that a text array may take
_SPARE = 1000  # letters more that it may take
_DEEPEST = 20


def labels(values: Any) -> Any:
    """Return the classes of a logistic regression, two or more, as an array of labels."""
    array = values if isinstance(values, np.ndarray) else np.array(values, dtype=_common(values))
    if array.ndim != 1 or array.size < 2:
        raise InputError(f"classes is {values!r:.80}; a logistic regression has two labels or more.")
    if not _DTYPE.fullmatch(array.dtype.str):
        raise InputError(
            f"the classes are of type {array.dtype}, which a model file cannot hold. Fit with labels that are "
            "texts, ordinary numbers or truth values, e.g. y.astype(str)."
        )
    found = array.tolist()
    plain = all(isinstance(label, (str, int, float, np.number, np.bool_)) for label in found)
    known = not any(isinstance(label, (float, np.floating)) and np.isnan(label) for label in found)
    if not plain or not known or len(set(found)) < len(found):
        raise InputError(f"classes is {values!r:.80}; different labels are needed: texts, numbers or truth values.")
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
    if isinstance(value, (np.float64, np.str_)):
        value = value.item()
    if isinstance(value, np.generic):
        return {"scalar": _written_array(np.asarray(value), what, depth)}
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        number = strict_json.spelled(value)
        return {"number": number} if isinstance(number, str) else number
    return _tagged(value, what, depth + 1)


def _tagged(value: Any, what: str, depth: int) -> dict[str, Any]:
    """Return an object of one key that says what the value is."""
    if isinstance(value, Tolerance):
        return {"tolerance": [float(value.gap), float(value.feasibility), float(value.absolute)]}
    if type(value) in TERMS.values():
        return {"loss": term_text(value, what)}
    if isinstance(value, Mapping):
        strange = [key for key in value if not _is_name(key)]
        if strange:
            raise InputError(f"{what} has the key {strange[0]!r:.60}, which a model file cannot hold. Use texts.")
        return {"mapping": [[written(part, what, depth) for part in pair] for pair in value.items()]}
    if _is_scipy_rows(value):
        if inputs.is_sparse(value.A):
            raise InputError(f"{what} has a sparse matrix, which a model file cannot hold. Pass A.toarray() to it.")
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
    """Whether a value is a ``scipy.optimize.LinearConstraint``; does not import SciPy."""
    kind = type(value)
    return kind.__name__ == "LinearConstraint" and kind.__module__.startswith("scipy.optimize")


def _written_array(array: Any, what: str, depth: int) -> dict[str, Any]:
    dtype, entries = array.dtype.str, array.ravel().tolist()
    if not _DTYPE.fullmatch(dtype):
        raise InputError(f"{what} is of type {array.dtype}, which a model file cannot hold. Convert it to float.")
    if array.dtype.kind == "U" and not _is_roomy(dtype, entries):
        dtype = f"{dtype[:2]}{max(1, max(map(len, entries), default=1))}"
        if not _is_roomy(dtype, entries):
            raise InputError(f"{what} is an array of texts of very different lengths. Pass it as a list.")
    values = [written(value, what, depth + 1) for value in entries]
    return {"dtype": dtype, "shape": list(array.shape), "values": values}


def _is_roomy(dtype: str, texts: list[str]) -> bool:
    """Whether a text array of this type holds these texts, and does not take far more than they do."""
    width, letters = int(dtype[2:]), sum(map(len, texts))
    enough = max(map(len, texts), default=0) <= width
    return enough and width * len(texts) <= _WIDEST * (letters + len(texts)) + _SPARE


def read(value: Any, where: str, depth: int = 0) -> Any:
    """Read what `written` returned."""
    if depth > _DEEPEST:
        raise InputError(f"{where} is nested more than {_DEEPEST} deep. The file is damaged.")
    if value is None or isinstance(value, (bool, str, int, float)):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise InputError(f"{where} is {value!r:.60}, which is no value of a model. The file is damaged.")
    (kind, content), *_ = value.items()
    if kind == "number":
        return strict_json.number(content, where)
    if kind in ("array", "scalar"):
        array = _read_array(content, where, depth)
        return array if kind == "array" else _only(array, where)
    if kind == "loss":
        return term_of(content, where)
    if kind not in ("list", "tuple", "mapping", "tolerance", "scipy rows") or not isinstance(content, list):
        raise InputError(f"{where} holds {kind!r:.60}, which this thalweg does not know. Upgrade it.")
    if kind == "mapping":
        return _read_mapping(content, where, depth + 1)
    entries = [read(entry, where, depth + 1) for entry in content]
    makers = {"list": list, "tuple": tuple, "tolerance": _tolerance, "scipy rows": _scipy_rows}
    try:
        return makers[kind](entries)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{where} is no {kind}: {error}") from None


def _only(array: Any, where: str) -> Any:
    """Return the number of an array without dimensions, with its type."""
    if array.shape != () or array.dtype.kind == "O":
        raise InputError(f"{where} is a scalar of shape {array.shape}. The file is damaged.")
    return array[()]


def _tolerance(parts: list[Any]) -> Tolerance:
    if len(parts) != 3:
        raise ValueError(f"it has {len(parts)} parts; expected 3. The file is damaged.")
    return Tolerance(*(strict_json.number(part, "a part", finite=True) for part in parts))


def _scipy_rows(parts: list[Any]) -> Any:
    from scipy.optimize import LinearConstraint

    if len(parts) != 4:
        raise ValueError(f"it has {len(parts)} parts; expected 4. The file is damaged.")
    if not all(isinstance(part, np.ndarray) and part.dtype.kind in "biuf" for part in parts):
        raise ValueError("its parts are not arrays of numbers. The file is damaged.")
    return LinearConstraint(*parts)


def _read_mapping(pairs: list[Any], where: str, depth: int) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise InputError(f"{where} holds {pair!r:.60}; expected a name and a value. The file is damaged.")
        key = read(pair[0], where, depth)
        if not _is_name(key) or key in found:
            raise InputError(f"{where} names {key!r:.60} twice, or it is no name. The file is damaged.")
        found[key] = read(pair[1], where, depth)
    return found


def _is_name(key: Any) -> bool:
    """Whether a value may be a key: a text, a number, or a tuple of such."""
    if isinstance(key, tuple):
        return all(map(_is_name, key))
    return isinstance(key, (str, int, float, np.generic))


def _read_array(content: Any, where: str, depth: int) -> Any:
    content = strict_json.fields(content, where, ("dtype", "shape", "values"))
    dtype, shape, values = content["dtype"], content["shape"], content["values"]
    plain = isinstance(dtype, str) and isinstance(shape, list) and isinstance(values, list)
    if not plain or not _DTYPE.fullmatch(dtype) or not all(type(size) is int and size >= 0 for size in shape):
        raise InputError(f"{where} is an array of {dtype!r:.40} with shape {shape!r:.40}. The file is damaged.")
    entries = [read(value, where, depth + 1) for value in values]
    _check_entries(entries, dtype, where)
    try:
        flat = np.empty(len(entries), np.dtype(dtype))
        with np.errstate(over="ignore"):
            for place, entry in enumerate(entries):  # one by one: a list among objects stays a list
                flat[place] = entry
        if flat.dtype.kind == "f" and not np.array_equal(flat.astype(float), np.array(entries, float), equal_nan=True):
            raise ValueError("a number does not fit in the type")
        return flat.reshape(shape)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            f"{where} is no array of {dtype} with shape {shape!r:.60}: {error!s:.200}. The file is damaged."
        ) from None


def _check_entries(entries: list[Any], dtype: str, where: str) -> None:
    """Refuse entries that NumPy would bend into the type of the array."""
    kinds = {"f": float, "i": int, "u": int, "b": bool, "U": str}
    kind = dtype[1]
    if kind != "O" and any(type(entry) is not kinds[kind] for entry in entries):
        raise InputError(f"{where} is an array of {dtype} with other entries. The file is damaged.")
    if kind == "U" and not _is_roomy(dtype, entries):
        raise InputError(f"{where} is an array of {dtype} with too long texts, or far too wide. The file is damaged.")
