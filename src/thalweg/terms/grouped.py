"""The group lasso: coefficients that enter a model together or not at all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from thalweg import naming
from thalweg.errors import InputError
from thalweg.result import Array, Index, Mask
from thalweg.terms.constraints import Box
from thalweg.terms.penalties import ROUNDED_UP, ElasticNet


@dataclass(frozen=True, eq=False)
class GroupedElasticNet(ElasticNet):
    r"""pen(b) = sum over groups g of  sqrt(p_g) l1_g |b_g|_2 + l2_g |b_g|_2^2 / 2.

    p_g is the size of a group, whose coefficients share both factors; a group of one is an elastic net. (Yuan and
    Lin, Model selection and estimation in regression with grouped variables, JRSS B 68, 2006.)

    Parameters
    ----------
    l1, l2 : (p,) array
        As in `ElasticNet`, equal within a group.
    groups : (p,) array of int
        Number of each coefficient's group, 0 and up.

    Examples
    --------
    >>> import numpy as np
    >>> from thalweg.terms.grouped import GroupedElasticNet
    >>> penalty = GroupedElasticNet(l1=np.ones(3), l2=np.zeros(3), groups=np.array([0, 0, 1]))
    >>> round(penalty.value(np.array([3.0, 4.0, -1.0])) - 5 * 2**0.5, 9)
    1.0
    >>> penalty.prox(np.array([0.6, 0.8, 3.0]), 1.0)
    array([0., 0., 2.])
    """

    groups: Index

    @property
    def single(self) -> Mask:
        """Columns that are a group of their own."""
        return np.bincount(self.groups)[self.groups] == 1

    @property
    def factors(self) -> Array:
        """sqrt(p_g) l1_g per group."""
        return self.norms(self.l1)

    def norms(self, b: Array) -> Array:
        """|b_g|_2 per group; of large numbers, too."""
        size = np.zeros(int(self.groups.max()) + 1)
        np.maximum.at(size, self.groups, np.abs(b))
        safe = np.where((size > 0) & np.isfinite(size), size, 1.0)
        return safe * np.sqrt(np.bincount(self.groups, (b / safe[self.groups]) ** 2))

    def value(self, b: Array) -> float:
        """pen(b)."""
        return float(self.factors @ self.norms(b) + (0.5 * self.l2 * b * b).sum())

    def shrink(self, v: Array) -> Array:
        """argmin over b of sum_g sqrt(p_g) l1_g |b_g| + |b - v|^2 / 2."""
        size = self.norms(v)
        left = np.maximum(1.0 - self.factors / np.where(size > 0, size, 1.0), 0.0)
        return v * left[self.groups]

    def kink(self, b: Array) -> Array:
        """Slope of the norms at b, 0 where a group is 0."""
        size = self.norms(b)
        return b * (self.factors / np.where(size > 0, size, 1.0))[self.groups]

    def bend(self, b: Array, columns: Index) -> Array:
        """Second derivatives of the norms of groups of several that are not 0, over some columns."""
        group, part = self.groups[columns], b[columns]
        size = self.norms(b)[group]
        held = ~self.single[columns] & (size > 0)
        rate = np.where(held, self.factors[group], 0.0) / np.where(size > 0, size, 1.0)
        unit = part / np.where(size > 0, size, 1.0)
        same = group[:, None] == group
        return np.diag(rate) - np.where(same, rate[:, None] * np.outer(unit, unit), 0.0)

    def prox(self, v: Array, step: float | Array) -> Array:
        """argmin over b of step * pen(b) + |b - v|^2 / 2; one step for all coefficients."""
        return GroupedElasticNet(step * self.l1, self.l2, self.groups).shrink(v) / (1.0 + step * self.l2)

    def lowest(self, g: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
        """As `ElasticNet.lowest`; a group's least value is the sum over its columns. Groups of several have no box."""
        values, b = super().lowest(g, lower, upper)
        several = ~self.single
        over = np.maximum(self.norms(g) - self.factors, 0.0)[self.groups]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            away = -g * (over / self.norms(g)[self.groups]) / self.l2
            least = -0.5 * over * over / self.l2 * (g / self.norms(g)[self.groups]) ** 2
        b = np.where(several, np.where(over > 0, away, 0.0), b)
        return np.where(several, np.where(over > 0, least, 0.0), values), b

    def reach(self, level: float) -> Array:
        """Largest |b_j| with pen(b) <= level."""
        whole = ElasticNet(self.factors[self.groups], self.l2)
        return whole.reach(level) * ROUNDED_UP

    def holds(self, sizes: Array) -> Mask:
        """Whether slopes up to these sizes leave each coefficient at 0."""
        return (self.norms(sizes) * ROUNDED_UP < self.factors)[self.groups]

    def threshold(self, g: Array) -> float:
        """Least multiple of l1 that holds slopes g at 0."""
        penalised = self.factors > 0
        return float((self.norms(g)[penalised] / self.factors[penalised]).max(initial=0.0))

    def scaled(self, scale: Array) -> GroupedElasticNet:
        """Penalty of coefficients b / scale; the scale is one number within a group."""
        return GroupedElasticNet(self.l1 * scale, self.l2 * scale**2, self.groups)

    def part(self, columns: Index) -> GroupedElasticNet:
        """Penalty on some columns: all of a group or none."""
        groups = np.unique(self.groups[columns], return_inverse=True)[1]
        return GroupedElasticNet(self.l1[columns], self.l2[columns], groups)

    def extended(self) -> GroupedElasticNet:
        """With one more column, unpenalised."""
        last = int(self.groups.max()) + 1
        return GroupedElasticNet(np.append(self.l1, 0.0), np.append(self.l2, 0.0), np.append(self.groups, last))


