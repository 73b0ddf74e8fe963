"""Problems as named arrays and a few words: what a saved file holds of each kind, and the way back.

The way back trusts nothing: every array is checked against the others' shapes before SciPy or a problem sees it, and
the problem's own constructor checks the content.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from thalweg import inputs
from thalweg.errors import InputError, ThalwegError
from thalweg.io import strict_json
from thalweg.io.archive import Content, storable
from thalweg.io.stored_terms import term_of, term_text
from thalweg.problems.fit import Fit
from thalweg.problems.linear import LinearProgram
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.problems.multinomial import MultinomialFit
from thalweg.problems.quadratic import QuadraticProgram


class _Layout(NamedTuple):
    """One kind of problem: its class, its arrays with their axes (``masks`` hold 0 and 1), and its words."""

    kind: type
    arrays: Mapping[str, str]  # axes by letter; equal letters are equal sizes
    numbers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    labels: Mapping[str, str] = {"names": "n", "row_names": "m"}
    terms: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()


_LIMITS = {"A": "mn", "row_lower": "m", "row_upper": "m", "lower": "n", "upper": "n"}
LAYOUTS: Mapping[str, _Layout] = {
    "LinearProgram": _Layout(LinearProgram, {"c": "n", **_LIMITS}, ("constant",), ("maximize",)),
    "QuadraticProgram": _Layout(QuadraticProgram, {"P": "nn", "q": "n", **_LIMITS}, ("constant",), ("maximize",)),
    "MixedIntegerProgram": _Layout(
        MixedIntegerProgram,
        {"c": "n", "integer": "n", **_LIMITS},
        ("constant",),
        ("maximize",),
        masks=("integer",),
    ),
    "Fit": _Layout(
        Fit,
        {"X": "sn", "y": "s", "l1": "n", "l2": "n", "weights": "s", "offset": "s", "groups": "n"} | _LIMITS,
        flags=("intercept",),
        terms=("loss",),
    ),
    "MultinomialFit": _Layout(
        MultinomialFit,
        {"X": "sn", "y": "s", "l1": "n", "l2": "n", "weights": "s", "offset": "sk"}
        | {"A": "mq", "row_lower": "m", "row_upper": "m", "lower": "kn", "upper": "kn"},
        flags=("intercept",),
        labels={"names": "n", "row_names": "m", "class_names": "k"},
    ),
}
_PARTS = ("data", "indices", "indptr")  # of a sparse matrix, column by column


def is_storable(thing: Any) -> bool:
    """Whether a thing is a problem of a kind that files can hold."""
    return any(type(thing) is layout.kind for layout in LAYOUTS.values())


def taken_apart(problem: Any) -> Content:
    """Return what a file holds of a problem."""
    kind = type(problem).__name__
    layout = LAYOUTS[kind]
    arrays: dict[str, Any] = {}
    sparse: dict[str, list[int]] = {}
    for field in layout.arrays:
        value = getattr(problem, field)
        matrix = value.X if field == "X" else value
        if inputs.is_sparse(matrix):
            sparse[field] = [int(size) for size in matrix.shape]
            arrays |= {f"{field}.{part}": storable(getattr(matrix, part), f"{field}.{part}") for part in _PARTS}
        else:
            arrays[field] = storable(np.asarray(matrix, dtype=float), field)
    meta: dict[str, Any] = {"kind": kind, "sparse": sparse}
    meta |= {name: float(getattr(problem, name)) for name in layout.numbers}
    meta |= {name: bool(getattr(problem, name)) for name in layout.flags}
    meta |= {name: _listed(getattr(problem, name)) for name in layout.labels}
    meta |= {name: term_text(getattr(problem, name), name) for name in layout.terms}
    return Content(meta, arrays)


def _listed(names: Any) -> list[str] | None:
    return None if names is None else [str(name) for name in names]


def put_together(content: Content, what: str) -> Any:
    """Build a problem from what a file holds; ``what`` opens each message."""
    kind = content.meta.get("kind") if isinstance(content.meta, dict) else None
    if not isinstance(kind, str) or kind not in LAYOUTS:
        raise InputError(f"{what} holds a problem of kind {kind!r:.60}, which this thalweg does not know. Upgrade it.")
    layout = LAYOUTS[kind]
    words = (*layout.numbers, *layout.flags, *layout.labels, *layout.terms)
    meta = strict_json.fields(content.meta, f"{what}: the problem", ("kind", "sparse", *words))
    shapes = strict_json.fields(
        meta["sparse"], f"{what}: sparse", (), [f for f, a in layout.arrays.items() if f in ("A", "P", "X")]
    )
    fields: dict[str, Any] = {}
    sizes: dict[str, int] = {}
    left = dict(content.arrays)
    for field, axes in layout.arrays.items():
        where = f"{what}: {field}"
        matrix = _parts(left, field, shapes[field], where) if field in shapes else _floats(left.pop(field, None), where)
        _fit_shape(matrix.shape, axes, sizes, where)
        fields[field] = matrix
    if left:
        raise InputError(f"{what} holds an array {min(left)!r:.80} that belongs to no {kind}. It is damaged.")
    fields |= {name: strict_json.number(meta[name], f"{what}: {name}", finite=True) for name in layout.numbers}
    fields |= {name: meta[name] for name in layout.flags}  # the constructor takes True and False only
    fields |= {name: strict_json.texts(meta[name], f"{what}: {name}") for name in layout.labels}
    fields |= {name: term_of(meta[name], f"{what}: {name}") for name in layout.terms}
    fields |= {name: _truths(fields[name], f"{what}: {name}") for name in layout.masks}
    fields |= {name: matrix.build() for name, matrix in fields.items() if isinstance(matrix, _Sparse)}
    try:
        return layout.kind(**fields)
    except ThalwegError as error:
        raise type(error)(f"{what} holds a contradictory {kind}: {error}") from None
    except MemoryError:
        raise InputError(f"{what} holds a {kind} that needs more memory than there is.") from None


class _Sparse(NamedTuple):
    """Checked parts of a sparse matrix."""

    shape: tuple[int, int]
    data: Any
    indices: Any
    indptr: Any

    def build(self) -> Any:
        """Return the matrix; only here SciPy is loaded."""
        from scipy import sparse

        return sparse.csc_array((self.data, self.indices, self.indptr), shape=self.shape)


def _floats(array: Any, where: str) -> Any:
    if array is None:
        raise InputError(f"{where} is missing. The file is damaged.")
    if array.dtype != np.float64:
        raise InputError(f"{where} has type {array.dtype}; expected float64. The file is damaged.")
    return array


def _truths(array: Any, where: str) -> Any:
    """Read what was True or False."""
    if not np.isin(array, (0.0, 1.0)).all():
        raise InputError(f"{where} holds numbers other than 0 and 1. The file is damaged.")
    return array == 1.0


def _parts(arrays: dict[str, Any], field: str, shape: Any, where: str) -> _Sparse:
    """Take the parts of a sparse matrix and check that they are one: sorted, in range, no place named twice."""
    if not (isinstance(shape, list) and len(shape) == 2 and all(type(k) is int and 0 <= k < 2**62 for k in shape)):
        raise InputError(f"{where} has shape {shape!r:.60}; expected two sizes. The file is damaged.")
    rows, columns = shape
    data, indices, indptr = (arrays.pop(f"{field}.{part}", None) for part in _PARTS)
    data = _floats(data, f"{where}.data")
    for part, array in (("indices", indices), ("indptr", indptr)):
        if array is None or array.ndim != 1 or array.dtype not in (np.int32, np.int64):
            raise InputError(f"{where}.{part} is no list of whole numbers. The file is damaged.")
    if not _starts(indptr, columns, indices.size) or data.shape != indices.shape:
        raise InputError(f"{where} is no sparse matrix: its column starts do not fit its entries. The file is damaged.")
    if indices.size and not 0 <= indices.min() <= indices.max() < rows:
        raise InputError(f"{where} has entries outside its {rows} rows. The file is damaged.")
    rising = np.diff(indices) > 0
    rising[indptr[1:-1][(indptr[1:-1] > 0) & (indptr[1:-1] < indices.size)] - 1] = True  # a new column begins
    if not rising.all():
        raise InputError(f"{where} names a place twice, or out of order. The file is damaged.")
    return _Sparse((rows, columns), data, indices, indptr)


def _starts(indptr: Any, columns: int, entries: int) -> bool:
    """Whether these are the places where the columns begin, rising from 0 to the number of entries."""
    inside = indptr.size == columns + 1 and indptr[0] == 0 and indptr[-1] == entries
    return bool(inside and (indptr[1:] >= indptr[:-1]).all())  # no differences: they may overflow


def _fit_shape(shape: tuple[int, ...], axes: str, sizes: dict[str, int], where: str) -> None:
    """Compare a shape with those seen before, axis by axis."""
    if len(shape) != len(axes):
        raise InputError(f"{where} has {len(shape)} dimensions; expected {len(axes)}. The file is damaged.")
    for axis, size in zip(axes, shape, strict=True):
        if sizes.setdefault(axis, size) != size:
            raise InputError(f"{where} has shape {shape}; another array asks for {sizes[axis]}. The file is damaged.")
