"""Fits with linear rows on the coefficients: irls and slsqp against independent answers, and through the judge."""

import time
from itertools import product

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import LinearConstraint, minimize

import thalweg as tw
from thalweg.problems.fit import Fit
from thalweg.result import Claim, Stop
from thalweg.solvers._highs import recession
from thalweg.solvers._program import Answer, Program
from thalweg.solvers._row_limits import Limits
from thalweg.solvers._scipy_rows import row_duals, scipy_rows
from thalweg.solvers._standard import Standard
from thalweg.watch import Watch

INF = np.inf
BOTH = ["irls", "slsqp"]


def random_fit(seed, loss="squared", n=80, p=6, **options):
    """A fit with an equal row, a lower, an upper and a two-sided one, some of them active at the optimum."""
    rng = np.random.default_rng(seed)
    X, b = rng.standard_normal((n, p)), rng.standard_normal(p)
    eta = X @ b
    y = eta + rng.standard_normal(n) if loss == "squared" else (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    A = rng.integers(-2, 3, (4, p)).astype(float)
    middle = A @ (0.5 * b)
    below, above = np.array([0, 0, INF, 0.1]), np.array([0, INF, 0, 0.1])
    limits = {"row_lower": middle - below, "row_upper": middle + above}
    data = {"weights": rng.choice([0.0, 0.5, 1.0, 3.0], n), "offset": 0.3 * rng.standard_normal(n)}
    return Fit(X, y, loss, A=A, **{**limits, **data, **options})


def limits_of(problem):
    """Rows and finite bounds as rows on (coef, intercept)."""
    bounded = np.isfinite(problem.lower) | np.isfinite(problem.upper)
    A = np.vstack([problem.A, np.eye(problem.shape[1])[bounded]])
    lower = np.append(problem.row_lower, problem.lower[bounded])
    return np.pad(A, ((0, 0), (0, 1))), lower, np.append(problem.row_upper, problem.upper[bounded])


def by_enumeration(problem):
    """Squared loss: the least objective of all stationary points on any set of active limits that meet the others."""
    Z = np.column_stack([problem.X.X, np.ones(problem.shape[0])])
    H = (Z.T * problem.weights) @ Z + np.diag(np.append(problem.l2, 0.0))
    c = Z.T @ (problem.weights * (problem.y - problem.offset))
    A, lower, upper = limits_of(problem)
    best = INF
    for sides in product(*([lower[i]] if lower[i] == upper[i] else [None, lower[i], upper[i]] for i in range(len(A)))):
        held = [i for i, side in enumerate(sides) if side is not None and np.isfinite(side)]
        K = np.block([[H, A[held].T], [A[held], np.zeros((len(held), len(held)))]])
        t = np.linalg.lstsq(K, np.append(c, [sides[i] for i in held]), rcond=None)[0][: len(c)]
        if (A @ t >= lower - 1e-9).all() and (A @ t <= upper + 1e-9).all():
            best = min(best, problem.objective({"coef": t[:-1], "intercept": t[-1]}))
    return best


def by_trust_region(problem):
    """Logistic loss: SciPy's interior-point method on plain formulas."""
    Z, w = np.column_stack([problem.X.X, np.ones(problem.shape[0])]), problem.weights
    ridge = np.append(problem.l2, 0.0)

    def value(t):
        eta = Z @ t + problem.offset
        return w @ (np.logaddexp(0, eta) - problem.y * eta) + 0.5 * ridge @ t**2

    def gradient(t):
        return Z.T @ (w * (1 / (1 + np.exp(-Z @ t - problem.offset)) - problem.y)) + ridge * t

    def hessian(t):
        return (Z.T * (w / (2 + 2 * np.cosh(Z @ t + problem.offset)))) @ Z + np.diag(ridge)

    rows = LinearConstraint(*limits_of(problem))
    options = {"gtol": 1e-10, "xtol": 1e-13, "barrier_tol": 1e-11, "maxiter": 2000}
    start = np.zeros(Z.shape[1])
    return minimize(
        value, start, jac=gradient, hess=hessian, method="trust-constr", constraints=rows, options=options
    ).fun


REFERENCES = {"squared": by_enumeration, "logistic": by_trust_region}


@pytest.mark.parametrize("loss", REFERENCES)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", BOTH)
def test_the_objective_is_that_of_another_method(name, loss, seed):
    problem = random_fit(seed, loss, l2=0.5 * (seed == 2))
    if seed == 1:  # with a box, and rows that 0 meets
        ends = np.array([0.2, 0.1, INF, INF, INF, INF])
        moved = {"row_lower": [0, -0.1, -INF, -0.1], "row_upper": [0, INF, 0.1, 0.1]}
        problem = problem.replace(lower=-ends, upper=ends, **moved)
    solution = tw.solve(problem, solver=name, tol=1e-8)
    assert solution.certificate.verdict.name == "PROVED", solution.explain()
    assert solution.objective == pytest.approx(REFERENCES[loss](problem), rel=1e-6)  # theirs is the coarser


@pytest.mark.parametrize("loss", ["squared", "logistic"])
@pytest.mark.parametrize("seed", range(12))
def test_irls_is_proved_to_nine_digits(loss, seed):
    """Penalties, boxes, sparse storage, units that differ by 10^6, repeated rows: all at random."""
    rng = np.random.default_rng(100 + seed)
    p = int(rng.integers(2, 30))
    problem = random_fit(seed, loss, n=int(rng.integers(2 * p + 20, 400)), p=p, intercept=seed % 3 > 0)
    scale = 10.0 ** rng.uniform(-3, 3, p) if seed % 2 else np.ones(p)
    X, A = problem.X.X * scale, np.vstack([problem.A, 2 * problem.A[:2]]) * scale
    changes = {
        "row_lower": np.append(problem.row_lower, 2 * problem.row_lower[:2]),
        "row_upper": np.append(problem.row_upper, 2 * problem.row_upper[:2]),
        "l1": rng.choice([0.0, 2.0], p) * scale,
        "l2": rng.choice([0.0, 1.0], p) * scale**2,
    }
    form = sparse.csc_array if seed % 4 == 0 else np.asarray
    problem = problem.replace(X=form(X), A=form(A), **changes)
    solution = tw.solve(problem, tol=1e-9)
    assert solution.attempts[0].by == "irls"
    assert solution.certificate.verdict.name == "PROVED", solution.explain()
    assert solution.certificate.violations["rows"].relative <= 1e-12


@pytest.mark.parametrize("loss", ["squared", "logistic"])
@pytest.mark.parametrize("name", BOTH)
def test_row_duals_are_derivatives(name, loss):
    problem, step = random_fit(7, loss, l2=0.1), 1e-4
    duals = tw.solve(problem, solver=name).duals
    assert np.abs(duals).max() > 1e-2
    for i, move in enumerate(step * np.eye(4)):
        ends = [
            tw.solve(problem.replace(row_lower=problem.row_lower + m, row_upper=problem.row_upper + m), solver="irls")
            for m in (-move, move)
        ]
        assert duals[i] == pytest.approx((ends[1].objective - ends[0].objective) / (2 * step), abs=1e-3)


@pytest.mark.parametrize("name", BOTH)
def test_rows_that_leave_one_point(run, name):
    problem = Fit(np.eye(3), [5.0, 0.0, 1.0], A=np.eye(3), row_lower=[1, 2, 3], row_upper=[1, 2, 3])
    claim = run(name, problem)
    np.testing.assert_allclose(claim.values["coef"], [1, 2, 3], rtol=1e-14)
    assert tw.certify(problem, claim).ok


@pytest.mark.parametrize("name", BOTH)
def test_rows_without_an_interior(run, name):
    """a + b <= 1 and a + b >= 1 are an equal row in two parts."""
    X, y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), [1.0, 1.0, 3.0]
    problem = Fit(X, y, A=[[1, 1], [1, 1]], row_lower=[-INF, 1], row_upper=[1, INF], intercept=False)
    claim = run(name, problem)
    np.testing.assert_allclose(claim.values["coef"], [0.5, 0.5], atol=1e-7)
    assert tw.certify(problem, claim).ok


