"""False and lost claims that attacks on the judge of fits have found."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

import thalweg as tw

INF = np.inf


def exact_gamma(eta, y):
    """Half the unit deviance of a gamma loss, to fifty digits."""
    with localcontext() as context:
        context.prec = 50
        eta, y = Decimal(float(eta)), Decimal(float(y))
        return y * (-eta).exp() + eta - 1 - y.ln()


def test_the_rounding_of_a_nearly_perfect_fit_is_charged():
    """Exponentials inside a loss round like the predictor, however small the loss has become."""
    rng = np.random.default_rng(0)
    for _ in range(300):
        eta = rng.normal() * 10.0 ** rng.uniform(-5, 1)
        y = float(np.exp(eta) * (1 + rng.normal() * 1e-10))
        problem = tw.Fit([[1.0]], [y], "gamma", intercept=False, lower=0.0, upper=0.0, offset=[eta])
        certificate = tw.certify(problem, coef=[0.0])
        assert Decimal(certificate.bound) <= exact_gamma(eta, y)


def test_rough_sizes_are_never_smaller():
    rng = np.random.default_rng(1)
    for _ in range(200):
        scale = 10.0 ** rng.uniform(-175, 140)
        design = tw.Design(rng.normal(size=(10, 2)) * scale)
        b, u = rng.normal(size=2) / scale, rng.normal(size=10) * 10.0 ** rng.uniform(-140, 140)
        assert (design.abs_dot(b, rough=True) >= design.abs_dot(b)).all()
        assert (design.abs_t_dot(u, rough=True) >= design.abs_t_dot(u)).all()


def test_a_huge_finite_table_is_no_missing_value():
    X = np.random.default_rng(0).uniform(0.5, 1.0, size=(50, 2)) * 1e307
    solution = tw.solve(tw.Fit(X, np.arange(50.0)))
    assert solution.certificate.verdict in tw.Verdict


def test_fits_that_share_a_design_do_not_share_scales_with_groups():
    rng = np.random.default_rng(0)
    design = tw.Design(rng.normal(size=(50, 4)) * [1.0, 1e4, 1.0, 1e-4])
    y = rng.normal(size=50) * 10
    with design.keeping():
        assert tw.solve(tw.Fit(design, y, l1=30.0)).ok
        kept = tw.solve(tw.Fit(design, y, l1=30.0, groups=[0, 0, 1, 1]))
    assert kept.ok


@pytest.mark.parametrize("limits", [{"upper": 1.0}, {"A": np.eye(2), "row_upper": [1.0, 1.0]}])
def test_what_has_room_at_a_claim_may_have_none_at_the_best_answer(limits):
    """Both twins are at their limits in the one best answer, though a claim elsewhere could move along both."""
    x = np.random.default_rng(0).normal(size=30)
    problem = tw.Fit(np.column_stack([x, x]), 3 * x, **limits)
    facts = tw.certify(problem, coef=[0.5, 0.5]).facts
    assert not facts.get("not_unique", np.zeros(2, dtype=bool)).any()


def test_nearly_equal_columns_are_unique_however_many_rows_there_are():
    rng = np.random.default_rng(0)
    x = rng.normal(size=100_000)
    X = np.column_stack([x, x + 1e-7 * rng.normal(size=x.size)])
    certificate = tw.solve(tw.Fit(X, x + rng.normal(size=x.size))).certificate
    assert not certificate.facts["not_unique"].any()


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
