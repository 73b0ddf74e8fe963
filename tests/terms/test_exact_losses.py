"""Losses against 50-digit decimals: values, shortfalls and slopes, at ordinary and at extreme places."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest

import thalweg as tw
from thalweg.terms.losses import tweedie

UNIT = 2.0**-53
TENTH = Decimal.from_float(0.1)
ETAS = (-740.0, -600.0, -40.0, -5.0, -0.1, 0.0, 0.2, 3.0, 36.0, 300.0, 705.0)
COUNTS = (0.0, 1e-300, 1e-5, 0.3, 1.0, 12.0, 1e9)
STEPS = (0.0, 1e-12, -1e-7, 1e-3, -0.05, 0.4, -1.0, 3.0, -30.0)  # from eta to the place whose slope t is


@pytest.fixture(autouse=True)
def digits():
    with localcontext() as context:
        context.prec, context.Emin, context.Emax = 60, -(10**9), 10**9
        yield


def _excess(p, q):
    """p log(p/q) - p + q."""
    return (p * (p / q).ln() if p else Decimal(0)) - p + q


class Poisson:
    labels = COUNTS
    loss = tw.Poisson()

    def slope(self, eta, y):
        return eta.exp() - y

    def shortfall(self, t, eta, y):
        return _excess(y + t, eta.exp())

    def touching(self, t, eta, y):
        return (y + t).ln() if y + t else None


class Gamma(Poisson):
    labels = COUNTS[1:]
    loss = tw.Gamma()

    def slope(self, eta, y):
        return 1 - y * (-eta).exp()

    def shortfall(self, t, eta, y):
        return _excess(1 - t, y * (-eta).exp())

    def touching(self, t, eta, y):
        return (y / (1 - t)).ln() if t != 1 else None


class NegativeBinomial(Poisson):
    def __init__(self, alpha):
        self.loss, self.rest = tw.NegativeBinomial(alpha), Decimal(1 / alpha)

    def slope(self, eta, y):
        return (y + self.rest) / (1 + self.rest * (-eta).exp()) - y

    def shortfall(self, t, eta, y):
        k, odds = y + self.rest, eta.exp() / self.rest
        if self.rest - t < 0:
            return None
        return _excess(y + t, k * odds / (1 + odds)) + _excess(self.rest - t, k / (1 + odds))

    def touching(self, t, eta, y):
        return ((y + t) * self.rest / (self.rest - t)).ln() if y + t and self.rest - t else None


class Tweedie(Poisson):
    def __init__(self, power):
        self.loss, self.a, self.b = tw.Tweedie(power), Decimal(power) - 1, 2 - Decimal(power)

    def value(self, eta, y):
        return y * (-self.a * eta).exp() / self.a + (self.b * eta).exp() / self.b

    def slope(self, eta, y):
        return (self.b * eta).exp() - y * (-self.a * eta).exp()

    def shortfall(self, t, eta, y):
        e = self.touching(t, eta, y)
        return self.value(eta, y) - (self.value(e, y) + t * (eta - e) if e is not None else 0)

    def touching(self, t, eta, y):
        if not y:
            return t.ln() / self.b if t else None
        far = t.ln() / self.b if t > 0 else (-t / y).ln() / -self.a if t < 0 else y.ln()
        e = max(far, y.ln()) if t >= 0 else min(far, y.ln())  # from here Newton's steps do not pass the root again
        for _ in range(400):
            step = (self.slope(e, y) - t) / (self.a * y * (-self.a * e).exp() + self.b * (self.b * e).exp())
            e -= max(min(step, Decimal(20)), Decimal(-20))
            if abs(step) < Decimal("1e-50") * (1 + abs(e)):
                return e
        raise AssertionError((t, y))


EXACT = {
    "poisson": Poisson(),
    "gamma": Gamma(),
    **{f"negative binomial {alpha}": NegativeBinomial(alpha) for alpha in (0.05, 1.0, 3.0, 1e-6)},
    **{f"tweedie {power}": Tweedie(power) for power in (1.01, 1.1, 1.5, 1.9, 1.99)},
}


def _call(method, *arguments):
    return float(method(*(np.array([argument]) for argument in arguments))[0])


@pytest.mark.parametrize("name", EXACT)
def test_values(name):
    """To the rounding of the slope times the way to the minimiser, and a few last digits of their own."""
    exact = EXACT[name]
    for y in exact.labels:
        for eta in ETAS:
            _compare(exact, 0.0, eta, y, _call(exact.loss.value, eta, y))


@pytest.mark.parametrize("name", EXACT)
def test_shortfalls(name):
    exact = EXACT[name]
    for y in exact.labels:
        for eta in ETAS:
            for step in STEPS:
                t = _call(exact.loss.slope, eta + step, y)
                if np.isfinite(t):
                    _compare(exact, t, eta, y, _call(exact.loss.shortfall, t, eta, y))


def _compare(exact, t, eta, y, found):
    point = (Decimal(t), Decimal(eta), Decimal(y))
    true = exact.shortfall(*point)
    if true is None or true > Decimal("1e300"):
        return
    touching = exact.touching(*point)
    way = abs(touching - point[1]) if touching is not None else Decimal(0)
    size, h = _call(exact.loss.slope_size, eta, y) + 2 * abs(t), _call(exact.loss.curvature, eta, y)
    size += _call(exact.loss.slope_size, float(touching), y) if touching is not None and abs(touching) < 700 else 0.0
    rounding = Decimal(UNIT * size)
    allowed = Decimal(20 * UNIT * (2 + abs(eta))) * abs(true) + rounding * way + Decimal("1e-300")
    if h > 0 and 10 * UNIT * size <= h:
        allowed += rounding**2 / Decimal(h)
    else:
        allowed += rounding * (20 + abs(point[1]))
    error = abs(Decimal(found) - true)
    assert error <= allowed, f"t = {t!r}, eta = {eta!r}, y = {y!r}: {found!r}, not {true:.20g}; {error / allowed:.3g}"


SLOPES = {
    **{name: (exact.loss, exact.labels, exact.slope) for name, exact in EXACT.items()},
    "squared": (tw.Squared(), (*COUNTS, -3.3), lambda e, y: e - y),
    "huber": (tw.Huber(0.1), (*COUNTS, -3.3), lambda e, y: max(min(e - y, TENTH), -TENTH)),
    "quantile": (
        tw.Quantile(0.1),
        (*COUNTS, -3.3),
        lambda e, y: 1 - TENTH if e > y else -TENTH if e < y else Decimal(0),
    ),
    "logistic": (tw.Logistic(), (0.0, 0.3, 1.0), lambda e, y: 1 / (1 + (-e).exp()) - y),
    "squared hinge": (tw.SquaredHinge(), (0.0, 1.0), lambda e, y: -(2 * y - 1) * max(1 - (2 * y - 1) * e, Decimal(0))),
}


@pytest.mark.parametrize("name", SLOPES)
def test_slopes_are_as_exact_as_slope_size_says(name):
    """Within slope_size and two units of the slope's own last digit."""
    loss, labels, slope = SLOPES[name]
    for y in labels:
        for eta in (*ETAS, 0.1 + 1e-9, 1.0, 1 + 1e-9, np.nextafter(0.3, 1), 2.484906649788, 20.72326583694641):
            true, found = slope(Decimal(float(eta)), Decimal(y)), _call(loss.slope, eta, y)
            allowed = Decimal(UNIT) * (Decimal(_call(loss.slope_size, eta, y)) + 2 * abs(true)) + Decimal("1e-307")
            assert abs(Decimal(found) - true) <= allowed, (eta, y, found, float(true))