def test_an_ordered_lasso_has_exact_zeros_and_ties(diabetes):
    X, y = diabetes
    chain = np.eye(10)[:4] - np.eye(10)[1:5]  # b0 >= b1 >= b2 >= b3 >= b4
    solution = tw.solve(Fit(X, y, l1=100.0, lower=-200.0, A=chain, row_lower=0.0), tol=1e-9)
    assert solution.certificate.verdict.name == "PROVED"
    assert (solution.coef == 0).sum() >= 2
    np.testing.assert_allclose(chain @ solution.coef, np.maximum(chain @ solution.coef, 0.0), atol=1e-10)


@pytest.mark.parametrize("name", BOTH)
def test_contradictory_rows_come_with_their_ray(run, name):
    X = np.random.default_rng(0).standard_normal((30, 3))
    A = [[1.0, 1.0, 0.0], [2.0, 2.0, 0.0], [0.0, 0.0, 1.0]]
    problem = Fit(X, X @ [1.0, 2.0, 3.0], A=A, row_lower=[2, -INF, 0], row_upper=[INF, 2, INF])
    claim = run(name, problem)
    assert claim.stop is Stop.INFEASIBLE and not claim.values
    ray = claim.hints["ray"]
    assert ray[0] > 0 > ray[1] and ray[2] == 0 and not (problem.A.T @ ray).any()
    assert problem.row_lower[0] * ray[0] + problem.row_upper[1] * ray[1] > 0
    assert tw.certify(problem, claim).verdict.name == "INFEASIBLE"


