"""Solvers of penalised linear models: data without a minimiser, and what each run owes."""

import numpy as np
import pytest
from scipy import sparse

from thalweg.errors import SolverMismatch
from thalweg.problems.fit import Fit
from thalweg.result import Claim, Stop
from thalweg.solvers.registry import fitting, named
from thalweg.watch import Watch

INF = np.inf
SMOOTH = ["newton", "coordinate-descent", "lbfgs"]
SQUARED = ["least-squares", *SMOOTH]


def separates(problem, claim):
    """The direction moves no prediction the wrong way, and some the right way; it moves no penalised coefficient."""
    d, d0 = claim.hints["direction"], float(claim.hints["direction_intercept"])
    assert claim.stop is Stop.UNBOUNDED and "no minimiser" in claim.message
    assert not d[problem.l1 + problem.l2 > 0].any()
    assert (d[np.isfinite(problem.lower)] >= 0).all() and (d[np.isfinite(problem.upper)] <= 0).all()
    margins = np.where(problem.y == 1, 1, -1) * (problem.X.dot(d) + d0)
    return margins.min() >= 0 and margins.max() > 0


@pytest.mark.parametrize("name", SMOOTH)
def test_separable_data_come_with_a_direction(run, name, cancer):
    X = (cancer[0] - cancer[0].mean(axis=0)) / cancer[0].std(axis=0)
    problem = Fit(X, cancer[1], loss="logistic")
    assert separates(problem, run(name, problem))


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array], ids=["dense", "sparse"])
@pytest.mark.parametrize("name", SMOOTH)
def test_a_level_of_one_class_only(run, name, form):
    """Quasi-separation: the margins of the other rows are exactly zero."""
    rng = np.random.default_rng(0)
    level, x = rng.integers(0, 4, 300), rng.standard_normal(300)
    y = (rng.random(300) < 1 / (1 + np.exp(-x))).astype(float)
    y[level == 2] = 1.0
    X = np.column_stack([x, level[:, None] == np.arange(4)]).astype(float)
    problem = Fit(form(X), y, loss="logistic", l2=[1.0, 0, 0, 0, 0])
    claim = run(name, problem)
    assert separates(problem, claim)
    assert claim.hints["direction"][0] == 0.0


def test_separation_that_no_single_column_shows(run):
    """x1 - x2 is never negative for class 1, never positive for class 0, and 0 for both somewhere."""
    x = np.random.default_rng(0).integers(-3, 4, 60).astype(float)
    y = (np.arange(60) % 2).astype(float)
    gap = np.where(np.arange(60) < 20, 0.0, np.where(y == 1, 1.0, -2.0))
    problem = Fit(np.column_stack([x + gap, x]), y, loss="logistic", intercept=False)
    assert separates(problem, run("newton", problem))


def test_limits_can_hold_a_separating_direction_back(run):
    X, y = np.array([[-2.0], [-1.0], [1.0], [2.0]]), [0, 0, 1, 1]
    held = run("coordinate-descent", Fit(X, y, loss="logistic", upper=5.0))
    assert held.stop is Stop.CONVERGED and held.values["coef"][0] == 5.0
    problem = Fit(X, y, loss="logistic", lower=0.0)
    assert separates(problem, run("coordinate-descent", problem))


# what each run owes


@pytest.mark.parametrize("name", SMOOTH)
def test_a_start_at_the_answer_is_kept(run, name, digits):
    problem = Fit(*digits, loss="logistic", l2=1.0)
    answer, watch = run("newton", problem), Watch()
    again = run(name, problem, start=answer, watch=watch)
    np.testing.assert_allclose(again.values["coef"], answer.values["coef"], rtol=1e-6)
    assert len(watch.trace) <= 3


@pytest.mark.parametrize("start", [Claim({"coef": [np.nan] * 10}), Claim({"coef": [1.0]}), Claim({"coef": [1e3] * 10})])
@pytest.mark.parametrize("name", SMOOTH)
def test_a_bad_start_does_no_harm(run, name, start, diabetes):
    problem = Fit(*diabetes, l2=1.0)
    np.testing.assert_allclose(run(name, problem, start).values["coef"], run(name, problem).values["coef"], rtol=1e-6)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_watch_ends_a_run_and_holds_its_best_point(run, name, digits):
    problem = Fit(*digits, loss="logistic", l2=1e-3, lower=-INF)
    watch = Watch(callback=lambda _: True)  # stops at the first report
    claim = run(name, problem, watch=watch)
    assert claim.stop is Stop.INTERRUPTED
    assert np.isfinite(problem.objective(claim.values))


@pytest.mark.parametrize("name,problem", [
    ("newton", Fit(np.ones((2, 5001)), [0.0, 1.0], loss="logistic", l2=1.0)),
    ("coordinate-descent", Fit(np.ones((2, 4001)), [0.0, 1.0], loss="logistic", l2=1.0)),
])  # fmt: skip
def test_too_many_columns_are_declined_with_the_reason(run, name, problem):
    claim = run(name, problem)
    assert claim.stop is Stop.FAILED and "more than" in claim.message and not claim.values


def test_rows_on_the_coefficients_go_to_those_who_respect_them(diabetes):
    problem = Fit(*diabetes, A=[[1.0] * 10], row_lower=[0.0])
    assert [entry.name for entry in fitting(problem)] == ["irls", "dual-program", "slsqp"]
    with pytest.raises(SolverMismatch, match="does not respect rows"):
        named("newton", problem)


def test_least_squares_is_for_the_squared_loss(cancer):
    problem = Fit(*cancer, loss="logistic", l2=1.0)
    assert [entry.name for entry in fitting(problem)] == ["newton", "coordinate-descent", "lbfgs", "irls", "slsqp"]
