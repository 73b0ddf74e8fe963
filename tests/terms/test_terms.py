"""The terms keep their laws, and the kit that says so catches planted mistakes."""

from __future__ import annotations

from decimal import Decimal, getcontext

import numpy as np
import pytest

import thalweg as tw
from thalweg.terms.grouped import GroupedElasticNet
from thalweg.terms.losses import LOSSES
from thalweg.testing import check_term
from thalweg.testing.terms import penalties
from thalweg.testing.terms.penalties import PENALTY_LAWS

FACTORS = np.array([0.0, 1.0, 0.0, 0.5, 2.0])
SQUARES = np.array([0.0, 0.0, 3.0, 0.25, 1e-3])


ALL = [
    *(kind() for kind in LOSSES.values()),
    *(tw.Huber(0.1), tw.Huber(30.0), tw.Quantile(0.9), tw.Quantile(0.01)),
    *(tw.Tweedie(1.1), tw.Tweedie(1.9), tw.Tweedie(1.001), tw.Tweedie(1.99)),
    *(tw.NegativeBinomial(0.05), tw.NegativeBinomial(3.0), tw.NegativeBinomial(1e-6)),
]


@pytest.mark.parametrize("loss", ALL, ids=repr)
def test_losses(loss):
    check_term(loss)


@pytest.mark.parametrize("seed", range(3))
def test_elastic_net(seed):
    check_term(tw.ElasticNet(FACTORS, SQUARES), seed=seed)


@pytest.mark.parametrize("seed", range(3))
def test_groups(seed):
    rng = np.random.default_rng(seed)
    groups = np.array([0, 1, 1, 0, 2, 1, 3])
    l1, l2 = (rng.choice([0.0, 0.5, 2.0], 4)[groups] for _ in range(2))
    penalty = GroupedElasticNet(l1, l2, groups)
    for law in PENALTY_LAWS:
        if law is not penalties._law_lowest:  # that one is for penalties on single coefficients
            law(penalty, 7, rng)
    b = rng.normal(size=7)
    slope = np.array([(penalty.value(b + h) - penalty.value(b - h)) / 2e-6 for h in 1e-6 * np.eye(7)])
    assert np.allclose(penalty.kink(b) + l2 * b, slope, atol=1e-6)
    bend = [(penalty.kink(b + h) - penalty.kink(b - h)) / 2e-6 for h in 1e-6 * np.eye(7)]
    assert np.allclose(
        penalty.bend(b, np.arange(7))[np.ix_(groups == 1, groups == 1)],
        np.array(bend)[np.ix_(groups == 1, groups == 1)],
        atol=1e-5,
    )


def test_least_values_of_groups():
    rng = np.random.default_rng(1)
    groups, free = np.array([0, 0, 1, 1, 1, 2]), np.full(6, np.inf)
    penalty = GroupedElasticNet(np.ones(6), np.full(6, 0.5), groups)
    for _ in range(50):
        g = rng.normal(0, 2, 6)
        values, b = penalty.lowest(g, -free, free)
        assert values.sum() == pytest.approx(g @ b + penalty.value(b), rel=1e-12)
        for rival in b + rng.normal(size=(50, 6)) * 10.0 ** rng.uniform(-3, 0, (50, 1)):
            assert g @ rival + penalty.value(rival) >= values.sum() - 1e-12


class _Wrong:
    """A term with one method replaced: the rest is forwarded."""

    def __init__(self, term, **changes):
        self._term = term
        for name, value in changes.items():
            setattr(self, name, value)

    def __getattr__(self, name):
        return getattr(self._term, name)


LOGISTIC, SQUARED, POISSON, GAMMA, TWEEDIE = tw.Logistic(), tw.Squared(), tw.Poisson(), tw.Gamma(), tw.Tweedie()
HUBER, QUANTILE, HINGE = tw.Huber(), tw.Quantile(), tw.SquaredHinge()


def _without(*names):
    """A loss that lacks some names."""
    own = {name: getattr(SQUARED, name) for name in dir(SQUARED) if not name.startswith("_") and name not in names}
    return type(
        "Lacking", (), {name: staticmethod(value) if callable(value) else value for name, value in own.items()}
    )()


def _textbook_poisson(t, e, y):
    a = np.maximum(t + y, 0.0)
    with np.errstate(over="ignore", divide="ignore"):
        log_a = np.where(a > 0, np.log(np.where(a > 0, a, 1.0)), 0.0)
        return np.where(t + y >= 0, np.maximum(np.exp(e) + a * log_a - a - a * e, 0.0), np.inf)


def _without_constant(e, y):
    with np.errstate(over="ignore"):
        return np.exp(e) - y * e


def _sigma(e):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-e))


