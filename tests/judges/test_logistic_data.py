"""Unpenalised logistic regression on real data: proved where a minimiser exists, named where none does."""

from __future__ import annotations

import numpy as np
import pytest

import thalweg as tw

BEST = 145.56165318905  # sum of losses


@pytest.fixture(scope="module")
def cancer():
    datasets = pytest.importorskip("sklearn.datasets")
    return datasets.load_breast_cancer(return_X_y=True)


def _newton(X, y):
    """Coefficients and intercept by plain Newton steps."""
    Z = np.column_stack([X, np.ones(len(y))])
    b = np.zeros(Z.shape[1])
    for _ in range(60):
        mean = 1 / (1 + np.exp(-Z @ b))
        step = np.linalg.solve((Z.T * (mean * (1 - mean))) @ Z, Z.T @ (mean - y))
        b -= step / max(1.0, np.abs(step / (1 + np.abs(b))).max())
    return b[:-1], b[-1]


def test_two_features_of_breast_cancer_are_proved(cancer):
    X, y = cancer
    problem = tw.Fit(X[:, :2], y, loss="logistic")
    coef, intercept = _newton(X[:, :2], y)
    c = tw.certify(problem, coef=coef, intercept=intercept)
    assert c.verdict.name == "PROVED", c.explain()
    assert c.objective == pytest.approx(BEST, rel=1e-12)
    assert c.bound <= BEST * (1 + 1e-13)
    assert c.gap <= 1e-9
    assert not tw.certify(problem, coef=coef * 1.01, intercept=intercept).ok
    assert not tw.certify(problem, coef=coef, intercept=-intercept).ok


def test_standardised_breast_cancer_is_separable(cancer):
    X, y = cancer
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    problem = tw.Fit(X, y, loss="logistic")
    s = tw.solve(problem)
    assert s.certificate.verdict.name == "NO_MINIMISER", s.explain()
    direction, intercept = s.certificate.facts["direction"], s.certificate.facts["direction_intercept"]
    margins = (2 * y - 1) * (X @ direction + intercept)
    assert (margins >= 0).all()
    assert (margins > 0).any()
    for size in (1.0, 100.0, 1e6):
        scaled = {"coef": size * np.asarray(direction), "intercept": size * float(np.squeeze(intercept))}
        assert not tw.certify(problem, **scaled).ok
    assert tw.certify(problem, coef=np.zeros(30), direction=direction, direction_intercept=intercept).verdict.name == (
        "NO_MINIMISER"
    )
