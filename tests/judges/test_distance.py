"""Bounds on the distance to the best coefficients: never below the truth, and not far above it."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

import thalweg as tw


def random_fit(seed):
    """Return a small fit of one of many shapes."""
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(12, 80)), int(rng.integers(2, 6))
    X = rng.normal(size=(n, p)) * rng.choice([0.1, 1.0, 10.0], p)
    eta = X @ rng.normal(0, 0.5, p)
    shape = {"l1": rng.choice([0, 0.5]), "l2": rng.choice([0.0, 1e-3, 0.5]), "intercept": bool(rng.integers(2))}
    shape |= {"lower": -0.2, "upper": 0.3} if rng.random() < 0.3 else {}
    shape |= {"A": np.ones((1, p)), "row_lower": [0.05]} if rng.random() < 0.3 else {}
    if rng.random() < 0.5:
        return tw.Fit(X, eta + rng.normal(size=n) + 3, "squared", **shape)
    labels = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    labels[:2] = 0, 1
    return tw.Fit(X, labels, "logistic", **shape)


@pytest.mark.parametrize("seed", range(60))
def test_the_best_coefficients_lie_within_the_errors(seed):
    """The truth is known up to its own certified error."""
    problem, rng = random_fit(seed), np.random.default_rng(seed)
    best = tw.solve(problem, tol=1e-12)
    if best.certificate.verdict.name != "PROVED":
        pytest.skip("the best coefficients are not known well enough to compare with")
    known = best.certificate.facts["coef_error"]
    for size in (0.0, 1e-9, 1e-5, 1e-2):
        coef = np.clip(best.coef + size * rng.normal(size=best.coef.size), problem.lower, problem.upper)
        claim = tw.certify(problem, coef=coef, intercept=best.intercept, duals=best.claim.hints.get("row_dual"))
        errors = claim.facts.get("coef_error")  # none where a row is left
        assert errors is None or (np.abs(coef - best.coef) <= errors + known).all(), (size, errors)


def test_a_least_squares_fit_is_known_to_many_digits():
    solution = tw.solve(tw.Fit(*load_diabetes(return_X_y=True)))
    assert (solution.certificate.facts["coef_error"] <= 1e-8 * np.abs(solution.coef)).all()


def test_a_ridge_alone_bounds_the_distance():
    """Too many columns for a Hessian: sum l2 (b - b*)^2 / 2 <= gap is left."""
    rng = np.random.default_rng(0)
    problem = tw.Fit(rng.normal(size=(40, 2600)), rng.normal(size=40), l2=0.5)
    claim = tw.certify(problem, coef=np.zeros(2600), intercept=0.0)
    np.testing.assert_allclose(claim.facts["coef_error"], np.sqrt(2 * claim.distance / 0.5), rtol=1e-6)


def test_two_equal_columns_have_no_finite_error():
    x = np.arange(6.0)
    solution = tw.solve(tw.Fit(np.column_stack([x, x]), x + np.array([0, 1, 0, 1, 0, 0])))
    assert np.isinf(solution.certificate.facts["coef_error"]).all()


def test_absurd_row_duals_say_nothing_and_raise_nothing():
    """A multiplier of 1e300 on a row of zeros: its slack is larger than the root of the largest number."""
    rows = {"A": [[1.0, -1.0], [0.0, 0.0]], "row_lower": [-np.inf, -0.5], "row_upper": [0.5, 0.5]}
    limits = {"lower": [-1.5, -2.0], "upper": [0.5, -1.0], "intercept": False}
    X, y, coef = np.array([[1.0, 2.0], [-1.0, 0.5], [0.5, 1.0]]), np.array([0.0, 1.0, 0.0]), np.array([-0.5, -1.0])
    slope = tw.Logistic().slope(X @ coef, y) @ X[:, 0]
    problem = tw.Fit(X, y, "logistic", l2=[2 * (slope + 1.5), 0.0], **rows, **limits)  # optimal with duals (-1.5, 0)
    claim = tw.certify(problem, coef=coef, duals=[-1.5, 1e300])
    assert claim.ok
    assert 1e-9 < claim.facts["coef_error"][0] < 1e-5  # of the ridge
    assert claim.facts["coef_error"][1] > 1.0  # nothing else is known