def _nan_far_out(e, y):
    return np.where((np.abs(e) > 705) & (np.abs(e) < 760), np.nan, LOGISTIC.curvature(e, y))


def _hat():
    """A loss that is not convex: its curvature is negative far out."""
    return {
        "value": lambda e, y: np.log1p((e - y) ** 2),
        "slope": lambda e, y: 2 * (e - y) / (1 + (e - y) ** 2),
        "curvature": lambda e, y: np.ones_like(e),
    }


BAD_LOSSES = {
    "slope has the wrong sign": (_Wrong(LOGISTIC, slope=lambda e, y: -LOGISTIC.slope(e, y)), "slope at"),
    "slope is off by 1e-5": (_Wrong(LOGISTIC, slope=lambda e, y: LOGISTIC.slope(e, y) * (1 + 1e-5)), "slope at"),
    "curvature is doubled": (_Wrong(SQUARED, curvature=lambda e, y: np.full_like(e, 2.0)), "curvature at"),
    "infimum is not 0": (_Wrong(SQUARED, value=lambda e, y: SQUARED.value(e, y) + 0.5), "infimum"),
    "infimum is negative": (_Wrong(LOGISTIC, value=lambda e, y: LOGISTIC.value(e, y) - 1e-3), "infimum"),
    "entropy of the label is forgotten": (
        _Wrong(LOGISTIC, value=lambda e, y: np.logaddexp(0, e) - y * e),
        "infimum",
    ),
    "conjugate is off by 1/2": (
        _Wrong(SQUARED, shortfall=lambda t, e, y: SQUARED.shortfall(t, e, y) + 0.5),
        "shortfall",
    ),
    "conjugate is half": (_Wrong(SQUARED, shortfall=lambda t, e, y: 0.5 * SQUARED.shortfall(t, e, y)), "shortfall"),
    "conjugate has no domain": (
        _Wrong(LOGISTIC, shortfall=lambda t, e, y: LOGISTIC.shortfall(np.clip(t, -y, 1 - y), e, y)),
        "domain",
    ),
    "conjugate cancels": (_Wrong(SQUARED, shortfall=lambda t, e, y: SQUARED.shortfall(t, e, y) + 1e-10), "shortfall"),
    "max_curvature is too small": (_Wrong(LOGISTIC, max_curvature=0.2), "outside"),
    "concordance is too small": (_Wrong(LOGISTIC, concordance=0.9), "f'''"),
    "not convex": (_Wrong(SQUARED, **_hat()), "curvature at"),
    "a method is forgotten": (_without("coercivity", "kinked"), "lacks kinked, coercivity"),
    "kink is not owned up to": (_Wrong(QUANTILE, kinked=False), "kink"),
    "slope at the kink is no slope": (
        _Wrong(QUANTILE, slope=lambda e, y: np.where(e == y, 0.7, QUANTILE.slope(e, y))),
        "slope at",
    ),
    "quadratic is claimed": (_Wrong(HUBER, quadratic=True), "quadratic is True"),
    "curvature forgets the jump": (_Wrong(HUBER, curvature=lambda e, y: np.ones_like(e)), "curvature at"),
    "concordance in spite of a jump": (_Wrong(HINGE, concordance=1.0), "concordance|lower estimate"),
    "constant of the deviance is forgotten": (
        _Wrong(POISSON, value=_without_constant),
        "infimum",
    ),
    "conjugate by the textbook cancels": (_Wrong(POISSON, shortfall=_textbook_poisson), "shortfall at t = slope"),
    "conjugate of an inexact solve": (
        _Wrong(TWEEDIE, shortfall=lambda t, e, y: TWEEDIE.shortfall(t, e, y) * (1 - 1e-6)),
        "shortfall",
    ),
    "conjugate is infinite far out": (
        _Wrong(POISSON, shortfall=lambda t, e, y: np.where(e < -600, np.inf, POISSON.shortfall(t, e, y))),
        "t has a conjugate",
    ),
    "clip leaves what has no conjugate": (_Wrong(LOGISTIC, clip=lambda t, y: t), "outside the domain"),
    "clip forgets one side": (_Wrong(QUANTILE, clip=lambda t, y: np.minimum(t, 0.5)), "outside the domain"),
    "clip moves too far": (_Wrong(POISSON, clip=lambda t, y: np.where(t < -y, 0.5, t)), "is nearer"),
    "clip moves what is inside": (
        _Wrong(HUBER, clip=lambda t, y: np.where(np.abs(t) <= 1, 0.9 * t, HUBER.clip(t, y))),
        "in the domain",
    ),
    "growth is above the curvature": (
        _Wrong(POISSON, growth=lambda e, y: (1.1 * POISSON.curvature(e, y), np.ones_like(e))),
        "h <= f''",
    ),
    "growth decays too late": (
        _Wrong(POISSON, growth=lambda e, y: (POISSON.curvature(e, y), np.full_like(e, 0.9))),
        "growth: from",
    ),
    "growth passes the bend": (
        _Wrong(HUBER, growth=lambda e, y: (HUBER.growth(e, y)[0], 0.9 * HUBER.growth(e, y)[1])),
        "growth: from",
    ),
    "growth of the squared loss": (
        _Wrong(HINGE, growth=lambda e, y: (HINGE.curvature(e, y), np.zeros_like(e))),
        "growth: from",
    ),
    "growth is NaN where there is no room": (
        _Wrong(HUBER, growth=lambda e, y: (HUBER.growth(e, y)[0], np.where(np.abs(e - y) > 1.35, np.nan, 1.0))),
        "growth at",
    ),
    "moved forgets the slope": (_Wrong(SQUARED, moved=lambda t, e, y, d: 0.5 * d**2), "moved at"),
    "moved forgets the curvature": (
        _Wrong(SQUARED, moved=lambda t, e, y, d: np.abs(SQUARED.slope(e, y) - t) * d),
        "moved at",
    ),
    "moved takes the curvature of one point": (
        _Wrong(
            POISSON,
            moved=lambda t, e, y, d: np.abs(POISSON.slope(e, y) - t) * d + 0.5 * POISSON.curvature(e, y) * d**2,
        ),
        "moved at",
    ),
    "moved looks to one side of the kink": (
        _Wrong(QUANTILE, moved=lambda t, e, y, d: np.abs(QUANTILE.slope(e, y) - t) * d),
        "moved at",
    ),
    "moved is absurd": (_Wrong(LOGISTIC, moved=lambda t, e, y, d: 1e6 * LOGISTIC.moved(t, e, y, d)), "at most"),
    "coercivity is too steep": (
        _Wrong(HUBER, coercivity=lambda y: (np.full_like(y, 1.4), HUBER.coercivity(y)[1])),
        "coercivity at",
    ),
    "coercivity forgets the label": (
        _Wrong(HUBER, coercivity=lambda y: (HUBER.coercivity(y)[0], np.full_like(y, 1.35**2 / 2))),
        "coercivity at",
    ),
    "coercivity of nothing": (_Wrong(LOGISTIC, coercivity=lambda y: (np.zeros_like(y), np.zeros_like(y))), "a > 0"),
    "coercivity of one side": (_Wrong(POISSON, coercivity=lambda y: (0.5 + 0 * y, 5.0 + 0 * y)), "coercivity at"),
    "recession is finite": (_Wrong(POISSON, recession=lambda r, y: np.abs(r) * (1 + y)), "recession"),
    "recession is infinite": (
        _Wrong(GAMMA, recession=lambda r, y: np.where(r == 0, 0.0, np.inf)),
        "recession",
    ),
    "recession forgets the length": (
        _Wrong(GAMMA, recession=lambda r, y: np.where(r < 0, np.inf, 1.0 * (r > 0))),
        "r = 2.5",
    ),
    "flat part is denied": (_Wrong(HINGE, strict=True), "flat"),
    "slope_size is negative": (_Wrong(SQUARED, slope_size=lambda e, y: -np.ones_like(e)), "slope_size"),
    "slope_size forgets the exponential": (_Wrong(POISSON, slope_size=lambda e, y: np.zeros_like(e)), "slope_size at"),
    "slope cancels for labels at an end": (
        _Wrong(LOGISTIC, slope=lambda e, y: _sigma(e) - y, slope_size=lambda e, y: 8 * _sigma(e) * _sigma(-e)),
        "slope_size at|shortfall at t = slope",
    ),
    "predictor_size is infinite": (
        _Wrong(POISSON, predictor_size=lambda y: np.where(y > 0, 1.0, np.inf)),
        "predictor_size",
    ),
    "slope warns far out": (_Wrong(POISSON, slope=lambda e, y: np.exp(e) - y), "it warns"),
    "curvature is NaN far out": (_Wrong(LOGISTIC, curvature=_nan_far_out), "NaN"),
    "moved is NaN far out": (
        _Wrong(POISSON, moved=lambda t, e, y, d: np.where(np.abs(e) > 720, np.nan, POISSON.moved(t, e, y, d))),
        "NaN",
    ),
}