@pytest.mark.parametrize("row", [[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 0.0, 2.0]], ids=str)
@pytest.mark.parametrize("name", BOTH)
def test_separable_data_within_rows_have_no_minimiser(name, row):
    X = np.random.default_rng(0).standard_normal((40, 4))
    y = (X @ [1.0, 2.0, -3.0, 0.5] > 0).astype(float)
    equal = tw.solve(Fit(X, y, "logistic", A=[row], row_lower=[0.0], row_upper=[0.0]), solver=name)
    assert equal.certificate.verdict.name == "NO_MINIMISER"
    assert equal.certificate.facts["direction"] @ row == 0


def test_rows_can_hold_a_separating_direction_back():
    X = np.random.default_rng(0).standard_normal((40, 4))
    y = (X @ [1.0, 2.0, -3.0, 0.5] > 0).astype(float)
    solution = tw.solve(Fit(X, y, "logistic", A=np.eye(4), row_lower=-1.0, row_upper=1.0))
    assert solution.certificate.verdict.name == "PROVED"
    assert np.abs(solution.coef).max() == pytest.approx(1.0)


@pytest.mark.parametrize("name", BOTH)
def test_only_feasible_points_are_offered(run, name):
    problem, watch = random_fit(3, "logistic"), Watch()
    run(name, problem, watch=watch)
    coef = watch.best_claim().values["coef"]
    assert Limits.of(Standard(problem)).violation(coef / Standard(problem).scale) <= 1e-9
    stopped = Watch(callback=lambda _: True)  # before the first step: no point inside the rows is known
    claim = run(name, problem, watch=stopped)
    assert claim.stop is not Stop.CONVERGED and not claim.values


def test_a_start_inside_the_rows_is_used(run):
    problem, watch = random_fit(4, "logistic"), Watch()
    run("irls", problem, start=run("irls", problem), watch=watch)
    assert len(watch.trace) <= 4


@pytest.mark.parametrize("name,columns", [("irls", 2001), ("slsqp", 201)])
def test_too_many_columns_are_declined_with_the_reason(run, name, columns):
    claim = run(name, Fit(np.ones((2, columns)), [0.0, 1.0], l2=1.0))
    assert claim.stop is Stop.FAILED and "more than" in claim.message and not claim.values


