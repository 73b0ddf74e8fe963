"""Regressions beside the linear one: the coefficients of scikit-learn's defaults, offsets, scores, and proofs."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn import linear_model
from sklearn.base import clone

import thalweg as tw

rng = np.random.default_rng(11)
X = rng.normal(size=(150, 4)) * [1.0, 0.3, 2.0, 1.0]
SCORE = X @ [0.5, -1.0, 0.2, 0.0] + 0.3
COUNTS = rng.poisson(np.exp(SCORE)).astype(float)
AMOUNTS = rng.gamma(2.0, np.exp(SCORE) / 2)
MIXED = np.where(rng.random(150) < 0.3, 0.0, AMOUNTS)
NUMBERS = SCORE + rng.standard_t(2, size=150)
WEIGHTS = rng.integers(0, 4, 150).astype(float)
OFFSET = rng.uniform(-1.0, 1.0, 150)

SIGHT = [
    (tw.PoissonRegression, linear_model.PoissonRegressor, COUNTS),
    (tw.GammaRegression, linear_model.GammaRegressor, AMOUNTS),
    (tw.QuantileRegression, linear_model.QuantileRegressor, NUMBERS),
]
KINDS = [
    (tw.LinearRegression(), NUMBERS),
    (tw.PoissonRegression(), COUNTS),
    (tw.NegativeBinomialRegression(), COUNTS),
    (tw.GammaRegression(), AMOUNTS),
    (tw.TweedieRegression(), MIXED),
    (tw.HuberRegression(), NUMBERS),
    (tw.QuantileRegression(), NUMBERS),
    (tw.GeneralizedLinearModel(loss="squared-hinge", alpha=0.1), (NUMBERS > 0.3).astype(float)),
    (tw.GeneralizedLinearModel(loss=tw.Logistic(), alpha=0.1), (NUMBERS > 0.3).astype(float)),
]
every_kind = pytest.mark.parametrize(("model", "y"), KINDS, ids=lambda value: type(value).__name__)


@pytest.mark.parametrize(("mine", "theirs", "y"), SIGHT, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weighted"])
def test_defaults_are_those_of_scikit_learn(mine, theirs, y, weights):
    model = mine(tol=1e-10).fit(X, y, sample_weight=weights)
    exact = {} if theirs is linear_model.QuantileRegressor else {"tol": 1e-12, "solver": "newton-cholesky"}
    other = theirs(**exact).fit(X, y, sample_weight=weights)
    assert model.certificate_.verdict is tw.Verdict.PROVED
    assert_allclose(model.coef_, other.coef_, rtol=1e-6, atol=1e-7)
    if theirs is not linear_model.QuantileRegressor:  # a whole interval of medians is best
        assert_allclose(model.intercept_, other.intercept_, rtol=1e-6)
        assert_allclose(model.predict(X), other.predict(X), rtol=1e-6)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("alpha", [0.0, 0.05])
def test_quantiles_are_those_of_scikit_learn(quantile, alpha):
    model = tw.QuantileRegression(alpha=alpha, quantile=quantile).fit(X, NUMBERS)
    other = linear_model.QuantileRegressor(alpha=alpha, quantile=quantile).fit(X, NUMBERS)
    assert model.certificate_.verdict is tw.Verdict.PROVED
    assert_allclose(model.coef_, other.coef_, rtol=1e-7, atol=1e-9)


def test_tweedie_is_that_of_scikit_learn():
    model = tw.TweedieRegression(power=1.3, alpha=0.2, tol=1e-10).fit(X, MIXED)
    other = linear_model.TweedieRegressor(power=1.3, alpha=0.2, link="log", tol=1e-12, solver="newton-cholesky")
    assert_allclose(model.coef_, other.fit(X, MIXED).coef_, rtol=1e-6, atol=1e-8)
    assert model.certificate_.ok


def test_huber_is_that_of_scikit_learn_at_its_scale():
    other = linear_model.HuberRegressor(epsilon=1.5, alpha=0.3, tol=1e-10, max_iter=10_000).fit(X, NUMBERS)
    model = tw.HuberRegression(delta=1.5 * other.scale_, alpha=0.3 * other.scale_ / len(X), tol=1e-10).fit(X, NUMBERS)
    assert_allclose(model.coef_, other.coef_, atol=1e-4)  # theirs is not exact
    assert model.certificate_.ok


@pytest.mark.parametrize(
    ("mine", "theirs", "y"),
    [*SIGHT[:2], (tw.LinearRegression, linear_model.LinearRegression, NUMBERS)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_scores_are_those_of_scikit_learn(mine, theirs, y):
    model, other = mine().fit(X, y), theirs().fit(X, y)
    other.coef_, other.intercept_ = model.coef_, model.intercept_
    for weights in (None, WEIGHTS):
        assert model.score(X, y, weights) == pytest.approx(other.score(X, y, weights), rel=1e-9)


@every_kind
def test_a_score_is_the_share_of_the_loss_removed(model, y):
    fitted = model.fit(X, y, sample_weight=WEIGHTS, offset=OFFSET)
    problem = fitted.solution_.problem
    lone = tw.solve(problem.replace(lower=0.0, upper=0.0), tol=1e-9)
    mine, least = (
        problem.total(problem.loss.value(problem.eta(s.coef, float(s.intercept)), problem.y))
        for s in (fitted.solution_, lone)
    )
    assert fitted.score(X, y, WEIGHTS, OFFSET) == pytest.approx(1 - mine / least, rel=1e-6, abs=1e-7)


@every_kind
def test_a_perfect_and_a_constant_target_have_a_score(model, y):
    fitted = model.fit(X, y)
    if type(model) is tw.GeneralizedLinearModel:
        return
    assert fitted.score(X, fitted.predict(X)) == pytest.approx(1.0)
    assert fitted.score(X[:1], [2.0]) == 0.0  # one row is fitted perfectly by a constant
    with pytest.raises(tw.InputError, match="y has 2 entries"):
        fitted.score(X, [1.0, 2.0])


@every_kind
def test_an_offset_is_a_column_whose_coefficient_is_one(model, y):
    fixed = {"x4": 1.0}
    wide = np.column_stack([X, OFFSET])
    factors = {"x4": 0.0}
    there = type(model)(
        **{**model.get_params(), "lower": fixed, "upper": fixed, "penalty_factors": factors, "tol": 1e-10}
    )
    here = type(model)(**{**model.get_params(), "tol": 1e-10}).fit(X, y, offset=OFFSET)
    there.fit(wide, y)
    assert here.certificate_.ok
    assert there.certificate_.ok
    assert here.certificate_.objective == pytest.approx(there.certificate_.objective, rel=1e-8)
    assert_allclose(here.predict(X, offset=OFFSET), here._loss().mean(X @ here.coef_ + here.intercept_ + OFFSET))


def test_an_exposure_is_a_weight_of_the_rate():
    """Counts with offset log e, or rates with weight e: the same coefficients where nothing is penalised."""
    exposure = np.exp(OFFSET)
    counts = tw.PoissonRegression(alpha=0.0, tol=1e-10).fit(X, COUNTS, offset=OFFSET)
    rates = tw.PoissonRegression(alpha=0.0, tol=1e-10).fit(X, COUNTS / exposure, sample_weight=exposure)
    assert_allclose(counts.coef_, rates.coef_, rtol=1e-6, atol=1e-8)


def test_logistic_regression_takes_an_offset():
    labels = (NUMBERS > 0.3).astype(int)
    model = tw.LogisticRegression(alpha=0.1, tol=1e-10).fit(X, labels, offset=OFFSET)
    assert model.certificate_.ok
    other = tw.GeneralizedLinearModel(loss="logistic", alpha=0.1, tol=1e-10).fit(X, labels, offset=OFFSET)
    assert_allclose(model.coef_[0], other.coef_, rtol=1e-6)
    assert_allclose(model.predict_proba(X, OFFSET)[:, 1], other.predict(X, OFFSET), rtol=1e-6)
    assert (model.predict(X, offset=np.full(150, 1e3)) == 1).all()


@pytest.mark.parametrize(
    ("given", "message"), [([0.0], "offset has 1 entries"), ([np.nan] * 150, "offset has 150 NaN")]
)
def test_offsets_that_cannot_be_used_are_refused(given, message):
    with pytest.raises(tw.InputError, match=message):
        tw.PoissonRegression().fit(X, COUNTS, offset=given)
    with pytest.raises(tw.InputError, match=message):
        tw.PoissonRegression().fit(X, COUNTS).predict(X, offset=given)


@pytest.mark.parametrize(
    ("model", "y", "message"),
    [
        (tw.PoissonRegression(), COUNTS - 1, r"y has \d+ values below 0, first -1"),
        (tw.PoissonRegression(), 0 * COUNTS, "all 150 counts in y are 0"),
        (tw.NegativeBinomialRegression(), COUNTS - 1, "negative binomial loss needs counts"),
        (tw.GammaRegression(), MIXED, "not above 0, first 0 at row .*tw.Tweedie"),
        (tw.TweedieRegression(power=2.5), MIXED, "power is 2.5; .*beyond 2 the loss is not convex"),
        (tw.TweedieRegression(power=1), MIXED, "power is 1; .*tw.Poisson"),
        (tw.NegativeBinomialRegression(dispersion=0), COUNTS, "dispersion is 0; "),
        (tw.HuberRegression(delta=-1), NUMBERS, "delta is -1; "),
        (tw.QuantileRegression(quantile=1.0), NUMBERS, "is 1.0; expected a number between 0 and 1"),
        (tw.GeneralizedLinearModel(loss="poison"), COUNTS, 'unknown loss "poison". Did you mean "poisson"'),
        (tw.GeneralizedLinearModel(loss=3), COUNTS, "loss is 3; pass"),
        (tw.GeneralizedLinearModel(loss="logistic"), COUNTS, r"outside \[0, 1\]"),
        (tw.GeneralizedLinearModel(loss="squared-hinge"), COUNTS, "other than 0 and 1"),
        (tw.PoissonRegression(), COUNTS.astype(str), "y holds text"),
    ],
    ids=str,
)
def test_what_a_loss_cannot_take_is_refused(model, y, message):
    with pytest.raises((tw.InputError, tw.ProblemError), match=message):
        model.fit(X, y)


def test_levels_without_events_have_no_minimiser():
    group = np.column_stack([X[:, 0], X[:, 1] > 0.5])
    counts = np.where(group[:, 1] == 1, 0.0, COUNTS)
    with pytest.warns(tw.UncertifiedWarning, match='NO_MINIMISER.*"?x1"?'):
        model = tw.PoissonRegression(alpha=0.0).fit(group, counts)
    direction = model.certificate_.facts["direction"]
    assert direction[1] < 0
    assert abs(direction[0]) <= 1e-9 * abs(direction[1])
    assert tw.PoissonRegression(alpha=0.1).fit(group, counts).certificate_.ok


@every_kind
def test_a_constant_target_is_refused(model, y):
    if type(model) is tw.GeneralizedLinearModel:  # that of classes: one class only
        return
    fitted, constant = clone(model).set_params(fit_intercept=True), np.full(150, float(y.max()))
    with pytest.raises(tw.ProblemError, match=r"y is constant \(.* in all 150 rows\); there is nothing"):
        fitted.fit(X, constant)
    assert fitted.fit(X, constant, offset=OFFSET).certificate_.ok  # relative to the offset it is not constant
    assert fitted.set_params(fit_intercept=False).fit(X, constant).certificate_.ok


@every_kind
def test_a_single_row_is_refused(model, y):
    for row in (X[:1], pd.DataFrame(X[:1]), sparse.csr_array(X[:1])):
        with pytest.raises(tw.InputError, match="X has 1 sample; a fit needs 2 rows at least"):
            model.fit(row, y[:1])
