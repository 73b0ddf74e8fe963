"""Limits of two variables as half planes, and what they leave of a window."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np

from thalweg.plotting.canvas import LARGEST
from thalweg.result import Array
from thalweg.terms.matrices import dense

NEARLY = 1e-9  # share of the window's size that counts as touching
MOST = 60  # limits whose crossings are looked at to choose the window


class HalfPlane(NamedTuple):
    """The points p with normal @ p >= offset; ``row`` is None for the limit of a variable.

    The larger entry of the normal is between 1/2 and 1.
    """

    normal: Array
    offset: float
    name: str
    row: int | None

    @property
    def foot(self) -> Array:
        """Point of the edge nearest to the origin."""
        return self.normal * (self.offset / (self.normal @ self.normal))

    def inside(self, points: Array) -> Array:
        """Distance from the edge, positive inside."""
        return (points @ self.normal - self.offset) / np.hypot(*self.normal)

    def segment(self, box: Array) -> Array | None:
        """Part of the edge inside a box, as two points; None if there is none."""
        along = np.array([-self.normal[1], self.normal[0]]) / np.hypot(*self.normal)
        start = self.foot
        low, high = -np.inf, np.inf
        for axis in (0, 1):
            if along[axis] == 0:
                if not box[0, axis] <= start[axis] <= box[1, axis]:
                    return None
                continue
            ends = sorted((box[:, axis] - start[axis]) / along[axis])
            low, high = max(low, ends[0]), min(high, ends[1])
        return np.array([start + low * along, start + high * along]) if low < high else None


def half_planes(problem: Any) -> list[HalfPlane]:
    """Every finite limit of a program with two variables; rows without variables have no line."""
    found = []
    for i, row in enumerate(dense(problem.A)):
        name = problem.row_names[i] if problem.row_names else f"row{i}"
        found += _sides(row, problem.row_lower[i], problem.row_upper[i], name, i)
    for j, unit in enumerate(np.eye(2)):
        name = problem.names[j] if problem.names else f"x{j}"
        found += _sides(unit, problem.lower[j], problem.upper[j], name, None)
    return found


def _sides(normal: Array, low: float, high: float, name: str, row: int | None) -> list[HalfPlane]:
    """The sides of one limit, but those so far away that all that can be drawn is inside."""
    if not normal.any():
        return []
    _, exponent = np.frexp(np.abs(normal).max())
    with np.errstate(over="ignore"):  # what becomes infinite is too far away
        normal, (start, end) = np.ldexp(normal, -exponent), np.ldexp([low, high], -exponent)
    normal[np.abs(normal) < 1 / LARGEST] = 0.0  # a slope that no axis can show
    fixed = low == high
    shown = name if row is not None else f"{name} = {low:g}" if fixed else ""
    sides = []
    if start >= -LARGEST:
        sides.append(HalfPlane(normal, float(start), shown or f"{name} ≥ {low:g}", row))
    if end <= LARGEST:  # the second side of an equality is the same line: named once
        sides.append(HalfPlane(-normal, -float(end), "" if fixed else shown or f"{name} ≤ {high:g}", row))
    return sides


def window(planes: list[HalfPlane], point: Array | None) -> Array:
    """Choose a box, as its lowest and highest corner, that shows the corners of the region and the point."""
    crossings = _crossings(planes[:MOST])
    size = np.abs(crossings).max(initial=1.0)
    corners = [p for p in crossings if all(plane.inside(p) >= -NEARLY * size for plane in planes)]
    shown = np.array([*(corners or crossings), *([] if point is None else [point])])
    if not shown.size:
        shown = np.array([plane.foot for plane in planes] or [[0, 0]])
    low, high = shown.min(axis=0), shown.max(axis=0)
    spread = np.maximum(high - low, 0.4 * max(np.ptp(shown), np.abs(shown).max(), 1e-300))
    spread = np.where(spread > 0, spread, 1.0)
    middle = (low + high) / 2
    return np.array([middle - 0.72 * spread, middle + 0.72 * spread])


def clipped(box: Array, planes: list[HalfPlane]) -> Array:
    """Return the corners of what the half planes leave of a box, in order; empty if nothing is left."""
    (left, low), (right, high) = box
    corners = np.array([[left, low], [right, low], [right, high], [left, high]])
    slack = NEARLY * float(np.ptp(box, axis=0).max())
    for plane in planes:
        corners = _cut(corners, plane, slack)
    return corners


def _cut(corners: Array, plane: HalfPlane, slack: float) -> Array:
    """Sutherland and Hodgman 1974: keep the corners inside, and add where the edge is crossed."""
    if not corners.size:
        return corners
    depth = plane.inside(corners) + slack
    kept: list[Array] = []
    for k in range(len(corners)):
        here, before = depth[k], depth[k - 1]
        if (here >= 0) != (before >= 0):
            kept.append(corners[k - 1] + (corners[k] - corners[k - 1]) * (before / (before - here)))
        if here >= 0:
            kept.append(corners[k])
    return np.array(kept).reshape(-1, 2)


def _crossings(planes: list[HalfPlane]) -> Array:
    """Points where two edges cross, as far as an axis can show them."""
    found = []
    for one, other in itertools.combinations(planes, 2):
        both = np.array([one.normal, other.normal])
        sizes = np.hypot(*both.T)
        if abs(np.linalg.det(both)) > NEARLY * sizes[0] * sizes[1]:
            found.append(np.linalg.solve(both, [one.offset, other.offset]))
    crossings = np.array(found).reshape(-1, 2)
    return crossings[(np.abs(crossings) <= LARGEST).all(axis=1)]
