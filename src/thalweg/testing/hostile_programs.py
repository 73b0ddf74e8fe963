"""Programs and claims made to deceive a judge: each has brought down a judge or a solver before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from thalweg.result import Array, Claim
from thalweg.testing.kinds import ANY_OK, NOT_OK, Hostile, Number
from thalweg.testing.rewriting import Written

INF = np.inf
_Make = Callable[..., Hostile]
UNBOUNDED, INFEASIBLE = NOT_OK | {"UNBOUNDED"}, NOT_OK | {"INFEASIBLE"}


def program(q: Any, A: Any = None, **limits: Any) -> Written:
    """Write a program briefly: P=..., row_lower=..., row_upper=..., lower=..., upper=..., constant=..."""
    q = np.array(q, dtype=float)
    A = np.zeros((0, q.size)) if A is None else np.array(A, dtype=float)

    def full(name: str, default: float, size: int) -> Array:
        return np.broadcast_to(np.array(limits.get(name, default), dtype=float), (size,)).copy()

    return Written(
        P=np.array(limits.get("P", np.zeros((q.size, q.size))), dtype=float),
        q=q,
        A=A,
        row_lower=full("row_lower", -INF, A.shape[0]),
        row_upper=full("row_upper", INF, A.shape[0]),
        lower=full("lower", -INF, q.size),
        upper=full("upper", INF, q.size),
        constant=float(limits.get("constant", 0.0)),
    )


def point(x: Any, **hints: Any) -> Claim:
    """Claim a point, with hints."""
    return Claim({"x": np.array(x, dtype=float)}, {k: np.array(v, dtype=float) for k, v in hints.items()})


def ray(name: str, values: Any) -> Claim:
    """Claim nothing but a ray or direction."""
    return Claim({}, {name: np.array(values, dtype=float)})


def linear(rng: np.random.Generator) -> list[Hostile]:
    """Hostile linear programs, fixed and random."""
    return list(flat(rng, False))


def maker(is_quadratic: bool) -> _Make:
    """Return the function that puts hostile programs of one kind together."""

    def make(name: str, p: Written, claim: Claim, allowed: frozenset[str], best: Number | None = None) -> Hostile:
        return Hostile(name, p.problem(is_quadratic), claim, allowed, best)

    return make


def flat(rng: np.random.Generator, is_quadratic: bool) -> Iterator[Hostile]:
    """Programs without a quadratic part, as linear ones or with P = 0."""
    make = maker(is_quadratic)
    for family in (_wrong_signs, _near_infeasible, _near_unbounded, _hidden, _no_scale, _contradictions, _refused):
        yield from family(make)
    for _ in range(25):
        yield from _random_infeasible(make, rng)
        yield from _random_unbounded(make, rng)


def _wrong_signs(make: _Make) -> Iterator[Hostile]:
    """A multiplier of the wrong sign makes stationarity hold; the problem is unbounded."""
    row = program([1], [[1]], row_upper=1)
    for y in (1.0, -1.0):
        yield make(f"min x, row x <= 1, claimed 1 with y = {y:g}", row, point([1], row_dual=[y]), UNBOUNDED, -INF)
    yield make("min x, x <= 5, claimed 0", program([1], upper=5), point([0]), UNBOUNDED, -INF)
    yield make("min x, x <= 5, claimed 5", program([1], upper=5), point([5], row_dual=[]), UNBOUNDED, -INF)
    yield make("min x, free, claimed 0", program([1]), point([0]), UNBOUNDED, -INF)
    pair = program([1, -1], [[1, -1]], row_upper=0, lower=[0, -INF])
    yield make("wrong sign on a row of two", pair, point([0, 0], row_dual=[1]), UNBOUNDED, -INF)


def _near_infeasible(make: _Make) -> Iterator[Hostile]:
    """Feasible far out; the old ray proves nothing, however small what it leaves."""
    for c in (1e-3, 1e-6, 1e-8, 1e-10, 1e-12, 1e-14):
        for lower in (-INF, 0.0):
            p = program([1, 1], [[c, 0], [1, 1]], row_lower=1, lower=lower)
            for y in ([1, 0], [0, 1], [1, 1], [1, c], [1e30, 1]):
                claim = ray("ray", y)
                yield make(f"{c:g} x >= 1, x + y >= 1, lower {lower:g}, ray {y}", p, claim, NOT_OK, None)
        # x1 - x2 >= 1 and x1 - (1 + c) x2 <= 0 meet at x2 = 1/c; y = (1, -1) cancels all but c
        p = program([0, 1], [[1, -1], [1, -(1 + c)]], row_lower=[1, -INF], row_upper=[INF, 0], lower=0)
        yield make(f"rows that meet at 1/{c:g}", p, ray("ray", [1, -1]), NOT_OK)
        yield make(f"rows that meet at 1/{c:g}, at 0", p, point([0, 0], ray=[1, -1]), NOT_OK)
    p = program([1], [[1], [1]], row_lower=[1, -INF], row_upper=[INF, 1])
    yield make("rows that touch", p, ray("ray", [1, -1]), NOT_OK, 1)
    yield make("rows that touch, huge ray", p, ray("ray", [1e300, -1e300]), NOT_OK, 1)


def _near_unbounded(make: _Make) -> Iterator[Hostile]:
    """Bounded far out; the old direction proves nothing."""
    for c in (1e-3, 1e-6, 1e-8, 1e-10, 1e-12, 1e-14):
        p = program([-1], [[c]], row_upper=1, lower=0)
        yield make(f"max x, {c:g} x <= 1", p, point([0], direction=[1]), NOT_OK)
        # x1 <= 1 + x2 and x2 <= (1 - c) x1 meet at x1 = 1/c; d = (1, 1) violates only c
        p = program([-1, 0], [[1, -1], [-(1 - c), 1]], row_upper=[1, 0], lower=0)
        yield make(f"a cone that closes at 1/{c:g}", p, point([0, 0], direction=[1, 1]), NOT_OK)
    for c in (1e-3, 1e-6):  # a real slope into an infinite side: no assumption may pay for it
        p = program([1, -c], [[1, 0]], row_lower=1)
        yield make(f"slope {c:g} to infinity", p, point([1, 0], row_dual=[1]), UNBOUNDED, -INF)
        p = program([1, -c], [[1, 0]], row_lower=1, lower=0)
        yield make(f"slope {c:g} to infinity, x >= 0", p, point([1, 0], row_dual=[1]), UNBOUNDED, -INF)
    for c in (1e-3, 1e-6, 1e-8, 1e-10, 1e-11, 1e-13, 1e-15):  # what cancellation leaves may be paid for, by name
        p = program([1, 1 - c], [[1, 1]], row_lower=1, row_upper=1, lower=[-INF, 0])
        allowed = UNBOUNDED | ({"WITHIN_TOLERANCE"} if c < 1e-12 else set())
        yield make(f"slope {c:g} along an equality", p, point([1, 0], row_dual=[1]), allowed, -INF)


def _hidden(make: _Make) -> Iterator[Hostile]:
    """Something huge hides what is wrong."""
    p = program([1, 0], [[1, 0]], row_lower=1)
    for huge in (1e9, 1e15, 1e30, 1e200):
        yield make(f"violation of 1 beside an idle x = {huge:g}", p, point([0, huge], row_dual=[1]), NOT_OK, 1)
    # a row ties the idle column to the others
    tied = program([1, 0], [[1, 0], [1, 1]], row_lower=[1, -5])
    boxed = program([1, 0], [[1, 1]], row_lower=-5, lower=[1, -INF])
    rows = [[1, 0, 0], [1, 0, 0], [1, 1, 1]]
    empty = program([0, 1, 0], rows, row_lower=[1, -INF, -5], row_upper=[INF, 0, INF], lower=[-INF, 0, -INF])
    for huge in (1e6, 1e9, 1e12, 1e30):
        yield make(f"tied row violated by 1 beside {huge:g}", tied, point([0, huge], row_dual=[1, 0]), NOT_OK, 1)
        yield make(f"box violated by 1 beside {huge:g}", boxed, point([0, huge], row_dual=[0]), NOT_OK, 1)
        yield make(f"box violated by 1e-3 beside {huge:g}", boxed, point([1 - 1e-3, huge]), NOT_OK, 1)
        yield make(f"empty beside {huge:g}", empty, point([0, 0, huge], row_dual=[0, 0, 0]), NOT_OK, INF)
    for constant in (1e6, 1e12, 1e20, -1e20, 1e300):
        p = program([1], lower=1, upper=1e4, constant=constant)
        yield make(f"constant {constant:g} hides a gap of 100 %", p, point([2]), NOT_OK)
    p = program([1, 1], [[1, 0], [1, 0], [0, 1]], row_lower=[1, -INF, 1], row_upper=[INF, 1 + 2**-20, INF])
    for y in ([1e30, -1e30, 1], [1 + 2.0**60, -(2.0**60), 1], [1e16, 1 - 1e16, 1], [1e300, -1e300, 1e300]):
        yield make(f"duals {y} that cancel", p, point([1, 2], row_dual=y), NOT_OK, 2)
    p = program([1, 1], lower=[1, 0])
    yield make("objective overflows", p, point([1e308, 1e308]), NOT_OK, 1)


def _no_scale(make: _Make) -> Iterator[Hostile]:
    """Optima of 0, 1e-8 and 1e-12: nothing absolute may decide."""
    p = program([1], lower=0)
    for x in (1e-3, 1e-9, 1e-30, 1e-300):
        yield make(f"min x >= 0, claimed {x:g}", p, point([x]), NOT_OK, 0)
    yield make("min x >= 0, claimed -1e-12", p, point([-1e-12]), NOT_OK, 0)
    tiny = program([-1e-8, -2e-8], [[1, 1]], row_upper=1, lower=0)
    wrong = [0.023623783495, 0.976316991033], [0.04344802248, 0.953326001742], [1.3e-11, 3.999973e-06], [0.01, 0.02]
    for x in wrong:
        for y in (-2e-8, -1e-8, 0.0):
            yield make(f"objective 1e-8, claimed {x}, y = {y:g}", tiny, point(x, row_dual=[y]), NOT_OK)
    for s in (1e-12, 1e-100, 1e100):
        p = program([s, 2 * s], [[1, 1]], row_lower=1, lower=0)
        claim = point([1 - 1e-4, 1e-4], row_dual=[s])
        yield make(f"1e-4 off at objective {s:g}", p, claim, NOT_OK)
        yield make(f"right at objective {s:g}", p, point([1, 0], row_dual=[s]), ANY_OK)


def _contradictions(make: _Make) -> Iterator[Hostile]:
    """Empty problems: never ok, never unbounded, infeasible only by their own ray."""
    p = program([1, 1], [[1, 1], [1, 1]], row_lower=[2, -INF], row_upper=[INF, 1], lower=0)
    yield make("x + y >= 2 and <= 1, ray", p, ray("ray", [1, -1]), frozenset({"INFEASIBLE"}), INF)
    yield make("x + y >= 2 and <= 1, wrong ray", p, ray("ray", [1, 1]), INFEASIBLE, INF)
    yield make("x + y >= 2 and <= 1, turned ray", p, ray("ray", [-1, 1]), INFEASIBLE, INF)
    for x in ([2, 0], [1, 0], [1.5, 0]):
        yield make(f"x + y >= 2 and <= 1, point {x}", p, point(x, row_dual=[1, 0]), NOT_OK, INF)
    p = program([0, 0], [[1, 1]], row_lower=3, lower=0, upper=1)
    yield make("row against the box", p, ray("ray", [1]), frozenset({"INFEASIBLE"}), INF)
    p = program([-1, 0], [[0, 1], [0, 1]], row_lower=[2, -INF], row_upper=[INF, 1], lower=0)
    yield make("empty, with a direction", p, point([0, 1.5], direction=[1, 0]), NOT_OK, INF)
    yield make("empty, a direction alone", p, ray("direction", [1, 0]), NOT_OK, INF)
    yield make("empty, ray and direction", p, Claim({}, {"ray": [1.0, -1.0], "direction": [1.0, 0.0]}), INFEASIBLE, INF)
    p = program([1], [[0]], row_lower=1)
    yield make("0 x >= 1", p, ray("ray", [1]), frozenset({"INFEASIBLE"}), INF)
    yield make("0 x >= 1, claimed 0", p, point([0], row_dual=[0]), NOT_OK, INF)
    p = program([1], [[1], [1]], row_lower=[1, -INF], row_upper=[INF, 1 - 1e-6])
    yield make("almost empty, ray", p, ray("ray", [1, -1]), frozenset({"INFEASIBLE"}), INF)
    yield make("almost empty, point", p, point([1 - 5e-7], row_dual=[1, 0]), NOT_OK, INF)


def _refused(make: _Make) -> Iterator[Hostile]:
    """NaN, infinity and wrong shapes are refused, whatever else is right."""
    p = program([1, 2], [[1, 1]], row_lower=1, lower=0)
    good: Mapping[str, Any] = {"x": np.array([1.0, 0.0])}
    only = frozenset({"REFUTED"})
    yield make("the honest claim", p, Claim(good, {"row_dual": np.array([1.0])}), ANY_OK, 1)
    for bad in (np.nan, INF, -INF):
        yield make(f"{bad} in x", p, point([1, bad], row_dual=[1]), only)
        yield make(f"{bad} in the duals", p, Claim(good, {"row_dual": np.array([bad])}), only)
        yield make(f"{bad} in the ray", p, ray("ray", [bad]), only)
    for x in ([1], [1, 0, 0], [[1, 0], [0, 1]], []):
        yield make(f"x = {x}", p, point(x, row_dual=[1]), only)
    for y in ([1, 0], []):
        yield make(f"duals {y}", p, Claim(good, {"row_dual": np.array(y, dtype=float)}), only)
    yield make("text for x", p, Claim({"x": np.array(["a", "b"])}), only)
    yield make("nothing", p, Claim(), frozenset({"UNPROVEN"}))
    yield make("another answer's name", p, Claim({"coef": np.array([1.0, 0.0])}), NOT_OK)


def _random_infeasible(make: _Make, rng: np.random.Generator) -> Iterator[Hostile]:
    """An empty program with its exact ray, and neighbours relaxed until they hold a point, with the old ray."""
    n, m = int(rng.integers(1, 5)), int(rng.integers(1, 6))
    A, y = rng.integers(-3, 4, (m, n)).astype(float), rng.integers(-3, 4, m).astype(float)
    y[0] = 2.0 ** rng.integers(-2, 3)
    g = A.T @ y
    low, high = rng.integers(-5, 1, n).astype(float), rng.integers(0, 6, n).astype(float)
    x = np.where(g > 0, high, low)  # largest y'A x over the box
    lower = np.where((g >= 0) & (rng.random(n) < 0.7), -INF, low)
    upper = np.where((g <= 0) & (rng.random(n) < 0.7), INF, high)
    q = rng.integers(-2, 3, n)
    for shift in (0.125, 2.0**-44, 0.0, -(2.0**-44), -0.125):
        limit = A @ x + np.where(np.arange(m) == 0, shift / y[0], 0.0)
        rows = {"row_lower": np.where(y > 0, limit, -INF), "row_upper": np.where(y < 0, limit, INF)}
        p = program(q, A, lower=lower, upper=upper, **rows)
        certain = frozenset({"INFEASIBLE"}) if shift > 0.1 else INFEASIBLE
        yield make(f"random, beyond the box by {shift:g}", p, ray("ray", y), certain if shift > 0 else NOT_OK)
        noisy = ray("ray", y * (1 + 1e-9 * rng.normal(size=m)))
        yield make(f"random, noisy ray, by {shift:g}", p, noisy, INFEASIBLE if shift > 0 else NOT_OK)
        if shift > 0.1:
            yield make("random and empty, claimed anyway", p, point(x, row_dual=y), NOT_OK, INF)


def _random_unbounded(make: _Make, rng: np.random.Generator) -> Iterator[Hostile]:
    """A program that falls for ever along d, claimed with and without its direction."""
    n, m = int(rng.integers(1, 5)), int(rng.integers(0, 5))
    A, x, d = rng.integers(-3, 4, (m, n)), rng.integers(-3, 4, n), rng.integers(-3, 4, n)
    d[0] = rng.choice([-2, -1, 1, 2])
    q = rng.integers(-3, 4, n)
    q[0] -= int(np.sign(d[0])) * (abs(int(q @ d)) + 1)  # so that q'd < 0
    gap = rng.integers(0, 3, m + n)
    along = np.concatenate([A @ d, d])
    here = np.concatenate([A @ x, x])
    open_low, open_high = (along < 0) | (rng.random(m + n) < 0.3), (along > 0) | (rng.random(m + n) < 0.3)
    low, high = np.where(open_low, -INF, here - gap), np.where(open_high, INF, here + gap)
    p = program(q, A, row_lower=low[:m], row_upper=high[:m], lower=low[m:], upper=high[m:])
    yield make("random and unbounded, direction", p, point(x, direction=d), frozenset({"UNBOUNDED"}), -INF)
    yield make("random and unbounded, point", p, point(x, row_dual=rng.integers(-2, 3, m)), UNBOUNDED, -INF)
    yield make("random and unbounded, turned direction", p, point(x, direction=-d), NOT_OK, -INF)
