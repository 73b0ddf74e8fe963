"""Laws of what a loss promises beside its formula: domains, estimates far out, sizes, and quiet at the extremes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from thalweg.result import Array
from thalweg.testing.terms.losses import lower_bend
from thalweg.testing.terms.points import ETAS, UNIT, at

WORDS = ("name", "formula", "max_curvature", "concordance", "strict", "kinked", "quadratic")
METHODS = (
    *("check", "value", "slope", "curvature", "shortfall", "clip", "growth", "moved"),
    *("slope_size", "predictor_size", "recession", "coercivity"),
)
EXTREMES = np.array(
    [s * size for size in (0.0, 1e-300, 1e-8, 1.0, 50.0, 300.0, 690.0, 708.0, 711.0, 746.0, 1e3, 1e4) for s in (1, -1)]
)
WIDE = np.concatenate([s * np.geomspace(1e-6, 1e6, 97) for s in (1.0, -1.0)])
ABSURD = 1e3  # an upper bound this many times too large is of no use


def complete(loss: Any) -> None:
    """Fail if a word or a method of the protocol is missing."""
    lacking = [name for name in (*WORDS, *METHODS) if not hasattr(loss, name)]
    assert not lacking, f"{type(loss).__name__} lacks {', '.join(lacking)}; see thalweg.terms.losses.Loss."


def _law_clip(loss: Any, y: float, rng: np.random.Generator) -> None:
    """``clip`` keeps what has a conjugate, and moves the rest to the nearest point that has one; slopes are kept."""
    name, label = type(loss).__name__, np.full_like(ETAS, y)
    slopes = loss.slope(ETAS, label)
    for t in (*rng.normal(0, 10, 20), 0.0, 1e-3, -1e-3, 1e3, -1e3, *slopes):
        c = float(loss.clip(np.array([t]), np.array([y]))[0])
        at_c, at_t = (loss.shortfall(np.full_like(ETAS, s), ETAS, label) for s in (c, t))
        assert np.isfinite(at_c).all(), f"{name}.clip({t:g}) at y = {y:g} says {c:g}, outside the domain of f*."
        if c != t:
            assert np.isinf(at_t).all(), f"{name}.clip({t:g}) at y = {y:g} says {c:g}, but t is in the domain of f*."
            near = c + 1e-6 * (t - c)
            there = loss.shortfall(np.full_like(ETAS, near), ETAS, label)
            assert np.isinf(there).all(), f"{name}.clip({t:g}) at y = {y:g} says {c:g}; {near:.9g} is nearer."
        assert c == t or t not in slopes, f"{name}.clip({t!r}) at y = {y:g} says {c!r}, but t is a slope."


def _law_growth(loss: Any, y: float, rng: np.random.Generator) -> None:
    """The lower estimate with (h, M) of each point, for steps small and large; h is no more than f''."""
    eta = np.concatenate([rng.uniform(-8, 8, 400), np.repeat(ETAS, 8)])
    step = rng.choice([-1.0, 1.0], eta.size) * 10 ** rng.uniform(-4, 4, eta.size)
    label, there = np.full_like(eta, y), eta + step
    r = there - eta
    h, M = loss.growth(eta, label)
    f, rise = loss.value(eta, label), loss.slope(eta, label) * r
    second = loss.curvature(eta, label)
    wrong = ~((h >= 0) & (M >= 0) & np.isfinite(M) & (h <= second * (1 + 1e-12)))
    for k in np.flatnonzero(wrong):
        raise AssertionError(
            f"{type(loss).__name__}.growth at eta = {eta[k]:.12g}, y = {y:g}: (h, M) = ({h[k]:g}, {M[k]:g}), "
            f"but f'' is {second[k]:g}; expected 0 <= h <= f'' and 0 <= M < inf."
        )
    bent = h * lower_bend(M, r)
    excess = f + rise + bent - loss.value(there, label) - 4e-14 * (1 + np.abs(rise) + f + bent)
    k = int(np.argmax(excess))
    assert (excess <= 0).all(), (
        f"{type(loss).__name__}.growth: from eta = {eta[k]:.12g} by r = {r[k]:g} (y = {y:g}, h {h[k]:g}, M {M[k]:g}) "
        f"the lower estimate lies {excess[k]:.3g} above the loss."
    )


def _law_moved(loss: Any, y: float, rng: np.random.Generator) -> None:
    """B(t, .) rises by no more than ``moved`` within delta; and ``moved`` is no more than ABSURD times what it can."""
    eta = np.concatenate([rng.uniform(-8, 8, 60), y + rng.uniform(-2, 2, 20)])
    label = np.full_like(eta, y)
    slopes = loss.slope(rng.permutation(eta), label)
    for t in (loss.slope(eta, label), slopes, loss.clip(np.zeros_like(eta), label)):
        before = loss.shortfall(t, eta, label)
        for delta in (0.0, 1e-8, 1e-3, 0.5, 3.0):
            bound = loss.moved(t, eta, label, np.full_like(eta, delta))
            rises = [_rise(loss, (t, eta, label), before, s * delta) for s in (-1.0, -0.4, 0.7, 1.0)]
            for rise, allowed in rises:
                excess = rise - bound - allowed
                k = int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))
                assert excess[k] <= 0, (
                    f"{type(loss).__name__}.moved at t = {t[k]:.6g}, eta = {eta[k]:.6g}, y = {y:g}, delta = {delta:g}: "
                    f"it says {bound[k]:.6g}, but B rises by {rise[k]:.6g}."
                )
            most = max(float(rise.max()) for rise, _ in rises)
            assert delta != 0.5 or bound.max() <= ABSURD * most, (
                f"{type(loss).__name__}.moved at y = {y:g}, delta = {delta:g}: it says up to {bound.max():.3g}, "
                f"but B rises by {most:.3g} at most."
            )


def _rise(loss: Any, place: tuple[Array, Array, Array], before: Array, step: float) -> tuple[Array, Array]:
    """B(t, eta + step) - B(t, eta), and its own rounding."""
    t, eta, label = place
    there = eta + step
    there = np.where(np.abs(there - eta) > abs(step), np.nextafter(there, eta), there)
    after = loss.shortfall(t, there, label)
    slope = loss.slope(eta, label)
    rounding = UNIT * (loss.slope_size(eta, label) + 2 * (np.abs(slope) + np.abs(t)))
    size = np.abs(slope - t) * (np.abs(eta) + 1)
    return after - before, (1e-14 * (after + before + size) + rounding * abs(step)) * (step != 0)


def _law_coercivity(loss: Any, y: float, rng: np.random.Generator) -> None:
    """f >= a |eta| - c, a > 0."""
    found = loss.coercivity(np.array([y]))
    if found is None:
        return
    a, c = (float(part[0]) for part in found)
    name = f"{type(loss).__name__}.coercivity at y = {y:g} says (a, c) = ({a:g}, {c:g})"
    assert 0 < a < np.inf, f"{name}; expected a finite a > 0 (or None)."
    assert np.isfinite(c), f"{name}; expected a finite c."
    eta = np.concatenate([WIDE, y + WIDE, ETAS])
    excess = a * np.abs(eta) - c - loss.value(eta, np.full_like(eta, y)) - 4e-15 * (a * np.abs(eta) + abs(c))
    k = int(np.argmax(excess))
    assert excess[k] <= 0, f"{name}: at eta = {eta[k]:g} that lies {excess[k]:.3g} above the loss."


def _law_recession(loss: Any, y: float, rng: np.random.Generator) -> None:
    """(f(s r) - f(0)) / s rises to ``recession(r)``: towards it if it is finite, without end if it is not."""
    label = np.array([y])
    start = float(loss.value(np.zeros(1), label)[0])
    for r in (0.0, 1.0, -1.0, 2.5, -0.3):
        said = float(loss.recession(np.array([r]), label)[0])
        s = np.array([1e3, 1e5, 1e7, 1e9])
        rates = (loss.value(s * r, np.full_like(s, y)) - start) / s
        where = f"{type(loss).__name__}.recession(r = {r:g}) at y = {y:g} says {said:g}"
        if np.isinf(said):
            grows = np.isinf(rates[-1]) or rates[-1] > 10 * max(rates[-2], 1e-300)
            assert said > 0 and r != 0 and grows, f"{where}, but f(s r) / s is {rates[-1]:.6g} at s = 1e9."
        else:
            right = abs(rates[-1] - said) <= 1e-6 * (1 + abs(said))
            assert right, f"{where}, but f(s r) / s is {rates[-1]:.9g} at s = 1e9."
        fall = loss.value(np.array([4.0, 8.0, 16.0]) * r, np.full(3, y))
        falls = r == 0 or said != 0 or (fall[0] > fall[1] > fall[2])
        assert falls or not loss.strict, (
            f"{where}, and f is flat there: {fall[1]:g} at eta = {8 * r:g}, {fall[2]:g} at {16 * r:g}; strict is True."
        )


def _law_sizes(loss: Any, y: float, rng: np.random.Generator) -> None:
    """Sizes are no negative numbers, and that of the predictor is finite."""
    name, label = type(loss).__name__, np.full_like(ETAS, y)
    size, ordinary = loss.slope_size(ETAS, label), loss.predictor_size(label)
    for k in np.flatnonzero(~(size >= 0) | np.isinf(size)):
        raise AssertionError(f"{at(loss, 'slope_size', y)(k)}: {size[k]:g} is no size.")
    assert ((ordinary >= 0) & np.isfinite(ordinary)).all(), f"{name}.predictor_size at y = {y:g}: {ordinary[0]:g}."


def _law_rounding(loss: Any, y: float, rng: np.random.Generator) -> None:
    """Slopes differ from those in extended precision by ``slope_size`` and their own last digits; near 0 above all.

    Nothing is checked where the machine, or the loss, knows no numbers longer than 64 bits.
    """
    root = _root(loss, y)
    eta = np.concatenate(
        [ETAS, rng.uniform(-40, 40, 40), root + np.linspace(-1e-6, 1e-6, 41), root + rng.normal(size=20)]
    )
    label = np.full_like(eta, y)
    try:
        exact = loss.slope(eta.astype(np.longdouble), label.astype(np.longdouble))
    except TypeError:
        return
    found, size = loss.slope(eta, label), loss.slope_size(eta, label)
    error = np.abs(found - exact)
    excess = error - UNIT * (size + 2 * np.abs(found)) - 1e-307
    k = int(np.argmax(excess))
    assert excess[k] <= 0, (
        f"{type(loss).__name__}.slope_size at eta = {eta[k]:.12g}, y = {y:g} says {size[k]:.3g} units, "
        f"but the slope {found[k]:.6g} is off by {error[k] / UNIT:.3g} units of 2^-53."
    )


def _root(loss: Any, y: float) -> float:
    """Where the slope turns positive; an end of the interval if it does not."""
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        below = loss.slope(np.array([middle]), np.array([y]))[0] < 0
        low, high = (middle, high) if below else (low, middle)
    return high


def _law_quiet(loss: Any, y: float, rng: np.random.Generator) -> None:
    """Far out, values are infinite at worst: never NaN, never a warning; infinity comes with an infinite loss only."""
    label = np.full_like(EXTREMES, y)
    some = loss.clip(rng.normal(0, 3, EXTREMES.size), label)
    calls: dict[str, tuple[Array, ...]] = dict.fromkeys(("value", "slope", "curvature", "growth", "slope_size"), ())
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        for method in calls:
            _quiet(loss, method, y, EXTREMES, label)
        finite = np.where(np.isfinite(loss.slope(EXTREMES, label)), loss.slope(EXTREMES, label), 0.0)
        for t in (
            some,
            finite,
            loss.clip(np.full_like(label, 1e4), label),
            loss.clip(np.full_like(label, -1e4), label),
        ):
            _quiet(loss, "shortfall", y, t, EXTREMES, label)
            for delta in (0.0, 1e-8, 1.0, 1e3):
                _quiet(loss, "moved", y, t, EXTREMES, label, np.full_like(label, delta))
        _quiet(loss, "recession", y, EXTREMES, label)
    lost = np.isinf(loss.shortfall(some, EXTREMES, label)) & np.isfinite(loss.value(EXTREMES, label))
    for k in np.flatnonzero(lost & (np.abs(EXTREMES) <= 700)):
        raise AssertionError(
            f"{type(loss).__name__}.shortfall at t = {some[k]:.6g}, eta = {EXTREMES[k]:g}, y = {y:g} is infinite, "
            "but t has a conjugate and f is finite."
        )


def _quiet(loss: Any, method: str, y: float, *arguments: Array) -> None:
    where = f"{type(loss).__name__}.{method} for |eta| up to {np.abs(EXTREMES).max():g}, y = {y:g}"
    try:
        found = getattr(loss, method)(*arguments)
    except RuntimeWarning as warning:
        raise AssertionError(f"{where}: it warns ({warning}).") from None
    for part in found if isinstance(found, tuple) else (found,):
        for k in np.flatnonzero(np.isnan(part)):
            raise AssertionError(f"{where}: NaN at {', '.join(f'{argument[k]:g}' for argument in arguments)}.")


PROMISE_LAWS = (
    *(_law_clip, _law_growth, _law_moved, _law_coercivity, _law_recession),
    *(_law_sizes, _law_rounding, _law_quiet),
)