@pytest.mark.parametrize("mistake", BAD_LOSSES)
def test_planted_mistakes_of_losses_are_caught(mistake):
    term, says = BAD_LOSSES[mistake]
    with pytest.raises(AssertionError, match=says):
        check_term(term)


NET = tw.ElasticNet(FACTORS, SQUARES)


def _lowest_of_another(g, lower, upper):
    return tw.ElasticNet(FACTORS, 2 * SQUARES).lowest(g, lower, upper)


def _lowest_without_infinity(g, lower, upper):
    values, b = NET.lowest(g, lower, upper)
    return np.where(np.isinf(values), 0.0, values), np.where(np.isinf(b), 0.0, b)


BAD_PENALTIES = {
    "prox step is 10 % off": (_Wrong(NET, prox=lambda v, s: NET.prox(v, 1.1 * s)), "prox"),
    "prox forgets the shrinking": (_Wrong(NET, prox=lambda v, s: v / (1 + s * SQUARES)), "prox"),
    "prox expands": (_Wrong(NET, prox=lambda v, s: 1.01 * v), "prox"),
    "half of l2 is forgotten": (_Wrong(NET, value=lambda b: (FACTORS * np.abs(b) + SQUARES * b * b).sum()), "prox"),
    "infimum is not 0": (_Wrong(NET, value=lambda b: NET.value(b) + 1.0), "infimum"),
    "lowest of another penalty": (_Wrong(NET, lowest=_lowest_of_another), "lowest"),
    "lowest is finite on an infinite side": (_Wrong(NET, lowest=_lowest_without_infinity), "lowest"),
    "reach is too short": (_Wrong(NET, reach=lambda level: 0.9 * NET.reach(level)), "reach"),
    "reach of l2 forgets the root": (
        _Wrong(NET, reach=lambda level: np.where(FACTORS + SQUARES > 0, level / (FACTORS + SQUARES + 1e-300), np.inf)),
        "reach",
    ),
}


