"""Same data, same objective, same coefficients as scikit-learn at a tight tolerance; and proved."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import linear_model

import thalweg as tw

GAP = 1e-9


def assert_proved(model):
    assert model.certificate_.verdict is tw.Verdict.PROVED, model.certificate_.explain()
    assert model.certificate_.gap <= GAP


def assert_same(mine, theirs, rtol=1e-6):
    """Coefficients agree relative to the largest of them."""
    size = np.abs(theirs.coef_).max()
    assert mine.coef_.shape == theirs.coef_.shape
    assert np.shape(mine.intercept_) == np.shape(theirs.intercept_)
    assert_allclose(mine.coef_, theirs.coef_, rtol=rtol, atol=rtol * size)
    assert_allclose(mine.intercept_, theirs.intercept_, rtol=rtol, atol=rtol * size)


def lasso_like(alpha, l1_ratio, fit_intercept):
    return linear_model.ElasticNet(
        alpha=alpha, l1_ratio=l1_ratio, fit_intercept=fit_intercept, tol=1e-14, max_iter=1_000_000
    )


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_least_squares_on_diabetes(diabetes, fit_intercept):
    X, y = diabetes
    mine = tw.LinearRegression(fit_intercept=fit_intercept).fit(X, y)
    assert_same(mine, linear_model.LinearRegression(fit_intercept=fit_intercept).fit(X, y), rtol=1e-9)
    assert_proved(mine)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_ridge_on_diabetes(diabetes, fit_intercept):
    X, y = diabetes
    mine = tw.LinearRegression(alpha=0.01, fit_intercept=fit_intercept).fit(X, y)
    theirs = linear_model.Ridge(alpha=0.01 * len(y), fit_intercept=fit_intercept, solver="cholesky").fit(X, y)
    assert_same(mine, theirs, rtol=1e-8)
    assert_proved(mine)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(("alpha", "l1_ratio"), [(0.1, 1.0), (1.0, 1.0), (0.05, 0.5)])
def test_lasso_and_elastic_net_on_diabetes(diabetes, alpha, l1_ratio, fit_intercept):
    X, y = diabetes
    mine = tw.LinearRegression(alpha, l1_ratio, fit_intercept=fit_intercept, tol=GAP).fit(X, y)
    theirs = lasso_like(alpha, l1_ratio, fit_intercept).fit(X, y)
    assert_same(mine, theirs, rtol=1e-5)
    assert_proved(mine)


def test_weighted_elastic_net_on_diabetes(diabetes):
    X, y = diabetes
    weights = np.random.default_rng(0).uniform(0.0, 3.0, size=len(y))
    mine = tw.LinearRegression(0.05, 0.5, tol=GAP).fit(X, y, sample_weight=weights)
    assert_same(mine, lasso_like(0.05, 0.5, True).fit(X, y, sample_weight=weights), rtol=1e-5)
    assert_proved(mine)


def test_score_is_r_squared(diabetes):
    X, y = diabetes
    theirs = linear_model.LinearRegression().fit(X, y)
    assert tw.LinearRegression().fit(X, y).score(X, y) == pytest.approx(theirs.score(X, y), rel=1e-12)


@pytest.mark.parametrize("data", ["cancer", "cancer_raw", "digits"])
def test_default_logistic(data, request):
    X, y = request.getfixturevalue(data)
    mine = tw.LogisticRegression(tol=GAP).fit(X, y)
    theirs = linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(X, y)
    assert_same(mine, theirs)
    assert_proved(mine)
    assert_allclose(mine.predict_proba(X), theirs.predict_proba(X), rtol=0, atol=1e-6)
    assert mine.score(X, y) == theirs.score(X, y)
    assert mine.predict(X).tolist() == theirs.predict(X).tolist()


@pytest.mark.parametrize("C", [0.1, 10.0])
def test_logistic_by_c(cancer, C):
    X, y = cancer
    mine = tw.LogisticRegression(C=C, fit_intercept=False, tol=GAP).fit(X, y)
    theirs = linear_model.LogisticRegression(C=C, fit_intercept=False, solver="newton-cholesky", tol=1e-12)
    assert_same(mine, theirs.fit(X, y))
    assert_proved(mine)


def test_c_and_alpha_are_one_thing(cancer):
    X, y = cancer
    by_alpha = tw.LogisticRegression(alpha=1 / (5.0 * len(y)), tol=GAP).fit(X, y)
    assert_allclose(tw.LogisticRegression(C=5.0, tol=GAP).fit(X, y).coef_, by_alpha.coef_, rtol=1e-12)


@pytest.mark.parametrize("class_weight", ["balanced", {0: 3.0, 1: 0.5}, {1: 2.0}])
def test_class_weight_and_sample_weight(cancer, class_weight):
    X, y = cancer
    weights = np.random.default_rng(1).uniform(0.0, 2.0, size=len(y))
    mine = tw.LogisticRegression(class_weight=class_weight, tol=GAP).fit(X, y, sample_weight=weights)
    theirs = linear_model.LogisticRegression(class_weight=class_weight, solver="newton-cholesky", tol=1e-12)
    assert_same(mine, theirs.fit(X, y, sample_weight=weights))
    assert_proved(mine)


@pytest.mark.parametrize("l1_ratio", [0.5, 1.0])
def test_logistic_with_l1(overlapping, l1_ratio):
    X, y = overlapping
    mine = tw.LogisticRegression(C=0.3, l1_ratio=l1_ratio, tol=GAP).fit(X, y)
    theirs = linear_model.LogisticRegression(C=0.3, l1_ratio=l1_ratio, solver="saga", tol=1e-12, max_iter=100_000)
    assert_same(mine, theirs.fit(X, y), rtol=1e-5)
    assert (mine.coef_ == 0).sum() == (theirs.coef_ == 0).sum()
    assert_proved(mine)


def test_maximum_likelihood(overlapping):
    X, y = overlapping
    mine = tw.LogisticRegression(alpha=0, tol=GAP).fit(X, y)
    theirs = linear_model.LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12).fit(X, y)
    assert_same(mine, theirs)
    assert_proved(mine)
    assert_allclose(tw.LogisticRegression(C=np.inf, tol=GAP).fit(X, y).coef_, mine.coef_, rtol=1e-12)
