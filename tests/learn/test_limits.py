"""Limits and penalty factors, by feature name and by position."""

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import thalweg as tw


def test_sign_constraint_by_name_holds_exactly(diabetes_frame):
    X, y = diabetes_frame
    free = tw.LinearRegression().fit(X, y)
    names = list(free.feature_names_in_)
    assert free.coef_[names.index("age")] < 0 < free.coef_[names.index("bmi")]
    model = tw.LinearRegression(lower={"age": 0}, upper={"bmi": 100.0}, tol=1e-9).fit(X, y)
    assert model.coef_[names.index("age")] == 0.0
    assert model.coef_[names.index("bmi")] == 100.0
    assert model.certificate_.ok
    assert model.certificate_.gap <= 1e-9


def test_all_signs_with_a_penalty(diabetes):
    X, y = diabetes
    model = tw.LinearRegression(alpha=0.05, l1_ratio=0.5, lower=0, tol=1e-9).fit(X, y)
    assert (model.coef_ >= 0).all()
    assert (model.coef_ == 0).any()
    assert model.certificate_.ok


def test_logistic_sign_constraint_by_name(cancer):
    X, y = cancer
    frame = pl.DataFrame(X, schema=[f"f{j}" for j in range(X.shape[1])])
    free = tw.LogisticRegression().fit(frame, y)
    down = int(np.argmin(free.coef_))
    model = tw.LogisticRegression(lower={f"f{down}": 0}, tol=1e-9).fit(frame, y)
    assert model.coef_[0, down] == 0.0
    assert model.certificate_.ok
    assert model.certificate_.gap <= 1e-9
    assert model.certificate_.objective > free.certificate_.objective


def test_unnamed_features_are_called_x0_x1(diabetes):
    X, y = diabetes
    by_name = tw.LinearRegression(alpha=0.1, lower={"x0": 0, "x1": 0}, tol=1e-9).fit(X, y)
    limits = [0.0, 0.0, *[None] * 8]
    by_place = tw.LinearRegression(alpha=0.1, lower=limits, tol=1e-9).fit(X, y)
    assert not hasattr(by_name, "feature_names_in_")
    assert_array_equal(by_name.coef_, by_place.coef_)


def test_numbered_columns_have_no_names(diabetes_frame):
    X, y = diabetes_frame
    numbered = X.copy()
    numbered.columns = range(X.shape[1])
    model = tw.LinearRegression(upper={"x2": 0}).fit(numbered, y)
    assert not hasattr(model, "feature_names_in_")
    assert model.coef_[2] == 0.0


def test_features_of_a_frame_keep_their_names_in_the_problem(diabetes_frame):
    X, y = diabetes_frame
    assert tw.LinearRegression().fit(X, y).solution_.problem.names == tuple(X.columns)


def test_penalty_factor_zero_leaves_a_coefficient_unpenalised(diabetes_frame):
    X, y = diabetes_frame
    model = tw.LinearRegression(alpha=1e3, penalty_factors={"bmi": 0}, tol=1e-9).fit(X, y)
    alone = tw.LinearRegression().fit(X[["bmi"]], y)
    j = list(X.columns).index("bmi")
    assert model.coef_[j] == pytest.approx(alone.coef_[0], rel=1e-4)
    assert np.abs(np.delete(model.coef_, j)).max() < 1e-2
    assert model.certificate_.ok


def test_penalty_factors_scale_like_the_columns(diabetes):
    X, y = diabetes
    sizes = np.linspace(0.5, 3.0, X.shape[1])
    scaled = tw.LinearRegression(alpha=0.05, l1_ratio=1.0, tol=1e-12).fit(X / sizes, y)
    factored = tw.LinearRegression(alpha=0.05, l1_ratio=1.0, penalty_factors=sizes, tol=1e-12).fit(X, y)
    assert_allclose(scaled.coef_ / sizes, factored.coef_, rtol=1e-5, atol=1e-5)
