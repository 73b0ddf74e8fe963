"""Solvers of penalised linear models against scikit-learn, closed forms and optimality conditions."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge

from thalweg.problems.fit import Fit
from thalweg.result import Stop
from thalweg.watch import Watch

INF = np.inf
SMOOTH = ["newton", "coordinate-descent", "lbfgs"]
SQUARED = ["least-squares", *SMOOTH]
LIMITED = ["coordinate-descent", "lbfgs"]


def violation(problem, claim):
    """Largest violation of the optimality conditions, relative to the loss's slopes in columns of unit norm."""
    coef, intercept = claim.values["coef"], float(claim.values["intercept"])
    assert (coef >= problem.lower).all() and (coef <= problem.upper).all()
    u = problem.weights * problem.loss.slope(problem.eta(coef, intercept), problem.y)
    g = problem.X.t_dot(u) + problem.l2 * coef
    up = g + np.where(coef < 0, -problem.l1, problem.l1)  # slope when the coefficient rises
    down = -g + np.where(coef > 0, -problem.l1, problem.l1)  # and when it falls
    off = np.maximum(np.where(coef < problem.upper, -up, 0.0), np.where(coef > problem.lower, -down, 0.0))
    X = problem.X.columns(np.arange(problem.shape[1]))
    norms = np.sqrt(problem.weights @ X**2)
    used = problem.weights > 0
    size = np.linalg.norm(u[used] / np.sqrt(problem.weights[used]))
    worst = float((np.maximum(off, 0.0) / np.where(norms > 0, norms, 1.0)).max())
    if problem.intercept:
        worst = max(worst, abs(u.sum()) / np.sqrt(problem.weights.sum()))
    else:
        assert intercept == 0.0
    return worst / size


# the squared loss


@pytest.mark.parametrize("name", SQUARED)
def test_ordinary_least_squares(run, name, diabetes):
    claim, reference = run(name, Fit(*diabetes)), LinearRegression().fit(*diabetes)
    np.testing.assert_allclose(claim.values["coef"], reference.coef_, rtol=1e-7)
    assert float(claim.values["intercept"]) == pytest.approx(reference.intercept_, rel=1e-12)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("name", SQUARED)
def test_ridge(run, name, intercept, diabetes):
    X, y = diabetes
    claim = run(name, Fit(X, y, l2=0.3, intercept=intercept))
    reference = Ridge(alpha=0.3, fit_intercept=intercept, solver="cholesky").fit(X, y)
    np.testing.assert_allclose(
        claim.values["coef"], reference.coef_, rtol=1e-5 if name == "lbfgs" else 1e-9
    )  # steps by values


def test_a_polynomial_with_known_coefficients(run):
    """Wampler1: y = 1 + x + ... + x^5, x = 0 ... 20; condition 5e13 before scaling."""
    x = np.arange(21.0)
    X = np.column_stack([x**k for k in range(1, 6)])
    claim = run("least-squares", Fit(X, 1 + X.sum(axis=1)))
    np.testing.assert_allclose([*claim.values["coef"], claim.values["intercept"]], 1.0, rtol=1e-9)


def test_dependent_columns_share_by_least_norm(run, diabetes):
    X, y = diabetes
    doubled = run("least-squares", Fit(np.hstack([X, X]), y)).values["coef"]
    alone = run("least-squares", Fit(X, y)).values["coef"]
    np.testing.assert_allclose(doubled, np.concatenate([alone, alone]) / 2, rtol=1e-8)


def test_more_columns_than_rows_interpolate_by_least_norm(run):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((12, 30)), rng.standard_normal(12)
    X /= np.linalg.norm(X, axis=0)
    claim = run("least-squares", Fit(X, y, intercept=False))
    np.testing.assert_allclose(X @ claim.values["coef"], y, atol=1e-12)
    np.testing.assert_allclose(claim.values["coef"], np.linalg.pinv(X) @ y, atol=1e-10)


@pytest.mark.parametrize("columns", [30, 2100], ids=["by the Gram matrix", "by conjugate gradients"])
@pytest.mark.parametrize("l2", [0.0, 0.5])
def test_sparse_least_squares(run, columns, l2):
    rng = np.random.default_rng(1)
    X = sparse.random_array((2500, columns), density=0.02, rng=rng, format="csc")
    problem = Fit(X, rng.standard_normal(2500), l2=l2, weights=rng.random(2500))
    claim = run("least-squares", problem)
    assert claim.stop is Stop.CONVERGED
    assert violation(problem, claim) <= 1e-11


