"""Quadratic programs and claims made to deceive a judge: P that bends the wrong way, or hardly at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thalweg.testing.hostile_programs import INF, UNBOUNDED, flat, maker, point, program
from thalweg.testing.kinds import ANY_OK, NOT_OK, Hostile


def quadratic(rng: np.random.Generator) -> list[Hostile]:
    """Hostile quadratic programs: the linear ones with P = 0, those that bend the wrong way, and convex ones."""
    return [*flat(rng, True), *_bent(rng), *_convex()]


def _bent(rng: np.random.Generator) -> Iterator[Hostile]:
    """P is not positive semidefinite; the points are stationary and wrong, and their duals fit."""
    make = maker(True)
    saddle = [[0, -1], [-1, 0]]
    free = program([0, 0], P=saddle)
    yield make("min -x1 x2, claimed 0", free, point([0, 0]), UNBOUNDED, -INF)
    yield make("min -x1 x2, direction", free, point([0, 0], direction=[1, 1]), UNBOUNDED, -INF)
    yield make("min -x1 x2, direction that rises", free, point([0, 0], direction=[1, -1]), NOT_OK | UNBOUNDED, -INF)
    box = program([0, 0], P=saddle, lower=-1, upper=2)
    for x in ([0, 0], [1.68e-10, 1.68e-10], [-1, -1], [2, -1]):
        yield make(f"min -x1 x2 on [-1, 2]^2, claimed {x}", box, point(x), NOT_OK, -4)
    yield make("min -x1 x2 on [-1, 2]^2, claimed (2, 2)", box, point([2, 2]), NOT_OK | ANY_OK, -4)
    arch = program([0], P=[[-1]], lower=-1, upper=1)
    yield make("min -x^2/2 on [-1, 1], claimed 0", arch, point([0]), NOT_OK, -0.5)
    yield make("min -x^2/2 on [-1, 1], claimed 1", arch, point([1]), NOT_OK | ANY_OK, -0.5)
    yield make("min -x^2/2, free, claimed 0", program([0], P=[[-1]]), point([0]), UNBOUNDED, -INF)
    well = program([0], [[1]], P=[[1]], row_upper=1)
    for y in (1.0, -1.0):
        yield make(f"min x^2/2, row x <= 1, claimed 1, y = {y:g}", well, point([1], row_dual=[y]), NOT_OK, 0)
    for eps in (1e-3, 1e-5, 1e-7, 1e-9, 1e-11, 1e-12, 1e-15):
        P = np.array([[1.0, 1.0], [1.0, 1.0]]) - eps * np.eye(2)
        allowed = UNBOUNDED | ({"WITHIN_TOLERANCE"} if eps < 1e-14 else set())  # the rounding of P itself, by name
        yield make(f"P - {eps:g} I, free", program([-1, -1], P=P), point([0.5, 0.5]), allowed, -INF)
        part = program([-1, -1, 1], P=np.pad(P, (0, 1)), lower=[-INF, -INF, 2])
        yield make(f"P - {eps:g} I beside a bounded column", part, point([0.5, 0.5, 2]), allowed, -INF)
    yield from _random_bent(rng)


def _random_bent(rng: np.random.Generator) -> Iterator[Hostile]:
    """P = F'F - eps I for a flat F, all columns free: unbounded, with a claim that is right for eps = 0."""
    make = maker(True)
    for _ in range(20):
        n = int(rng.integers(2, 6))
        F = rng.normal(size=(int(rng.integers(1, n)), n))
        x = rng.normal(size=n)
        eps = 10.0 ** rng.integers(-11, -2)
        P = F.T @ F - eps * np.eye(n)
        p = program(-F.T @ (F @ x), P=(P + P.T) / 2)
        yield make(f"random P - {eps:g} I", p, point(x), UNBOUNDED, -INF)
        one = p._replace(lower=np.where(np.arange(n) == 0, x - 1, -INF), upper=np.where(np.arange(n) == 0, x + 1, INF))
        if n > F.shape[0] + 1:  # one boxed column still leaves a flat direction
            yield make(f"random P - {eps:g} I, one column boxed", one, point(x), UNBOUNDED, -INF)


def _convex() -> Iterator[Hostile]:
    """P is positive semidefinite and the rest is hostile."""
    make = maker(True)
    ones = [[1, 1], [1, 1]]
    yield make("q outside the range of P", program([-1, 0], P=ones), point([0.5, 0]), UNBOUNDED, -INF)
    yield make("q outside, direction", program([-1, 0], P=ones), point([0, 0], direction=[1, -1]), UNBOUNDED, -INF)
    for c in (1e-3, 1e-6, 1e-9, 1e-12, 1e-15):
        p = program([-1], P=[[c]])
        yield make(f"{c:g} x^2/2 - x, direction 1", p, point([0], direction=[1]), NOT_OK)
    p = program([0], P=[[1]], lower=0)
    for x in (1e-3, 1e-9, 1e-100):
        yield make(f"min x^2/2 >= 0, claimed {x:g}", p, point([x]), NOT_OK, 0)
    square = program([-2, 0], P=[[1, 0], [0, 0]], lower=[-INF, 0], upper=[INF, 1], constant=2)
    yield make("|x - 2|^2 / 2, right", square, point([2, 0.5]), ANY_OK, 0)
    yield make("|x - 2|^2 / 2, off by 1e-2", square, point([2.01, 0.5]), NOT_OK, 0)
    for constant in (1e6, 1e12, 1e20):
        p = program([-1], P=[[1]], constant=constant)
        yield make(f"constant {constant:g} hides 1/8", p, point([1.5]), NOT_OK)
    yield make("x'Px overflows", program([-1], P=[[1]]), point([1e200]), NOT_OK, -0.5)
