"""Certified zeros are 0 in every best answer, whatever is claimed."""

import numpy as np
import pytest

import thalweg as tw


def lasso(rng, loss: str, p: int = 12, **more) -> tw.Fit:
    X = rng.normal(size=(60, p)) * 10.0 ** rng.integers(-1, 2, p)
    signal = X[:, :3] / np.abs(X[:, :3]).max(axis=0) @ [2.0, -1.0, 0.5]
    y = signal + 0.3 * rng.normal(size=60)
    y = (y > 0).astype(float) if loss == "logistic" else y
    weights = rng.uniform(0.5, 2.0, 60) / 60
    strongest = np.abs(X.T @ (weights * (y - y.mean())))
    return tw.Fit(X, y, loss, l1=0.3 * strongest.max() * rng.uniform(0.2, 2.0, p), weights=weights, **more)


@pytest.mark.parametrize("loss", ["squared", "logistic"])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_certified_is_zero_in_the_best_answer(loss, seed):
    rng = np.random.default_rng(seed)
    problem = lasso(rng, loss)
    best = tw.solve(problem, tol=1e-12)
    assert best.certificate.gap <= 1e-10
    used = np.abs(best.coef) > 0
    assert not (best.certified_zeros & used).any()
    assert best.certified_zeros.sum() >= 0.8 * (~used).sum() > 0
    for size in (1e-6, 1e-3, 1e-1, 1.0):  # worse claims certify less, and never something false
        claim = best.coef + size * rng.normal(size=best.coef.size) * (rng.random(best.coef.size) < 0.5)
        eta = problem.eta(best.coef, best.intercept)
        facts = tw.certify(problem, coef=claim, intercept=best.intercept, eta=eta).facts
        assert not (facts["certified_zeros"] & used).any()
        assert not (facts["certified_zeros"] & (claim != 0)).any()


def test_a_coefficient_that_may_or_may_not_be_zero_is_not_certified():
    """Twin columns share one coefficient in any proportion: some best answers have the second at 0, others not."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=50)
    problem = tw.Fit(np.column_stack([x, x]), 3 * x, l1=1.0)
    single = tw.solve(tw.Fit(x[:, None], 3 * x, l1=1.0), tol=1e-12)
    certificate = tw.certify(problem, coef=[float(single.coef[0]), 0.0], intercept=single.intercept)
    assert certificate.ok
    assert not certificate.facts["certified_zeros"].any()


def test_limits_that_exclude_zero_and_rows_that_pull_certify_nothing():
    rng = np.random.default_rng(3)
    limited = lasso(rng, "squared", lower={"x5": 0.1})
    assert not tw.solve(limited).certified_zeros[5]
    pulled = lasso(rng, "squared", A=np.eye(12)[[5, 6]].sum(axis=0, keepdims=True), row_lower=[0.2])
    assert not tw.solve(pulled).certified_zeros[[5, 6]].any()


def test_without_a_penalty_nothing_is_certified():
    problem = tw.Fit([[0.0, 1.0], [0.0, 2.0], [0.0, 4.0]], [1.0, 2.0, 4.0])
    assert not tw.solve(problem).certified_zeros.any()


@pytest.mark.parametrize("scale", [1.0, 1e-165, 1e-170, 1e-200])
def test_squares_that_underflow_certify_nothing(scale):
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=20), rng.normal(size=20)
    z += 0.5 * x
    y = 3 * x + 2 * z
    problem = tw.Fit(np.column_stack([x, z * scale]), y, l1=[1.0, 0.2 * abs(z @ y) * scale], intercept=False)
    claim = [2 * (x @ y - 1) / (x @ x), 0.0]
    assert not tw.certify(problem, coef=claim).facts["certified_zeros"].any()