@pytest.mark.parametrize("mistake", BAD_PENALTIES)
def test_planted_mistakes_of_penalties_are_caught(mistake):
    term, says = BAD_PENALTIES[mistake]
    with pytest.raises(AssertionError, match=says):
        check_term(term)


def test_something_that_is_no_term_is_refused():
    with pytest.raises(AssertionError, match="neither a loss"):
        check_term(object())


def test_tangent_term_is_exact_far_out():
    """Logistic at eta = 765, where sigma underflows: 3e-14 of accuracy, not NaN (raw news20 counts reach it)."""
    eta, y = np.array([765.0, -765.0, 40.0, -40.0]), np.array([1.0, 0.0, 1.0, 0.0])
    shortfall = LOGISTIC.shortfall(LOGISTIC.slope(eta, y), eta, y)
    assert (shortfall >= 0).all()
    assert (shortfall <= 1e-15 * LOGISTIC.value(eta, y) + 5e-324).all()


def test_relative_entropy_against_exact_logarithms():
    """B = KL(p || sigma(eta)) from p far below to far above, against 50-digit decimals."""
    getcontext().prec = 50
    loss, one = tw.Logistic(), np.array([1.0])
    for exponent in (-300, -60, -17, -16, -8, -3, -1):
        for eta in (-40.0, -5.0, -0.1, 0.0, 0.2, 3.0, 36.0):
            for y in (0.0, 1.0):
                t = (10.0**exponent) * (1 if y == 0 else -1)
                p = Decimal(t) if y == 0 else 1 + Decimal(t)
                q = 1 / (1 + (-Decimal(eta)).exp())
                true = p * (p / q).ln() + ((1 - p) * ((1 - p) / (1 - q)).ln() if p < 1 else 0)
                found = Decimal(float(loss.shortfall(t * one, eta * one, y * one)[0]))
                assert abs(found - true) <= Decimal("1e-12") * abs(true) + Decimal("1e-30"), (exponent, eta, y)


def test_unnamed_columns_and_rows_have_one_name_and_two_spellings():
    program = tw.LinearProgram([1.0, 2.0], [[1, 1]], row_lower={"row[0]": 1}, lower={"x[1]": 3, "x0": -1})
    assert program.lower.tolist() == [-1, 3]
    assert program.row_lower.tolist() == [1]
    fit = tw.Fit([[0.0, 1.0], [1.0, 0.0]], [1.0, 2.0], l1={"x[1]": 2.0})
    assert fit.l1.tolist() == [0, 2]
    assert tw.certify(program, x={"x[0]": -1, "x1": 3}, duals={"row0": 1}).violations["rows"].amount == 0
    missed = tw.certify(program, x=[-1, 0])
    assert missed.violations["rows"].where == "row0"
    assert missed.violations["bounds"].where == "x1"
    with pytest.raises(tw.InputError, match=r'unknown name "x\[2\]" in lower. .*Known: x0, x1'):
        tw.LinearProgram([1.0, 2.0], lower={"x[2]": 0})
    with pytest.raises(tw.InputError, match="unknown name"):  # position 1 is called x2: which one is meant?
        tw.LinearProgram([1.0, 2.0], lower={"x[1]": 0}, names=["x1", "x2"])
