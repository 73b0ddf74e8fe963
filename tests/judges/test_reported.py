"""False and lost claims that attacks on the judge of fits have found."""

import numpy as np
import pytest

import thalweg as tw

INF = np.inf


@pytest.mark.parametrize(
    ("problem", "coef", "slopes", "elsewhere"),
    [
        (
            tw.Fit([[1.0], [1e-12]], [1, 1], "squared-hinge", weights=[1e-7, 1.0], intercept=False),
            [0.0],
            [0.0, -1.0],
            [1e12],
        ),
        (
            tw.Fit(
                [[1.0, 0.0], [1e-4, 0.0]],
                [1, 1],
                "squared-hinge",
                weights=[1e-2, 1.0],
                intercept=False,
                l2=[0.0, 1.0],
                lower=[-INF, 150.0],
                upper=[INF, 150.0],
            ),
            [0.0, 150.0],
            [0.0, -1.0],
            [1e4, 150.0],
        ),
        (
            tw.Fit([[1.0], [1e-12], [1e-12]], [1, 1, 0], "logistic", weights=[1e-7, 1, 0.1], intercept=False),
            [0.0],
            [0.0, -0.5, 0.5],
            [np.log(10) / 1e-12],
        ),
    ],
)
def test_slopes_of_no_predictor_bound_no_reach(problem, coef, slopes, elsewhere):
    certificate = tw.certify(problem, coef=coef, slopes=slopes)
    assert certificate.bound <= problem.objective({"coef": np.array(elsewhere)})
    assert not certificate.ok


def test_errors_of_coefficients_hold_where_the_refined_copy_breaks_a_row():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20, 2))
    X[:, 1] += X[:, 0]
    y = X @ [5.0, 1.0]
    problem = tw.Fit(X, y, upper=[2, INF], A=[[1.0, 0.0]], row_upper=[1.0], intercept=False)
    best = np.linalg.lstsq(X[:, 1:], y - X[:, 0], rcond=None)[0][0]  # the row holds the first at 1
    for first, at in ((0.9, 2.0), (0.9, 1.0), (0.5, 2.0), (1.0, 1.0)):
        second = np.linalg.lstsq(X[:, 1:], y - at * X[:, 0], rcond=None)[0][0]
        errors = tw.certify(problem, coef=[first, second]).facts["coef_error"]
        assert errors[0] >= abs(1.0 - first) * (1 - 1e-12)
        assert errors[1] >= abs(best - second) * (1 - 1e-9)


@pytest.mark.parametrize("l1", [0.3, 1.0, 1e-4])
@pytest.mark.parametrize("seed", range(5))
def test_quantiles_with_a_lasso_and_an_active_row_are_proved(l1, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30, 2))
    y = X @ [1.0, -1.0] + rng.normal(size=30)
    rows, box = (
        tw.Fit(X, y, tw.Quantile(0.5), l1=l1, **limit)
        for limit in ({"A": [[1, 0]], "row_upper": [0.1]}, {"upper": [0.1, INF]})
    )
    solution, same = tw.solve(rows), tw.solve(box)
    assert solution.ok, solution.certificate.explain()
    assert solution.objective == pytest.approx(same.objective, rel=1e-6)
    assert solution.duals[0] == pytest.approx(same.certificate.facts["reduced_costs"][0], rel=1e-6)


def test_quantiles_with_a_full_set_of_levels_rest_on_an_assumption():
    rng = np.random.default_rng(1)
    X = np.column_stack([rng.normal(size=60), np.eye(3)[rng.integers(0, 3, 60)]])
    y = X @ [1.0, 2.0, 3.0, 4.0] + rng.normal(size=60)
    for model in (tw.QuantileRegression(alpha=0.0), tw.QuantileRegression(alpha=0.0, constraints="x1 + x2 + x3 == 0")):
        assert model.fit(X, y).certificate_.ok


def test_an_unknown_error_is_infinite():
    problem = tw.Fit([[1.0], [2.0]], [0.0, 0.0], tw.Quantile(0.5), intercept=False)
    assert tw.certify(problem, coef=[0.0]).facts["coef_error"].tolist() == [INF]


def test_a_tiny_row_pins_a_coefficient():
    X = [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]
    tiny = {"A": [[1e-15, 0.0]], "row_lower": [1e-15], "row_upper": [1e-15]}
    for more in (tiny, {}):
        facts = tw.solve(tw.Fit(X, [1.0, 2.0, 2.0], intercept=False, **more)).certificate.facts
        assert facts["not_unique"].tolist() == [not more, not more]