def test_a_constant_column_changes_nothing(run, diabetes):
    X, y = diabetes
    claim = run("least-squares", Fit(np.column_stack([X, np.full(len(y), 3.7)]), y))
    assert claim.values["coef"][-1] == 0.0
    np.testing.assert_allclose(claim.values["coef"][:-1], run("least-squares", Fit(X, y)).values["coef"], rtol=1e-9)


@pytest.mark.parametrize("alpha", [0.1, 0.01, 0.001])
def test_lasso(run, alpha, diabetes):
    X, y = diabetes
    problem = Fit(X, y, l1=alpha * 442)
    claim = run("coordinate-descent", problem)
    reference = ElasticNet(alpha=alpha, l1_ratio=1.0, tol=1e-12, max_iter=1_000_000).fit(X, y)
    assert violation(problem, claim) <= 1e-12
    np.testing.assert_allclose(claim.values["coef"], reference.coef_, rtol=1e-5, atol=1e-6)
    assert ((claim.values["coef"] == 0) == (reference.coef_ == 0)).all()


def test_soft_thresholding_in_closed_form(run):
    """Orthonormal columns: each coefficient is the correlation, shrunk."""
    X = np.linalg.qr(np.random.default_rng(0).standard_normal((20, 4)))[0]
    y = X @ [3.0, -2.0, 0.5, 1.0]
    claim = run("coordinate-descent", Fit(X, y, l1=1.0, intercept=False))
    np.testing.assert_allclose(claim.values["coef"], [2, -1, 0, 0], atol=1e-14)


# the logistic loss


def test_maximum_likelihood_with_two_features(run, cancer):
    X, y = cancer
    problem = Fit(X[:, :2], y, loss="logistic")
    for name in SMOOTH:
        assert problem.objective(run(name, problem).values) == pytest.approx(145.56165318905, rel=1e-13)


@pytest.mark.parametrize("standardised", [False, True])
@pytest.mark.parametrize("name", SMOOTH)
def test_penalised_logistic_regression(run, name, standardised, cancer):
    X, y = cancer
    X = (X - X.mean(axis=0)) / X.std(axis=0) if standardised else X
    problem = Fit(X, y, loss="logistic", l2=1.0)
    claim = run(name, problem)
    reference = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(claim.values["coef"], reference.coef_[0], rtol=1e-4, atol=1e-8)
    assert violation(problem, claim) <= (1e-7 if name == "lbfgs" else 1e-12)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array], ids=["dense", "sparse"])
@pytest.mark.parametrize("name", SMOOTH)
def test_digits(run, name, form, digits):
    X, y = digits
    problem = Fit(form(X), y, loss="logistic", l2=1.0)
    assert problem.objective(run(name, problem).values) == pytest.approx(1.27243549557, rel=1e-10)


@pytest.mark.parametrize("l1,l2", [(1.0, 0.0), (0.1, 0.1), (0.01, 0.0)])
@pytest.mark.parametrize("data", ["raw", "standardised", "digits", "sparse digits"])
def test_elastic_net_logistic(run, data, l1, l2, cancer, digits):
    X, y = digits if "digits" in data else cancer
    X = (X - X.mean(axis=0)) / X.std(axis=0) if data == "standardised" else X
    problem = Fit(sparse.csr_array(X) if data == "sparse digits" else X, y, loss="logistic", l1=l1, l2=l2)
    claim = run("coordinate-descent", problem)
    assert claim.stop is Stop.CONVERGED
    assert violation(problem, claim) <= 1e-12


def test_labels_may_be_shares(run, cancer):
    X, y = cancer
    problem = Fit(X[:, :3], (y + 0.5) / 2, loss="logistic")
    for name in SMOOTH:
        assert violation(problem, run(name, problem)) <= 1e-9


# weights, offsets, limits


@pytest.mark.parametrize("name", SMOOTH)
def test_whole_weights_are_repeated_rows(run, name, cancer):
    X, y = cancer[0][:, :5], cancer[1]
    weights = np.random.default_rng(0).integers(0, 4, y.size)
    offset = np.random.default_rng(1).standard_normal(y.size)
    weighted = Fit(X, y, loss="logistic", l2=1.0, weights=weights, offset=offset)
    X, y, offset = (np.repeat(part, weights, axis=0) for part in (X, y, offset))
    repeated = run(name, Fit(X, y, loss="logistic", l2=1.0, offset=offset))
    np.testing.assert_allclose(run(name, weighted).values["coef"], repeated.values["coef"], rtol=1e-6)


