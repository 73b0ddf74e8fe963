"""Linear rows on coefficients: the answers of independent solvers, duals by finite differences, refusals in words."""

import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import optimize, sparse
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import thalweg as tw

NAMES = ["income", "debt", "mean age", "x.y"]
CONSTRAINTS = ["income >= 2*debt + 1", "income + debt + `mean age` == 1.5", "-2 <= debt - 2*x.y <= 1.5"]
A = np.array([[1.0, -2.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0], [0.0, 1.0, 0.0, -2.0]])
LOW = np.array([1.0, 1.5, -2.0])
HIGH = np.array([np.inf, 1.5, 1.5])

rng = np.random.default_rng(5)
X = rng.normal(loc=[0.0, 1.0, 0.0, -1.0], size=(80, 4))
y = X @ [1.0, 1.5, -1.0, 0.2] + 0.5 + 0.3 * rng.normal(size=80)
labels = np.where(y + rng.normal(size=80) > 1.0, "yes", "no")
FRAME = pd.DataFrame(X, columns=NAMES)


def squared(eta):
    return 0.5 * (eta - y) ** 2


def logistic(eta):
    return np.logaddexp(0.0, eta) - (labels == "yes") * eta


def reference(loss, alpha, l1_ratio, lower):
    """SciPy's SLSQP on b = u - v with u, v >= 0, which makes the L1 penalty smooth; a last component is b0."""

    def split(point):
        return point[:4] - point[4:8], point[:8]

    def objective(point):
        b, parts = split(point)
        return loss(X @ b + point[8]).mean() + alpha * (l1_ratio * parts.sum() + (1 - l1_ratio) / 2 * (b @ b))

    wide = np.hstack([np.vstack([A, np.eye(4)]), -np.vstack([A, np.eye(4)]), np.zeros((7, 1))])
    low, high = np.concatenate([LOW, lower]), np.concatenate([HIGH, np.full(4, np.inf)])
    equal, at_least, at_most = low == high, np.isfinite(low) & (low < high), np.isfinite(high) & (low < high)
    constraints = [
        {"type": "eq", "fun": lambda z: wide[equal] @ z - low[equal]},
        {"type": "ineq", "fun": lambda z: wide[at_least] @ z - low[at_least]},
        {"type": "ineq", "fun": lambda z: high[at_most] - wide[at_most] @ z},
    ]
    bounds = [(0, None)] * 8 + [(None, None)]
    options = {"ftol": 1e-14, "maxiter": 2000}
    found = optimize.minimize(objective, np.full(9, 0.5), bounds=bounds, constraints=constraints, options=options)
    return split(found.x)[0], found.fun


@pytest.mark.parametrize(("alpha", "l1_ratio"), [(0.0, 0.0), (0.2, 0.0), (0.1, 0.7), (0.3, 1.0)])
@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize("kind", [tw.LinearRegression, tw.LogisticRegression])
def test_the_best_coefficients_are_those_of_an_independent_solver(kind, alpha, l1_ratio, limited):
    loss, target = (squared, y) if kind is tw.LinearRegression else (logistic, labels)
    lower = {"debt": 0.25} if limited else None
    model = kind(alpha=alpha, l1_ratio=l1_ratio, constraints=CONSTRAINTS, lower=lower, tol=1e-9).fit(FRAME, target)
    limits = np.array([-np.inf, 0.25, -np.inf, -np.inf]) if limited else np.full(4, -np.inf)
    coef, objective = reference(loss, alpha, l1_ratio, limits)
    assert model.certificate_.ok
    assert model.certificate_.gap <= 1e-9
    assert model.certificate_.objective == pytest.approx(objective, rel=1e-7)
    assert_allclose(np.ravel(model.coef_), coef, atol=2e-3)
    rows = A @ np.ravel(model.coef_)
    assert (rows >= LOW - 1e-8).all()
    assert (rows <= HIGH + 1e-8).all()