def test_rows_for_scipy_without_those_that_others_imply():
    A = np.array([[1.0, 1.0], [2.0, 2.0], [0.0, 3.0], [0.0, 1.0], [0.0, 0.0]])
    equal, inner = scipy_rows(A, np.array([1, -INF, 3, 2, -1.0]), np.array([1, 9, INF, INF, 1.0]))
    assert equal["type"] == "eq" and equal["jac"](None).shape == (1, 2)
    np.testing.assert_allclose(inner["jac"](None), [[0, 1]])
    np.testing.assert_allclose(inner["fun"](np.array([0.0, 5.0])), [3])  # b >= 2 implies 3 b >= 3


def test_row_duals_leave_the_least_gradient():
    """At the corner of a row and a bound, the row takes what the bound cannot."""
    problem = Fit(np.eye(2), [0.0, 0.0], A=[[1.0, 1.0]], row_lower=[1.0], lower=[0.0, -INF])
    limits = Limits.of(Standard(problem))._replace(A=np.array([[1.0, 1.0]]))
    np.testing.assert_allclose(row_duals(limits, np.array([0.0, 1.0]), np.array([5.0, 2.0])), [2.0])


@pytest.mark.parametrize("start", [Claim({"coef": [np.nan] * 6}), Claim({"coef": [1.0]}), Claim({"coef": [1e3] * 6})])
@pytest.mark.parametrize("name", BOTH)
def test_a_bad_start_does_no_harm(run, name, start):
    problem = random_fit(5, l2=1.0)
    np.testing.assert_allclose(run(name, problem, start).values["coef"], run(name, problem).values["coef"], rtol=1e-5)


