"""Laws of losses: value, slope, curvature and conjugate are those of one convex function with infimum 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.result import Array
from thalweg.testing.search import lowest_on_line
from thalweg.testing.terms.points import EDGE, ETAS, UNIT, accepts, agree, at, differences


def _law_slope(loss: Any, y: float, rng: np.random.Generator) -> None:
    """f' by differences; at a kink, which the loss must own up to, between the one-sided ones."""
    truth = differences(lambda e: loss.value(e, np.full_like(e, y)))
    found = loss.slope(ETAS, np.full_like(ETAS, y))
    agree(found, (truth.low, truth.high), truth.allowed, at(loss, "slope", y), "the central difference")
    for k in np.flatnonzero(truth.rough & (not loss.kinked)):
        raise AssertionError(f"{at(loss, 'value', y)(k)} has a kink, but kinked is False.")


def _law_curvature(loss: Any, y: float, rng: np.random.Generator) -> None:
    """f'' by differences of the slope; where f'' jumps, between its two values; at a kink, any number in range."""
    kinks = differences(lambda e: loss.value(e, np.full_like(e, y))).rough
    truth = differences(lambda e: loss.slope(e, np.full_like(e, y)))
    found = loss.curvature(ETAS, np.full_like(ETAS, y))
    allowed = np.where(kinks, np.inf, truth.allowed)
    where = at(loss, "curvature", y)
    agree(found, (truth.low, truth.high), allowed, where, "the central difference of the slope")
    for k in np.flatnonzero(~((found >= 0) & (found <= loss.max_curvature * (1 + 1e-12)))):
        raise AssertionError(f"{where(k)}: {found[k]:g} is outside [0, {loss.max_curvature:g}].")
    for k in np.flatnonzero((found != 1) & loss.quadratic):
        raise AssertionError(f"{where(k)}: {found[k]:g} is not 1, but quadratic is True.")


def _law_convex(loss: Any, y: float, rng: np.random.Generator) -> None:
    a, b = rng.normal(0, 6, 400), rng.normal(0, 6, 400)
    f = [loss.value(e, np.full_like(e, y)) for e in (a, b, 0.5 * (a + b))]
    excess = f[2] - 0.5 * (f[0] + f[1]) - 1e-14 * (1 + f[0] + f[1])
    k = int(np.argmax(excess))
    assert (excess <= 0).all(), (
        f"{type(loss).__name__}.value is not convex at y = {y:g}: between eta = {a[k]:g} and {b[k]:g} "
        f"the middle lies {excess[k]:.3g} above the chord."
    )


def _law_infimum(loss: Any, y: float, rng: np.random.Generator) -> None:
    """f >= 0 everywhere, and its infimum over eta is 0."""
    values = loss.value(ETAS, np.full_like(ETAS, y))
    k = int(np.argmin(values))
    assert values[k] >= -1e-15, f"{at(loss, 'value', y)(k)}: {values[k]:g} is negative; the infimum must be 0."
    eta, least = lowest_on_line(lambda e: loss.value(e, np.full_like(e, y)), -EDGE, EDGE)
    assert abs(least) <= 1e-12, (
        f"{type(loss).__name__}.value at y = {y:g} has infimum {least:.6g} (near eta = {eta:.6g}), not 0."
    )


def _law_shortfall(loss: Any, y: float, rng: np.random.Generator) -> None:
    """B(t, eta) = f + f* - t eta with f* searched by brute force; infinite exactly where f* is."""
    slopes = loss.slope(ETAS, np.full_like(ETAS, y))
    spread = np.concatenate([rng.choice(slopes, 6), rng.uniform(-2, 2, 10), [-y, 1 - y]])
    for t in spread:
        conjugate = _conjugate(loss, float(t), y)
        found = loss.shortfall(np.full_like(ETAS, t), ETAS, np.full_like(ETAS, y))
        where = at(loss, f"shortfall at t = {t:.6g},", y)
        if np.isinf(conjugate):
            k = int(np.argmin(found))
            assert np.isposinf(found).all(), f"{where(k)}: {found[k]:g}, but t is outside the domain of f*."
            continue
        truth = loss.value(ETAS, np.full_like(ETAS, y)) + conjugate - t * ETAS
        allowed = 1e-9 * (1 + abs(conjugate) + np.abs(t * ETAS) + np.abs(truth))
        agree(found, (truth, truth), allowed, where, "a search for the conjugate")
        k = int(np.argmin(found))
        assert found[k] >= 0, f"{where(k)}: {found[k]:g} is negative."