@pytest.mark.parametrize("kind", [tw.LinearRegression, tw.LogisticRegression])
def test_duals_are_the_slope_of_the_best_objective_in_each_limit(kind):
    target = y if kind is tw.LinearRegression else labels
    texts = ["income >= 2*debt + {}", "income + debt + `mean age` == {}", "debt - 2*x.y <= {}", "x.y <= {}"]
    limits = np.array([1.0, 1.5, -0.5, 40.0])

    def fitted(values):
        constraints = [text.format(repr(float(value))) for text, value in zip(texts, values, strict=True)]
        return kind(alpha=0.05, constraints=constraints, tol=1e-11).fit(FRAME, target)

    model, step = fitted(limits), 1e-4
    assert model.certificate_.ok
    slopes = [
        (fitted(limits + step * unit).certificate_.objective - fitted(limits - step * unit).certificate_.objective)
        / (2 * step)
        for unit in np.eye(4)
    ]
    assert_allclose(model.solution_.duals, slopes, atol=1e-5)
    assert np.abs(model.solution_.duals[:3]).min() > 1e-3  # these hold the coefficients back, the last does not
    assert model.solution_.duals[3] == 0


def test_an_equality_in_closed_form():
    """Least squares with a'b = t: b = b_free + S a (t - a'b_free) / (a'S a), S the inverse of the centred X'X."""
    a = np.array([1.0, 1.0, -2.0, 0.0])
    free = tw.LinearRegression(tol=1e-12).fit(X, y).coef_
    S = np.linalg.inv(np.cov(X.T, bias=True))
    expected = free + S @ a * (3.0 - a @ free) / (a @ S @ a)
    model = tw.LinearRegression(constraints="x0 + x1 == 2*x2 + 3", tol=1e-12).fit(X, y)
    assert_allclose(model.coef_, expected, rtol=1e-8)
    assert model.solution_.duals[0] == pytest.approx((3.0 - a @ free) / (a @ S @ a), rel=1e-6)
    assert model.certificate_.ok


def test_rows_that_do_not_bind_change_nothing():
    free = tw.LinearRegression(tol=1e-10).fit(X, y)
    model = tw.LinearRegression(constraints=["x0 + x1 <= 100", "x2 >= -100"], tol=1e-10).fit(X, y)
    assert_allclose(model.coef_, free.coef_, rtol=1e-6)
    assert_allclose(model.solution_.duals, 0, atol=1e-9)


def test_rows_keep_their_texts():
    model = tw.LinearRegression(constraints=CONSTRAINTS).fit(FRAME, y)
    assert model.solution_.problem.row_names == tuple(CONSTRAINTS)
    assert_array_equal(model.solution_.problem.A, A)


@pytest.mark.parametrize(
    "data",
    [
        X,
        sparse.csr_array(X),
        pd.DataFrame(X),  # numbered columns have no names
        pd.DataFrame(X, columns=["x0", "x1", "x2", "x3"]),
        pl.DataFrame(X, schema=["x0", "x1", "x2", "x3"]),
    ],
    ids=["array", "sparse", "numbered", "pandas", "polars"],
)
def test_columns_of_every_kind_of_data_have_names(data):
    model = tw.LinearRegression(constraints=["x0 >= x1", "x2 + x3 <= -1"], tol=1e-10).fit(data, y)
    assert model.certificate_.ok
    assert model.coef_[0] == pytest.approx(model.coef_[1], abs=1e-9)
    assert model.coef_[2] + model.coef_[3] == pytest.approx(-1.0, abs=1e-9)


def test_names_that_look_like_something_else():
    hostile = ["<script>", "a\nb", ")", "\u202edlog"]
    frame = pd.DataFrame(X, columns=hostile)
    texts = ["`<script>` <= `)`", "`a\nb` == 1", "`\u202edlog` >= 0"]
    model = tw.LinearRegression(constraints=texts).fit(frame, y)
    assert model.coef_[1] == pytest.approx(1.0)
    assert model.coef_[0] <= model.coef_[2] + 1e-9
    assert model.solution_.problem.row_names == tuple(texts)


@pytest.mark.parametrize("matrix", [A, A.tolist(), sparse.csr_array(A)], ids=["array", "list", "sparse"])
def test_scipys_form_of_rows_means_the_same(matrix):
    by_text = tw.LinearRegression(constraints=CONSTRAINTS, tol=1e-10).fit(FRAME, y)
    model = tw.LinearRegression(constraints=optimize.LinearConstraint(matrix, LOW, HIGH), tol=1e-10).fit(FRAME, y)
    assert_allclose(model.coef_, by_text.coef_, rtol=1e-7, atol=1e-9)
    assert model.certificate_.ok