def correlated_fit(seed, noise=1e-4, n=20):
    """Two columns that are almost the same, large numbers, an L1 penalty that is small beside them, and a row."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 2))
    X[:, 1] = X[:, 0] + noise * X[:, 1]
    b = rng.standard_normal(2) / X.std(0)
    y = 1e4 * (X @ b - (X @ b).mean() + 0.5 * rng.standard_normal(n))
    return Fit(X, y, l1=0.01, A=[[1, 1]], row_upper=[0.5 * np.abs(b).sum()], weights=np.full(n, 1 / n))


def test_a_model_taken_for_unbounded_does_no_harm(monkeypatch, run):
    """Interior-point codes give up on nearly singular programs, and linear programs then find no row duals."""

    def unbounded(program, *_):
        return Answer(Stop.UNBOUNDED, np.zeros(program.q.size), direction=np.ones(program.q.size))

    monkeypatch.setattr("thalweg.solvers._split_program.least_quadratic", unbounded)
    problem = correlated_fit(0)
    claim = run("irls", problem)
    assert claim.stop is not Stop.CONVERGED or tw.certify(problem, claim).ok


@pytest.mark.parametrize("seed", range(0, 25, 3))
def test_correlated_columns_under_a_small_penalty_are_proved(seed):
    problem = correlated_fit(seed)
    solution = tw.solve(problem, solver="irls")
    assert solution.ok, solution.explain()  # a row beside such terms is met up to their rounding
    unpenalised = tw.solve(problem.replace(l1=0.0), solver="irls")
    price = 0.01 * np.abs(unpenalised.coef).sum()
    assert unpenalised.objective * (1 - 1e-6) <= solution.objective <= (unpenalised.objective + price) * (1 + 1e-6)


@pytest.mark.parametrize("seed", range(0, 20, 2))
def test_nearly_equal_columns_under_a_tiny_penalty_are_solved(seed):
    """Coefficients of 10^9 hold too few digits for a proof of their own; the predictor handed along has them."""
    solution = tw.solve(correlated_fit(seed, noise=1e-6).replace(l1=1e-4), solver="irls", tol=1e-5)
    assert solution.ok, solution.explain()


def raw_rows(seed):
    """Columns in units from 10^-6 to 10^6 with rows that count each unit as 1."""
    rng = np.random.default_rng(seed)
    p = int(rng.integers(2, 6))
    scale = 10.0 ** rng.uniform(-6, 6, p)
    X = rng.standard_normal((60, p))
    y, A, b = X @ rng.standard_normal(p) + rng.standard_normal(60), rng.integers(-2, 3, (3, p)), rng.standard_normal(p)
    limits = {"row_lower": A @ b - [0, 1, INF], "row_upper": A @ b + [0, INF, 1]}
    return Fit(X * scale, y, l1=seed % 2 * 0.01 * scale, A=A, **limits)


@pytest.mark.parametrize("seed", range(12))
def test_rows_over_columns_of_very_different_units(seed):
    solution = tw.solve(raw_rows(seed))
    assert solution.ok, solution.explain()


def test_a_point_inside_the_rows_is_found_where_the_interior_point_method_finds_none(monkeypatch, run):
    """Then a vertex is taken, and nothing leaves the rows again."""
    monkeypatch.setattr("thalweg.solvers._split_program.polished", lambda program, x, y, *_: (x, y, 1.0))
    monkeypatch.setattr("thalweg.solvers._split_program.least_quadratic", lambda program, *_: Answer(
        Stop.STALLED, np.full(program.q.size, 7.0), np.zeros(program.row_lower.size)
    ))  # fmt: skip
    problem = random_fit(3)
    claim = run("irls", problem)
    assert claim.stop is Stop.STALLED
    assert tw.certify(problem, claim).feasible


@pytest.mark.parametrize("l1", [0.01, 0.1, 1.0])
def test_a_small_penalty_changes_little(l1):
    X = [[-0.1, -0.082], [-1.4, -1.401], [-0.7, -0.707], [-0.1, -0.099], [1.2, 1.198], [-0.9, -0.891]]
    problem = Fit(X, [339.0, 137, -7146, 4696, -10339, 6659], l1=l1, A=[[1, 1]], row_upper=[1.0])
    solution = tw.solve(problem, solver="irls")
    assert solution.certificate.verdict.name == "PROVED", solution.explain()
    assert solution.objective == pytest.approx(47399986.7 + l1 * np.abs(solution.coef).sum(), rel=1e-3)


def test_a_poor_minimiser_of_the_model_is_no_end(monkeypatch, run):
    """Equations that stay where they are promise nothing, however far from the end they are."""
    monkeypatch.setattr("thalweg.solvers._split_program.polished", lambda program, x, y, *_: (x, y, 1.0))
    monkeypatch.setattr("thalweg.solvers._split_program.least_quadratic", lambda program, *_: Answer(
        Stop.STALLED, np.zeros(program.q.size), np.zeros(program.row_lower.size)
    ))  # fmt: skip
    assert run("irls", correlated_fit(0)).stop is Stop.STALLED


@pytest.mark.parametrize("name", BOTH)
def test_a_corner_that_is_the_only_point(run, name):
    """a + b = 0 with a, b >= 0."""
    X, y = [[1.0, 2.0], [2, 0], [0, 1], [3, 1], [1, 1]], [1.0, 2.0, 0, 3, 2]
    problem = Fit(X, y, A=[[1, 1]], row_lower=[0], row_upper=[0], lower=0)
    claim = run(name, problem)
    np.testing.assert_array_equal(claim.values["coef"], [0, 0])
    assert tw.certify(problem, claim).ok


@pytest.mark.parametrize("factor", [1.0, 100.0, 1000.0, 1e5])
def test_large_counts_from_outside_the_rows(factor):
    """The model of a Poisson loss at 0 says nothing of counts in the thousands: its minimiser is far away."""
    X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [1.0, 2.0]])
    y = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    rows = {"A": [[1.0, -1.0]], "row_lower": [0.5], "row_upper": [0.5]}
    solution = tw.solve(tw.Fit(X, factor * y, "poisson", **rows), solver="irls")
    assert solution.ok
    np.testing.assert_allclose(solution.coef, [0.59005084, 0.09005084], rtol=1e-6)
    assert solution.objective == pytest.approx(0.34904971411 * 5 * factor, rel=1e-9)


def test_a_program_of_huge_numbers_ends():
    P, q = np.full((2, 2), 1e200) + np.eye(2), np.array([1e250, -1e250])
    program = Program(P, q, np.zeros((0, 2)), np.zeros(0), np.zeros(0), np.full(2, -np.inf), np.full(2, np.inf))
    began = time.perf_counter()
    recession(program, tw.Watch(time_limit=5), tw.Tolerance.of(None))
    assert time.perf_counter() - began < 5
