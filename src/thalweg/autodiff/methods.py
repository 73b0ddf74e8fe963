"""Methods of arrays, as a traced one has them: each is the function of NumPy that it stands for."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.autodiff.tape import METHODS, TapeEscape, Traced

METHODS |= {
    "sum": np.sum, "mean": np.mean, "std": np.std, "var": np.var, "prod": np.prod, "max": np.max, "min": np.min,
    "cumsum": np.cumsum, "dot": np.dot, "reshape": lambda a, *shape, **k: np.reshape(a, _one(shape), **k),
    "ravel": np.ravel, "flatten": np.ravel, "transpose": lambda a, *axes: np.transpose(a, _one(axes) or None),
    "squeeze": np.squeeze, "swapaxes": np.swapaxes, "trace": np.trace, "diagonal": np.diagonal, "clip": np.clip,
    "repeat": np.repeat, "take": np.take, "round": np.round, "copy": np.positive, "argmax": np.argmax,
    "argmin": np.argmin, "argsort": np.argsort, "all": np.all, "any": np.any, "conj": np.positive,
    "astype": lambda a, dtype, **_: _astype(a, dtype), "item": lambda a: np.reshape(a, ()),
    "tolist": lambda a: [one.tolist() if one.ndim else one for one in a],
}  # fmt: skip


def _one(shape: tuple[Any, ...]) -> Any:
    return shape[0] if len(shape) == 1 and (shape[0] is None or np.ndim(shape[0])) else shape


def _astype(a: Traced, dtype: Any) -> Any:
    if np.dtype(dtype).kind != "f":
        raise TapeEscape(f"astype({np.dtype(dtype)}) of a traced array drops its derivative.")
    return a
