"""Coefficients that are not unique are named, and only they."""

import numpy as np
import pytest
from scipy import sparse

import thalweg as tw

rng = np.random.default_rng(2)
PLAIN = rng.normal(size=(40, 3))
SHARED = np.column_stack([PLAIN, PLAIN[:, 0] - 2 * PLAIN[:, 1], rng.normal(size=40)])  # x3 = x0 - 2 x1
Y = PLAIN @ [1.0, -1.0, 0.5] + rng.normal(size=40)
CLASSES = (Y > 0).astype(float)
BOTH = [True, True, False, True, False]


@pytest.mark.parametrize(("loss", "y"), [("squared", Y), ("logistic", CLASSES), ("huber", Y)])
@pytest.mark.parametrize("store", [np.asarray, sparse.csr_array])
def test_dependent_columns_are_named(loss, y, store):
    certificate = tw.solve(tw.Fit(store(SHARED), y, loss)).certificate
    assert certificate.facts["not_unique"].tolist() == BOTH
    assert "3 coefficients are not unique, since their columns depend on each other: x0, x1, x3" in certificate.notes


def test_what_moves_along_the_direction_costs_nothing():
    solution = tw.solve(tw.Fit(SHARED, Y))
    step = np.array([1.0, -2.0, 0.0, -1.0, 0.0])
    moved = tw.certify(solution.problem, coef=solution.coef + 3 * step, intercept=solution.intercept)
    assert moved.ok
    assert moved.objective == pytest.approx(solution.objective, rel=1e-12)


def test_a_full_set_of_levels_depends_on_the_intercept():
    levels = np.eye(4)[rng.integers(0, 4, 60)]
    y = levels @ [1.0, 2.0, 3.0, 4.0] + rng.normal(size=60)
    assert tw.solve(tw.Fit(levels, y)).certificate.facts["not_unique"].all()
    assert not tw.solve(tw.Fit(levels, y, intercept=False)).certificate.facts["not_unique"].any()


@pytest.mark.parametrize(
    "held",
    [
        {"l2": 0.1},
        {"l1": 0.1},
        {"lower": {"x3": 0.0}, "upper": {"x3": 0.0}},
        {"A": [[0.0, 0.0, 0.0, 1.0, 0.0]], "row_lower": 1.0, "row_upper": 1.0},
    ],
)
def test_penalties_limits_and_rows_make_them_unique(held):
    found = tw.solve(tw.Fit(SHARED, Y, **held)).certificate.facts.get("not_unique", np.zeros(5, dtype=bool))
    assert not found.any()


def test_independent_columns_are_unique_whatever_their_units():
    scaled = PLAIN * [1e-8, 1.0, 1e8] + [0.0, 0.0, 1e9]
    assert not tw.solve(tw.Fit(scaled, Y)).certificate.facts["not_unique"].any()


def test_more_columns_than_rows():
    X = rng.normal(size=(5, 8))
    assert tw.solve(tw.Fit(X, Y[:5])).certificate.facts["not_unique"].all()


def test_the_estimator_says_so():
    model = tw.LinearRegression().fit(SHARED, Y)
    assert "not unique" in str(model.solution_)
    assert np.isnan(model.standard_errors_[[1, 2, 4]]).all()
