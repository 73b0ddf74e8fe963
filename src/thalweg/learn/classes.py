"""Labels of classes as numbers, and what they weigh."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils.multiclass import type_of_target

from thalweg.errors import InputError, ProblemError, suggest
from thalweg.learn import gate
from thalweg.result import Array


def classes_of(y: Any) -> tuple[Any, Any]:
    """Return the sorted classes, and the place of each row's among them."""
    absent = np.flatnonzero(_missing(y))
    if absent.size:
        raise InputError(
            f"y has {absent.size} missing or infinite labels, first at row {absent[0]}. Drop those rows first."
        )
    with gate.own_words():
        kind = type_of_target(y, input_name="y")
    if kind not in ("binary", "multiclass"):
        raise InputError(
            f"Unknown label type: {kind}. y holds {y.size} values of type {y.dtype}, first {y.tolist()[0]!r}; classes "
            "are texts, whole numbers or truth values. If y is measured rather than a label, use tw.LinearRegression."
        )
    classes, codes = np.unique(y, return_inverse=True)
    if classes.size == 1:
        raise ProblemError(
            f"y has one class only ({_shown(classes)}, {y.size} rows); logistic regression needs two. "
            "Check the filter that produced y, or fit on more data."
        )
    if classes.size > 2 and classes.dtype.kind in "iuf" and 2 * classes.size > y.size:
        raise InputError(
            f"y has {classes.size} classes in {y.size} rows ({_shown(classes)}). If y is measured rather than a label, "
            "use tw.LinearRegression; else fit on more data."
        )
    return classes, codes


def _missing(y: Any) -> Any:
    """Which labels are none: None, NaN, infinite or pandas' NA."""
    if y.dtype.kind in "biufU":
        return ~np.isfinite(y) if y.dtype.kind == "f" else np.zeros(y.size, dtype=bool)
    return np.array([_is_missing(label) for label in y.tolist()], dtype=bool)


def _is_missing(label: Any) -> bool:
    """Whether a label is None, NaN, infinite, or pandas' NA (told by its type, without importing pandas)."""
    return label is None or (isinstance(label, float) and not math.isfinite(label)) or type(label).__name__ == "NAType"


def class_factors(class_weight: Any, classes: Any, codes: Any, weights: Array) -> Array:
    """Return one factor per class."""
    if class_weight is None:
        return np.ones(len(classes))
    if isinstance(class_weight, Mapping):
        known = classes.tolist()
        strange = [label for label in class_weight if label not in known]
        if strange:
            raise InputError(f"class_weight names {strange[0]!r}, which y does not hold. {suggest(strange[0], known)}")
        named = {label: f"class_weight[{label!r}]" for label in known}
        return np.array([gate.number(class_weight.get(c, 1.0), named[c], 0.0, math.inf) for c in known])
    gate.choice(class_weight, "class_weight (unless None or a dict by class)", ("balanced",))
    refuse_empty_class(classes, codes, weights)
    mass = np.bincount(codes, weights, minlength=len(classes))
    return mass.sum() / (len(classes) * mass)


def refuse_empty_class(classes: Any, codes: Any, weights: Array) -> None:
    """Refuse weights that leave a class without rows."""
    empty = np.bincount(codes, weights, minlength=len(classes)) == 0
    if empty.any():
        left = "one class only is" if len(classes) == 2 else "the class is not"
        raise ProblemError(
            f"every row of class {_shown(classes[empty])} has weight zero, so that {left} left; logistic regression "
            f"needs {'two' if len(classes) == 2 else 'rows of each'}. Check sample_weight and class_weight."
        )


def inverse_strength(value: Any) -> float:
    """Return C > 0, which may be infinite."""
    if isinstance(value, float) and value == math.inf:
        return math.inf
    checked = gate.number(value, "C", 0.0, math.inf)
    if checked == 0.0:
        raise InputError("C is 0; it must be > 0. A small C is a strong penalty, C = inf none.")
    return checked


def _shown(labels: Any) -> str:
    """Name the first ten labels."""
    more = ", ..." if len(labels) > 10 else ""
    return ", ".join(repr(label) for label in labels[:10].tolist()) + more
