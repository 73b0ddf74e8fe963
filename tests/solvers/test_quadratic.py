"""Both engines and the polisher on quadratic programs."""

import numpy as np
import pytest
from scipy import sparse

from thalweg.problems.linear import LinearProgram
from thalweg.problems.quadratic import QuadraticProgram
from thalweg.result import Claim, Stop
from thalweg.watch import Watch

INF = np.inf
ENGINES = ["piqp", "clarabel"]


def distance_from_optimality(problem, claim):
    """Duality gap of point and row duals, relative to the objective's terms; reduced costs are derived here."""
    x, y = claim.values["x"], claim.hints["row_dual"].copy()
    sign = -1.0 if problem.maximize else 1.0
    P, q, y = sign * problem.P, sign * problem.q, sign * y
    z = q + P @ x - problem.A.T @ y
    dual = -0.5 * x @ (P @ x)
    for lower, upper, push in ((problem.row_lower, problem.row_upper, y), (problem.lower, problem.upper, z)):
        push = np.where((push > 0) & np.isinf(lower) | (push < 0) & np.isinf(upper), 0.0, push)
        dual += lower[push > 0] @ push[push > 0] + upper[push < 0] @ push[push < 0]
    return (0.5 * x @ (P @ x) + q @ x - dual) / (np.abs(q) @ np.abs(x) + np.abs(x) @ (np.abs(P) @ np.abs(x)))


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_gap_closes(run, random_program, assert_feasible, seed, maximize):
    problem = random_program(seed, quadratic=True, maximize=maximize)
    claim = run("piqp", problem)
    assert claim.stop is Stop.CONVERGED
    assert_feasible(problem, claim.values["x"])
    assert abs(distance_from_optimality(problem, claim)) <= 1e-9


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("maximize", [False, True])
def test_row_duals_are_derivatives(name, random_program, assert_duals_are_derivatives, maximize):
    assert_duals_are_derivatives(name, random_program(1, quadratic=True, maximize=maximize), step=1e-3)


@pytest.mark.parametrize("name", ENGINES)
def test_projection_in_closed_form(name, run):
    """Nearest point of x1 + x2 <= 2 to (3, 1)."""
    claim = run(name, QuadraticProgram(np.eye(2), [-3.0, -1.0], [[1.0, 1.0]], row_upper=[2.0]))
    np.testing.assert_allclose(claim.values["x"], [2, 0], atol=1e-8)
    np.testing.assert_allclose(claim.hints["row_dual"], [-1], atol=1e-8)


@pytest.mark.parametrize("name", ENGINES)
def test_without_rows_and_limits(name, run):
    claim = run(name, QuadraticProgram([[2.0, 0.0], [0.0, 4.0]], [-2.0, 4.0]))
    np.testing.assert_allclose(claim.values["x"], [1, -1], atol=1e-8)


@pytest.mark.parametrize("name", ENGINES)
def test_sparse_agrees_with_dense(name, run):
    rng = np.random.default_rng(0)
    n = 150
    P = sparse.diags_array(rng.random(n)).tocsc()
    A = sparse.random_array((40, n), density=0.05, rng=rng, format="csc")
    problem = QuadraticProgram(P, rng.standard_normal(n), A, row_lower=-0.1, row_upper=0.1, lower=-1, upper=1)
    dense = problem.replace(P=P.toarray(), A=A.toarray())
    np.testing.assert_allclose(run(name, problem).values["x"], run(name, dense).values["x"], atol=1e-7)


@pytest.mark.parametrize("name", ENGINES)
def test_every_variable_fixed(name, run):
    problem = QuadraticProgram(np.eye(2), [1.0, 1.0], [[1.0, 1.0]], row_upper=[4.0], lower=[1, 2], upper=[1, 2])
    np.testing.assert_array_equal(run(name, problem).values["x"], [1, 2])