@pytest.mark.parametrize("power", [1.001, 1.1, 1.5, 1.9, 1.999])
def test_tweedie_shortfall_is_never_too_small(power):
    """f*(t) >= t e - f(e) for every e: the shortfall is at least what any e of a fine grid says, but for rounding."""
    loss, rng = tw.Tweedie(power), np.random.default_rng(0)
    for y in (0.1, 1.0, 30.0):
        eta, near = rng.uniform(-8, 8, 200), rng.uniform(-8, 8, 200)
        label = np.full_like(eta, y)
        t = loss.slope(near, label) * (1 + rng.choice([0.0, 1e-12, 1e-3], eta.size))
        found = loss.shortfall(t, eta, label)
        for e in (near, near + 1e-9, near - 1e-5):
            least = loss.value(eta, label) - loss.value(e, label) - t * (eta - e)
            size = loss.value(eta, label) + loss.value(e, label) + np.abs(t * (eta - e))
            assert (found >= least - 4e-15 * size).all()


@pytest.mark.parametrize("power", [1.01, 1.5, 1.9])
@pytest.mark.parametrize("miss", [-0.2, 0.05, 0.3])
def test_tweedie_shortfall_of_a_bad_solve_is_too_large_if_anything(power, miss, monkeypatch):
    loss, rng = tw.Tweedie(power), np.random.default_rng(1)
    eta, t = rng.uniform(-5, 5, 100), rng.normal(0, 3, 100)
    label = np.full_like(eta, 2.0)
    true = loss.shortfall(t, eta, label)
    solve = tweedie._touching
    monkeypatch.setattr(tweedie, "_touching", lambda *arguments: solve(*arguments) + miss)
    found = loss.shortfall(t, eta, label)
    assert (found >= true * (1 - 1e-13)).all()
    assert (found > true).mean() > 0.9
    assert np.isfinite(found).all()