def groups_of(values: Any, p: int, names: Sequence[str] | None) -> Index:
    """Number of each feature's group: from labels, one per feature, or a mapping of groups to features.

    Features that a mapping does not name are groups of their own.
    """
    alone = np.arange(p)
    if values is None or (isinstance(values, np.ndarray) and np.array_equal(values, alone)):
        return alone
    if isinstance(values, Mapping):
        return _by_name(cast(Mapping[Any, Any], values), p, names)
    if isinstance(values, str) or not hasattr(values, "__len__"):
        raise InputError(
            f"groups is {values!r:.80}; pass a label for each feature, or a mapping such as "
            '{"region": ["north", "south"]}.'
        )
    labels = np.asarray(values, dtype=object).ravel().tolist()
    missing = [j for j, label in enumerate(labels) if label is None or (isinstance(label, float) and math.isnan(label))]
    if missing:
        which = naming.label(names, missing[0])
        raise InputError(f"groups has no label for {which}. Features on their own need a label, too, or use a mapping.")
    if len(labels) != p:
        raise InputError(f"groups has {len(labels)} labels; expected {p}, one per feature.")
    return _numbered(labels)


def _numbered(labels: Sequence[Any]) -> Index:
    """Numbers from 0 in the order in which labels appear."""
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels])


def _by_name(values: Mapping[Any, Any], p: int, names: Sequence[str] | None) -> Index:
    places, group, seen = naming.places_of(names, p), np.full(p, -1), dict[int, str]()
    for number, (label, features) in enumerate(values.items()):
        listed = [features] if isinstance(features, str) else list(features)
        for feature in listed:
            j = naming.index_of(str(feature), places, "groups")
            if j in seen:
                raise InputError(f'groups has "{feature}" twice: in "{seen[j]}" and in "{label}".')
            seen[j], group[j] = str(label), number
    alone = group < 0
    group[alone] = len(values) + np.arange(int(alone.sum()))
    return _numbered(group.tolist())


def check_groups(groups: Index, factors: Mapping[str, Array], box: Box, names: Sequence[str] | None) -> None:
    """Raise unless the features of each group share their factors, and those of groups of several have no limits."""
    if groups.max() + 1 == groups.size:
        return
    several = np.bincount(groups)[groups] > 1
    first = np.unique(groups, return_index=True)[1][groups]
    for what, values in factors.items():
        wrong = np.flatnonzero(values != values[first])
        if wrong.size:
            j, k = int(wrong[0]), int(first[wrong[0]])
            told = f"{values[k]:g} for {naming.label(names, k)}, but {values[j]:g} for {naming.label(names, j)}"
            raise InputError(f"{what} is {told} of the same group; the features of a group share one factor.")
    limited = np.flatnonzero(several & (np.isfinite(box.lower) | np.isfinite(box.upper)))
    if limited.size:
        which = naming.label(names, int(limited[0]))
        raise InputError(f"{which} has limits and is in a group of several; such features have none.")
