"""Reading a claim: right names, right shapes, finite numbers; what fails here is refuted, never repaired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from thalweg.result import Array


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
        try:
            array = np.asarray(source[name], dtype=np.float64)
        except (TypeError, ValueError):
            self.faults.append(f"{name} is not an array of numbers")
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

    def unknown(self, source: Mapping[str, Any], known: tuple[str, ...]) -> None:
        """Note values that the problem does not ask for."""
        self.faults.extend(f'the problem has no "{name}"' for name in source if name not in known)