@pytest.mark.parametrize("name", ENGINES)
def test_a_small_objective_is_not_taken_for_zero(name, run):
    problem = QuadraticProgram(np.zeros((2, 2)), [-1e-8, -2e-8], [[1, 1]], row_upper=[1], lower=0)
    np.testing.assert_allclose(run(name, problem).values["x"], [0, 1], atol=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_badly_scaled_data(run, random_program, seed):
    """Rows, columns and objective in units that differ by up to 10^6."""
    rng = np.random.default_rng(seed)
    problem = random_program(seed, quadratic=True)
    rows, columns = 10 ** rng.uniform(-3, 3, 6), 10 ** rng.uniform(-3, 3, 9)
    scaled = QuadraticProgram(
        problem.P * columns[:, None] * columns * 1e-3,
        problem.q * columns * 1e-3,
        problem.A * rows[:, None] * columns,
        row_lower=problem.row_lower * rows,
        row_upper=problem.row_upper * rows,
        lower=problem.lower / columns,
        upper=problem.upper / columns,
    )
    best = problem.objective(run("piqp", problem).values)
    assert scaled.objective(run("piqp", scaled).values) == pytest.approx(1e-3 * best, rel=1e-8)


@pytest.mark.parametrize("name", ENGINES)
def test_infeasible_comes_with_a_ray(name, run, assert_farkas):
    problem = QuadraticProgram(np.eye(2), [1, 1], [[1, 1], [1, 1]], row_lower=[2, -INF], row_upper=[INF, 1])
    claim = run(name, problem)
    assert claim.stop is Stop.INFEASIBLE
    assert_farkas(problem, claim.hints["ray"])


def test_infeasible_in_its_fixed_columns(run, assert_farkas):
    problem = QuadraticProgram(np.eye(2), [1, 1], [[1, 1]], row_lower=[9], lower=[1, 2], upper=[1, 2])
    claim = run("piqp", problem)
    assert claim.stop is Stop.INFEASIBLE
    assert_farkas(problem, claim.hints["ray"])


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("maximize", [False, True])
def test_unbounded_comes_with_a_flat_direction(name, run, assert_recession, maximize):
    sign = -1.0 if maximize else 1.0
    P = sign * np.diag([1.0, 0.0])
    problem = QuadraticProgram(P, [0.0, -sign], [[1.0, 1.0]], row_lower=[0.0], maximize=maximize)
    claim = run(name, problem)
    assert claim.stop is Stop.UNBOUNDED
    assert_recession(problem, claim)


def test_an_expired_clock_is_no_error(run, random_program):
    watch = Watch(time_limit=1e-9)
    claim = run("piqp", random_program(0, quadratic=True), watch=watch)
    assert claim.by == "piqp"


@pytest.mark.parametrize("seed", range(6))
def test_polish_recovers_the_last_digits(run, random_program, assert_feasible, seed):
    problem = random_program(seed, quadratic=True, maximize=seed % 2 == 1)
    exact = run("piqp", problem)
    rng = np.random.default_rng(seed)
    rough = Claim(
        {"x": exact.values["x"] + 1e-6 * rng.standard_normal(9)},
        {"row_dual": exact.hints["row_dual"] + 1e-6 * rng.standard_normal(6)},
    )
    claim = run("polish", problem, rough)
    assert_feasible(problem, claim.values["x"], tolerance=1e-13)
    assert abs(distance_from_optimality(problem, claim)) <= 1e-14


def test_polish_puts_variables_on_their_limits_exactly(run):
    problem = LinearProgram([1.0, 2.0, 0.0], [[1.0, 1.0, 0.0], [0.0, 1.0, -1.0]], row_lower=[1.0, 0.0], lower=0)
    rough = Claim({"x": [1 - 1e-9, 1e-9, 2e-9]}, {"row_dual": [1 - 1e-9, 1e-10]})
    np.testing.assert_array_equal(run("polish", problem, rough).values["x"], [1.0, 0.0, 0.0])


@pytest.mark.parametrize("start", [None, Claim(), Claim({"x": [np.nan] * 9}), Claim({"x": [0.0]})])
def test_polish_declines_without_a_point(run, random_program, start):
    claim = run("polish", random_program(0, quadratic=True), start)
    assert claim.stop is Stop.FAILED and not claim.values


def test_polish_never_returns_worse_than_it_was_given(run, random_program):
    problem = random_program(2, quadratic=True)
    exact = run("piqp", problem)
    claim = run("polish", problem, exact)
    assert abs(distance_from_optimality(problem, claim)) <= max(abs(distance_from_optimality(problem, exact)), 1e-14)
