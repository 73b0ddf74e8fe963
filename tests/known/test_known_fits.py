"""Real fits whose optima are known from two other solvers."""

import pytest

import thalweg as tw

QUICK = [
    "logistic_l2_a9a",
    "logistic_l1_a9a_0.1_intercept",
    "logistic_l2_mushrooms",
    "logistic_l1_mushrooms_0.01_intercept",
    "lasso_golub_0.1",
    "logistic_l1_golub_0.1",
    "lasso_alon_0.1",
    "logistic_l1_news20_0.1",
    "motor_poisson",
    "motor_gamma_severity",
    "motor_lasso_dummies_0.1",
    "motor_poisson_monotone_bm",
    "housing_en_constrained",
    "housing_gamma_l2",
]


@pytest.mark.parametrize("name", QUICK)
def test_known_optimum_is_reached_and_proved(known_fit, name):
    problem, best = known_fit(name)
    solution = tw.solve(problem, tol=1e-9)
    assert solution.certificate.verdict is tw.Verdict.PROVED
    assert solution.objective == pytest.approx(best, rel=1e-9)