def test_scipys_form_with_one_limit_for_all_rows():
    model = tw.LinearRegression(constraints=optimize.LinearConstraint(A, ub=0.5), tol=1e-10).fit(X, y)
    assert (A @ model.coef_ <= 0.5 + 1e-9).all()
    assert_array_equal(model.solution_.problem.row_lower, np.full(3, -np.inf))
    one = tw.LinearRegression(constraints=optimize.LinearConstraint([1, 1, 0, 0], 1, 1), tol=1e-10).fit(X, y)
    assert one.coef_[0] + one.coef_[1] == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"constraints": ["income >= 1", "income <= 0", "debt >= 0"]}, ['"income >= 1"', '"income <= 0"']),
        ({"constraints": ["debt >= 0", "income + debt >= 3"], "upper": 1}, ['"income + debt >= 3"', 'of "debt"']),
        (
            {"constraints": ["income >= debt + 1", "debt >= x.y", "x.y >= income"]},
            ['"income >= debt + 1"', '"debt >= x.y"', '"x.y >= income"'],
        ),
    ],
)
@pytest.mark.parametrize("on_unproven", ["warn", "raise"])
def test_rows_that_contradict_each_other_are_named(parameters, named, on_unproven):
    model = tw.LinearRegression(on_unproven=on_unproven, **parameters)
    with pytest.raises(tw.NotProved, match="not fitted: no coefficients exist") as caught:
        model.fit(FRAME, y)
    assert caught.value.solution.certificate.verdict is tw.Verdict.INFEASIBLE
    told = str(caught.value).splitlines()[-1]
    assert told.startswith("These contradict each other")
    for name in named:
        assert name in told
    spared = '"debt >= 0"'
    assert spared not in told
    assert not hasattr(model, "coef_")


def test_a_chain_that_contradicts_itself_is_named():
    with pytest.raises(tw.ProblemError, match=re.escape('"1 <= debt <= 0" (lower 1, upper 0)')):
        tw.LinearRegression(constraints="1 <= debt <= 0").fit(FRAME, y)


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ("incme >= debt", r'unknown name "incme"\. Did you mean "income"\? Known: income, debt, mean age, x\.y\.'),
        (["debt <= 1", "x0 >= 1"], 'unknown name "x0"'),
        ("debt*income <= 1", "a product of two names is not linear"),
        ("intercept >= 0", "the intercept cannot be limited"),
        ("", "a constraint is empty"),
        (3, "constraints is 3; pass a text"),
        ({"income": 0}, "constraints is {'income': 0}; pass a text"),
        ([3.0], r"constraints\[0\] is .*; expected a text"),
        (optimize.LinearConstraint(A[:, :3], 0, 1), r"constraints\.A has shape \(3, 3\); expected 4 columns"),
        (optimize.LinearConstraint(A, [0, np.nan, 0], 1), "row_lower has NaN"),
    ],
)
@pytest.mark.parametrize("kind", [tw.LinearRegression, tw.LogisticRegression])
def test_what_cannot_be_a_row_is_refused(kind, constraints, message):
    with pytest.raises(tw.InputError, match=message):
        kind(constraints=constraints).fit(FRAME, y if kind is tw.LinearRegression else labels)


def test_a_solver_without_rows_says_so():
    with pytest.raises(tw.SolverMismatch, match="rows"):
        tw.LogisticRegression(constraints="income <= debt", solver="newton").fit(FRAME, labels)


@pytest.mark.parametrize("constraints", [CONSTRAINTS, optimize.LinearConstraint(A, LOW, HIGH)], ids=["texts", "scipy"])
def test_scikit_learn_can_copy_and_search(constraints):
    model = tw.LinearRegression(constraints=constraints)
    assert model.get_params()["constraints"] is constraints
    copied = clone(model).fit(FRAME, y)
    assert copied.certificate_.ok
    again = pickle.loads(pickle.dumps(copied))
    assert tw.certify(again.solution_.problem, again.solution_).ok
    search = GridSearchCV(model, {"alpha": [0.1, 1.0], "constraints": [None, constraints]}, cv=2).fit(FRAME, y)
    assert search.best_estimator_.certificate_.ok


def test_constraints_are_not_changed_by_fitting():
    texts = list(CONSTRAINTS)
    tw.LinearRegression(constraints=texts).fit(FRAME, y)
    assert texts == CONSTRAINTS


