"""The coefficients of a multinomial fit by feature and class: their names, and limits given by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from thalweg import inputs, naming
from thalweg.result import Array


def column_names(names: Sequence[str] | None, class_names: Sequence[str], p: int) -> tuple[str, ...]:
    """``feature[class]`` for b.ravel()."""
    features = names if names is not None else [f"x{j}" for j in range(p)]
    return tuple(f"{feature}[{name}]" for name in class_names for feature in features)


def by_class(values: Any, what: str, K: int, named: tuple[Any, Sequence[str], int], default: float) -> Array:
    """Return K p limits, class by class, from a number, (p,) or (K, p) numbers, or a mapping by name.

    ``named`` holds the names of the features (or None), those of the K p coefficients, and p.
    """
    names, columns, p = named
    if not isinstance(values, Mapping):
        if np.ndim(values) == 2 and np.shape(values)[0] == K and not hasattr(values, "columns"):
            return inputs.limits(np.ravel(values), what, K * p, default=default, names=columns)
        return np.tile(inputs.limits(values, what, p, default=default, names=names), K)
    limits, known = np.full((K, p), default), {**naming.places_of(names, p), **dict.fromkeys(columns, -1)}
    for name, value in cast(Mapping[Any, Any], values).items():
        single = inputs.limits({"value": value}, f'{what}["{name}"]', 1, default=default, names=("value",))[0]
        place = naming.index_of(str(name), known, what)
        if place < 0:
            limits.ravel()[columns.index(str(name))] = single
        else:
            limits[:, place] = single
    return limits.ravel()