@pytest.mark.parametrize("name", SQUARED)
def test_rows_of_weight_zero_do_not_matter(run, name, diabetes):
    X, y = diabetes
    spoilt, target, weights = np.vstack([X, np.full((3, 10), 1e200)]), np.append(y, [1e150] * 3), np.ones(445)
    weights[442:] = 0.0
    claim = run(name, Fit(spoilt, target, l2=0.1, weights=weights))
    np.testing.assert_allclose(claim.values["coef"], run(name, Fit(X, y, l2=0.1)).values["coef"], rtol=1e-7)


@pytest.mark.parametrize("name", SQUARED)
def test_an_offset_is_taken_off_the_target(run, name, diabetes):
    X, y = diabetes
    offset = np.linspace(-50, 50, y.size)
    moved = run(name, Fit(X, y - offset, l2=0.1)).values["coef"]
    np.testing.assert_allclose(run(name, Fit(X, y, l2=0.1, offset=offset)).values["coef"], moved, rtol=1e-7)


@pytest.mark.parametrize("loss", ["squared", "logistic"])
@pytest.mark.parametrize("name", LIMITED)
def test_limits(run, name, loss, cancer):
    X = (cancer[0] - cancer[0].mean(axis=0)) / cancer[0].std(axis=0)
    lower = np.where(np.arange(30) % 3 == 0, -0.02, -INF)
    upper = np.where(np.arange(30) % 2 == 0, 0.01, INF)
    problem = Fit(X, cancer[1], loss=loss, l2=0.1, lower=lower, upper=upper)
    claim = run(name, problem)
    assert violation(problem, claim) <= (1e-7 if name == "lbfgs" else 1e-12)
    at_limit = (claim.values["coef"] == lower) | (claim.values["coef"] == upper)
    assert at_limit.sum() >= 5  # exactly, not nearly


def test_limits_with_l1_and_away_from_zero(run, diabetes):
    problem = Fit(*diabetes, l1=4.0, lower=[10] * 5 + [-INF] * 5, upper=[200] * 5 + [-3] * 2 + [INF] * 3)
    claim = run("coordinate-descent", problem)
    assert violation(problem, claim) <= 1e-12


@pytest.mark.parametrize("loss", ["squared", "logistic"])
@pytest.mark.parametrize("seed", range(12))
def test_coordinate_descent_on_dependent_columns(run, seed, loss):
    """Exact, negated, scaled and near copies, constant and zero columns, l1, l2 and limits at random."""
    rng = np.random.default_rng(seed)
    n, p = 30, 15
    X = rng.standard_normal((n, p))
    X[:, 10] = X[:, 0]
    X[:, 11] = -2 * X[:, 1]
    X[:, 12] = X[:, 2] + 1e-9 * rng.standard_normal(n)
    X[:, 13], X[:, 14] = 3.7, 0.0
    y = (rng.random(n) < 0.5).astype(float) if loss == "logistic" else rng.standard_normal(n)
    l1, l2 = rng.choice([0.1, 1.0], p), rng.choice([0.0, 1.0], p)
    lower, upper = -rng.choice([0.0, 0.2, INF], p), rng.choice([0.0, 0.2, INF], p)
    form = sparse.csc_array if seed % 3 == 0 else np.asarray
    problem = Fit(form(X), y, loss=loss, l1=l1, l2=l2, lower=lower, upper=upper, intercept=seed % 2 == 0)
    watch = Watch()
    claim = run("coordinate-descent", problem, watch=watch)
    assert claim.stop is Stop.CONVERGED and len(watch.trace) < 40
    assert violation(problem, claim) <= 1e-10


def test_many_columns_few_rows(run):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 3000))
    y = X[:, :5].sum(axis=1) + 0.1 * rng.standard_normal(40)
    problem = Fit(X, y, l1=0.1 * np.abs(X.T @ (y - y.mean())).max())
    claim = run("coordinate-descent", problem)
    assert violation(problem, claim) <= 1e-12
    assert 0 < np.count_nonzero(claim.values["coef"]) < 40
