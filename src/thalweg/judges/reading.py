"""Reading a claim: right names, right shapes, finite numbers; what fails here is refuted, never repaired."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from thalweg.result import Array

FLOAT64 = np.dtype(np.float64)  # arrays out of files may have another one, which is equal, and slow in NumPy's ufunc.at


class Reader:
    """Takes arrays out of a claim and remembers what was wrong with them.

    Attributes
    ----------
    faults : list of str
        One sentence per array that is not a point of the problem.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []

    @property
    def finite(self) -> bool:
        """True if everything read so far has its shape and is finite."""
        return not self.faults

    def take(self, source: Mapping[str, Any], name: str, size: int) -> Array | None:
        """Return the named array with ``size`` entries (a row or column of a matrix will do), or None if absent."""
        if source.get(name) is None:
            return None
        array = _numbers(source[name])
        if array is not None and array.shape == (size,) and np.isfinite(array).all():
            return array
        if array is None:
            self.faults.append(f"{name} is not an array of real numbers")
            return None
        flat = array.ravel()
        if flat.size != size or (array.ndim > 1 and max(array.shape, default=0) != size):
            self.faults.append(f"{name} has shape {array.shape}; the problem needs {size} entries")
            return None
        if not np.isfinite(flat).all():
            bad = int(np.flatnonzero(~np.isfinite(flat))[0])
            self.faults.append(f"{name}[{bad}] is {flat[bad]}")
            return None
        return flat

    def take_shape(self, source: Mapping[str, Any], name: str, shape: tuple[int, ...]) -> Array | None:
        """Return the named array, which must have this shape (or as many entries in one row), or None if absent."""
        given: Any = source.get(name)
        fits = getattr(given, "shape", None) == shape
        flat = self.take({name: np.ravel(given)} if fits else source, name, math.prod(shape))
        return None if flat is None else flat.reshape(shape)

    def unused(self, hints: Mapping[str, Any], known: tuple[str, ...]) -> None:
        """Refuse NaN and infinity in hints that the judge of this problem does not read, too."""
        for name in hints:
            whole = getattr(getattr(hints[name], "dtype", None), "kind", "") in ("b", "i", "u")
            array = None if whole or name in known else _numbers(hints[name])
            if array is not None and not np.isfinite(array).all():
                self.faults.append(f"{name} is not finite")

    def unknown(self, source: Mapping[str, Any], known: tuple[str, ...]) -> None:
        """Note values that the problem does not ask for."""
        self.faults.extend(f'the problem has no "{name}"' for name in source if name not in known)


def _numbers(values: Any) -> Array | None:
    """Real numbers as float64; None for text, dates, complex numbers, masked entries and what is no array at all."""
    if type(values) is np.ndarray and values.dtype is FLOAT64:
        return values
    try:
        if np.ma.is_masked(values):
            return None
        array = np.asarray(values)
        return np.asarray(array, dtype=np.float64) if array.dtype.kind in "biuf" or _all_numbers(array) else None
    except Exception:  # whatever a foreign array raises, such as the RuntimeError of a tensor that records gradients
        return None


def _all_numbers(array: Any) -> bool:
    """Whether an array of objects holds numbers only, such as Fraction or Decimal."""
    return array.dtype.kind == "O" and not any(isinstance(value, (str, bytes, complex)) for value in array.flat)