def test_weights_and_no_intercept():
    weights = np.linspace(0.0, 2.0, 80)
    model = tw.LinearRegression(constraints="x0 + x1 == 1", fit_intercept=False, tol=1e-11).fit(X, y, weights)
    # substitute x1 = 1 - x0 and solve what is left by hand
    left = np.column_stack([X[:, 0] - X[:, 1], X[:, 2], X[:, 3]]) * np.sqrt(weights)[:, np.newaxis]
    expected = np.linalg.lstsq(left, (y - X[:, 1]) * np.sqrt(weights), rcond=None)[0]
    assert_allclose(model.coef_, [expected[0], 1 - expected[0], *expected[1:]], rtol=1e-7)


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        ((A, LOW, HIGH), (A, LOW, HIGH)),
        ((A[0], 1.0, np.inf), (A[:1], LOW[:1], HIGH[:1])),
        ([(A[:1], 1.0, None), CONSTRAINTS[1], (sparse.csr_array(A[2:]), [-2.0], 1.5)], (A, LOW, HIGH)),
        ([CONSTRAINTS[0], optimize.LinearConstraint(A[1:], LOW[1:], HIGH[1:])], (A, LOW, HIGH)),
        (((A[:1], 1.0, None), (A[1:2], 1.5, 1.5), (A[2:], -2.0, 1.5)), (A, LOW, HIGH)),
        ([tw.sum_to(1, NAMES), "income >= 0"], ([[1.0] * 4, [1.0, 0.0, 0.0, 0.0]], [1.0, 0.0], [1.0, np.inf])),
        (
            [tw.monotone(["debt", "mean age", "x.y"]), tw.nonpositive("debt")],
            ([[0, 1, -1, 0], [0, 0, 1, -1], [0, 1, 0, 0]], [-np.inf] * 3, [0.0] * 3),
        ),
        (tw.monotone(["debt", "income"], increasing=False), ([[-1, 1, 0, 0]], [0.0], [np.inf])),
    ],
)
def test_every_form_of_rows_says_the_same(constraints, expected):
    problem = tw.LinearRegression(constraints=constraints).fit(FRAME, y).solution_.problem
    dense = problem.A.toarray() if sparse.issparse(problem.A) else problem.A
    rows = np.asarray(expected[0], dtype=float)
    low, high = np.asarray(expected[1], dtype=float), np.asarray(expected[2], dtype=float)
    turned = np.array([not np.array_equal(a, b) for a, b in zip(dense, rows, strict=True)])  # a row may be negated
    assert_array_equal(np.where(turned[:, None], -dense, dense), rows)
    assert_array_equal(np.where(turned, -problem.row_upper, problem.row_lower), low)
    assert_array_equal(np.where(turned, -problem.row_lower, problem.row_upper), high)


def test_rows_of_several_forms_have_names():
    model = tw.LinearRegression(constraints=[(A[:2], LOW[:2], HIGH[:2]), "income >= 0"]).fit(FRAME, y)
    assert model.solution_.problem.row_names == ("constraints[0] row 0", "constraints[0] row 1", "income >= 0")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tw.monotone(["a"]), "at least 2 are needed"),
        (lambda: tw.monotone(["a", "b", "a"]), "a name stands twice"),
        (lambda: tw.nonnegative([0]), 'got 0. Column 0 of an array is "x0"'),
        (lambda: tw.nonnegative([]), "at least 1 are needed"),
        (lambda: tw.sum_to("one", ["a"]), "total holds text"),
        (lambda: tw.sum_to(np.nan, ["a"]), "total has 1 NaN"),
    ],
)
def test_common_rows_refuse_what_they_cannot_say(call, message):
    with pytest.raises(tw.InputError, match=re.escape(message)):
        call()


@pytest.mark.parametrize(
    "name", ["a", "mean age", "x.y", "2nd", "a`b", '"q"', "", "größe", "x[3]", "a-b", "a <= b", "3"]
)
def test_names_are_written_so_that_they_are_read_again(name):
    frame = pd.DataFrame(X[:, :2], columns=[name, "other"])
    model = tw.LinearRegression(constraints=tw.monotone([name, "other"])).fit(frame, y)
    assert_array_equal(model.solution_.problem.A, [[1.0, -1.0]])