def _law_tangent(loss: Any, y: float, rng: np.random.Generator) -> None:
    """B vanishes at t = f'(eta) to the rounding of t, squared: no cancellation is allowed.

    With d that rounding, B is d^2 / (2 f'') where d is small beside f''; where t has lost the digits that tell eta,
    it is at most d times the way to the eta that t stands for.
    """
    label = np.full_like(ETAS, y)
    t, h = loss.slope(ETAS, label), loss.curvature(ETAS, label)
    found = loss.shortfall(t, ETAS, label)
    rounding = UNIT * (loss.slope_size(ETAS, label) + 2 * np.abs(t))
    small = (h > 0) & (10 * rounding <= h)
    sharp = np.where(small, 2 * rounding**2 / np.where(small, h, 1.0), rounding * (20 + np.abs(ETAS)))
    allowed = np.minimum(1e-15 * (np.abs(t) + t**2), sharp) + 1e-300
    zero = np.zeros_like(found)
    agree(found, (zero, zero), allowed, at(loss, "shortfall at t = slope,", y), "Fenchel-Young")


def _conjugate(loss: Any, t: float, y: float) -> float:
    """sup over s of t s - f(s): infinite if it still grows between EDGE and 2 EDGE."""

    def negative(s: Array) -> Array:
        return loss.value(s, np.full_like(s, y)) - t * s

    near, far = (-lowest_on_line(negative, -edge, edge)[1] for edge in (EDGE, 2 * EDGE))
    return np.inf if far - near > 1e-6 * (1 + abs(near)) else near


def _law_concordance(loss: Any, y: float, rng: np.random.Generator) -> None:
    """|f'''| <= M f'' by differences, and the lower estimate that follows from it; nothing for infinite M."""
    if not np.isfinite(loss.concordance):
        return
    third = differences(lambda e: loss.curvature(e, np.full_like(e, y)))
    second = loss.curvature(ETAS, np.full_like(ETAS, y))
    size = np.minimum(np.abs(third.low), np.abs(third.high))
    excess = size - loss.concordance * second - third.allowed
    k = int(np.argmax(excess))
    assert (excess <= 0).all(), (
        f"{at(loss, 'concordance', y)(k)}: |f'''| is {size[k]:.6g}, above {loss.concordance:g} f'' by {excess[k]:.3g}."
    )
    eta, r = rng.uniform(-8, 8, 300), rng.normal(0, 4, 300)
    label, there = np.full_like(eta, y), eta + r
    f, rise = loss.value(eta, label), loss.slope(eta, label) * r
    lower = f + rise + loss.curvature(eta, label) * lower_bend(np.full_like(r, loss.concordance), r)
    excess = lower - loss.value(there, label) - 1e-13 * (1 + np.abs(rise) + f)
    k = int(np.argmax(excess))
    assert (excess <= 0).all(), (
        f"{type(loss).__name__}: the lower estimate from eta = {eta[k]:g} by r = {r[k]:g} (y = {y:g}, "
        f"concordance {loss.concordance:g}) lies {excess[k]:.3g} above the loss."
    )


def lower_bend(M: Array, r: Array) -> Array:
    """(exp(-M|r|) + M|r| - 1) / M^2, which is r^2 / 2 for M = 0."""
    m = M * np.abs(r)
    divisor = np.where(M > 0, M, 1.0)
    return np.where(M > 0, (np.expm1(-m) + m) / divisor / divisor, 0.5 * r * r)


def _law_dual_form(loss: Any, y: float, rng: np.random.Generator) -> None:
    """What a loss says of the form of its conjugate agrees with its shortfall, inside the domain and outside."""
    if not hasattr(loss, "dual_form"):
        return
    label = np.full_like(ETAS, y)
    (low, *_), (high, *_), (linear, *_), q = loss.dual_form(label)
    for t in np.concatenate([np.linspace(-2.7, 2.9, 13), [low, high]]):
        if np.isfinite(t):
            form = 0.5 * q * t * t + linear * t if low <= t <= high else np.inf
            truth = loss.value(ETAS, label) + form - t * ETAS
            found = loss.shortfall(np.full_like(ETAS, t), ETAS, label)
            allowed = 1e-13 * (1 + np.abs(t * ETAS) + t * t + loss.value(ETAS, label))
            same = np.isinf(truth) & np.isinf(found)
            where = at(loss, f"dual_form at t = {t:.6g},", y)
            agree(np.where(same, 0.0, found), (np.where(same, 0.0, truth),) * 2, allowed, where, "by the form")


def law_mean(loss: Any, y: float) -> None:
    """No label costs less than the one that is predicted, where that is a label at all."""
    eta = np.linspace(-6.0, 6.0, 25)
    predicted = np.asarray(loss.mean(eta), dtype=float)
    label = np.array([one if accepts(loss, one, y) else np.nan for one in predicted.tolist()])
    for k in np.flatnonzero(np.isfinite(label)):
        cost, other = (float(loss.value(eta[k : k + 1], np.array([one]))[0]) for one in (label[k], y))
        assert cost <= other + 1e-12 * (1 + abs(label[k])), (
            f"{type(loss).__name__}.mean at eta = {eta[k]:g}: it says {label[k]:.6g}, which costs {cost:.3g} there; "
            f"the label {y:g} costs {other:.3g}."
        )


VALUE_LAWS = (
    _law_slope,
    _law_curvature,
    _law_convex,
    _law_infimum,
    _law_tangent,
    _law_shortfall,
    _law_concordance,
    _law_dual_form,
)
