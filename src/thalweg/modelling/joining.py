"""Labels of two blocks that are combined entry by entry, or each entry of one with each of the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thalweg.errors import InputError
from thalweg.modelling.labels import Labels, Level


def joined(first: Labels, second: Labels) -> Labels:
    """Return the labels of an entry-by-entry combination, which must agree wherever both were chosen by label.

    Where one side only counts or was chosen by position, the other names the entries.

    Raises
    ------
    InputError
        The sizes differ, or labels that must agree.
    """
    if first.size != second.size:
        raise InputError(f"sizes differ: {first.size} and {second.size} entries cannot be combined one by one.")
    if first.plain or second.plain:
        if min(len(first.levels), len(second.levels)) > 1 and first.shape != second.shape:
            raise InputError(f"shapes differ: {first.shape} and {second.shape} cannot be combined one by one.")
        return second if first.plain and not second.plain else first
    if first.like(second):
        sliced, others = first.sliced & second.sliced, (*first.others, *second.others)
        return first if first is second else replace(first, sliced=sliced, others=others)
    if len(first.levels) == len(second.levels) and first.codes is None and second.codes is None:
        return _by_level(first, second)
    raise _difference(first, second)


def _by_level(first: Labels, second: Labels) -> Labels:
    """Combine products level by level, so that a slice of one level loosens no other."""
    levels, both_sliced = list[Level](), False
    for k, (one, other) in enumerate(zip(first.levels, second.levels, strict=True)):
        if one != other and (len(one) != len(other) or not (k in first.sliced or k in second.sliced)):
            raise _difference(first, second)
        both_sliced |= one != other and k in first.sliced and k in second.sliced
        levels.append(other if k in first.sliced and k not in second.sliced else one)
    # two slices, such as months and those before them: a series may have the labels of either
    others = (*first.others, *second.all_labels) if both_sliced else ()
    return Labels(tuple(levels), names=first.names, sliced=first.sliced & second.sliced, others=others)


def _difference(first: Labels, second: Labels) -> InputError:
    """Say where labels differ."""
    pairs = zip(first.entries(), second.entries(), strict=True)
    one, other = next(((a, b) for a, b in pairs if a != b), (first.names, second.names))
    cure = "Bring both into the same order, e.g. by y[list_of_labels] or table[list_of_labels]."
    if len(first.levels) == 1 and set(first.entries()) == set(second.entries()):
        cure = (
            "These are the same labels in another order: write y[x.labels.entries()], and for a table P in x @ P @ x "
            "P.loc[x.labels.entries(), x.labels.entries()]."
        )
    return InputError(f"labels differ, first {one!r} and {other!r}. {cure}")


def crossed(first: Labels, second: Labels) -> Labels:
    """Return the labels of each entry of one with each entry of the other; a scalar adds none."""
    if first.scalar or second.scalar:
        return second if first.scalar else first
    levels, names = first.levels + second.levels, first.names + second.names
    if first.codes is None and second.codes is None:
        return Labels(levels, names=names)
    codes = [np.repeat(own, second.size) for own in first.all_codes]
    codes += [np.tile(own, first.size) for own in second.all_codes]
    return Labels(levels, tuple(codes), names)
