"""Sequences of programs: starts from a basis, from active limits, and from what a problem was made from."""

import gc
import pickle
import threading

import numpy as np
import pandas as pd
import pytest

import thalweg as tw
from thalweg.judges.convexity import curvature
from thalweg.problems.lineage import origin_of
from thalweg.solvers._highs import Run
from thalweg.solvers.registry import entries
from thalweg.starting import remembered, start_of


def transport(places=8, seed=0):
    rng = np.random.default_rng(seed)
    one, ones = np.eye(places), np.ones((1, places))
    A = np.vstack([np.kron(one, ones), np.kron(ones, one)])
    amounts = A @ rng.uniform(1, 2, places**2)
    return tw.LinearProgram(rng.uniform(1, 9, places**2), A, row_lower=amounts, row_upper=amounts, lower=0)


def sparse_quadratic(n=300, seed=0):
    """Few equations, many bounds, too sparse for dense factorisations."""
    from scipy import sparse

    rng = np.random.default_rng(seed)
    A = sparse.random(n // 3, n, density=0.02, random_state=seed, format="csc")
    b = A @ rng.uniform(0.5, 1.5, n)
    P = sparse.diags_array(rng.uniform(1, 2, n), format="csc")
    return tw.QuadraticProgram(P, rng.normal(size=n), A, row_lower=b, row_upper=b + 1.0, lower=0)


def by(solution):
    return [attempt.by for attempt in solution.attempts]


@pytest.fixture
def iterations(monkeypatch):
    """Simplex iterations of each run of HiGHS, in order."""
    seen = []
    solved = Run._solved

    def watched(self):
        stop = solved(self)
        seen.append(self.highs.getInfo().simplex_iteration_count)
        return stop

    monkeypatch.setattr(Run, "_solved", watched)
    return seen


def test_a_basis_saves_the_steps_to_it(iterations):
    problem = transport()
    solution = tw.solve(problem)
    cold = iterations[-1]
    assert cold > 5
    again = tw.solve(problem, start=solution)
    assert iterations[-1] == 0
    assert again.certificate.verdict is tw.Verdict.PROVED
    np.testing.assert_array_equal(again.x, solution.x)


@pytest.mark.parametrize(
    "change",
    [
        {"c": np.linspace(9, 1, 64)},
        {"upper": 4.0},
        {"row_upper": np.full(16, 30.0)},
        {"maximize": True},
        {"lower": -1.0},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_start_does_not_change_what_is_best(change):
    problem = transport()
    solution = tw.solve(problem)
    changed = problem.replace(**change)
    warm, cold = tw.solve(changed, start=solution), tw.solve(changed, start={})
    assert warm.certificate.verdict is cold.certificate.verdict is tw.Verdict.PROVED
    assert warm.objective == pytest.approx(cold.objective, rel=1e-9)


def test_an_infeasible_change_is_proved_infeasible():
    problem = transport()
    solution = tw.solve(problem)
    none = problem.replace(upper=0.01)
    assert tw.solve(none, start=solution).certificate.verdict is tw.Verdict.INFEASIBLE


@pytest.mark.parametrize("columns", [[1, 1, 1], [7, 0, 0, 0], [0.5, 0, 0, 1], [1, 1, 1, 1], [-9, 0, 0, 1]])
def test_a_basis_that_is_none_is_ignored(columns):
    problem = tw.LinearProgram([1.0, 2.0, 3.0, 4.0], np.ones((1, 4)), row_lower=[2.0], lower=0)
    start = tw.Claim({}, {"basis_columns": np.array(columns, dtype=float), "basis_rows": np.zeros(1)})
    solution = tw.solve(problem, start=start)
    assert solution.certificate.verdict is tw.Verdict.PROVED
    assert solution.objective == 2.0


def test_the_judge_reads_no_basis():
    problem = transport()
    solution = tw.solve(problem)
    nonsense = {**solution.claim.hints, "basis_columns": np.full(64, 9), "basis_rows": np.zeros(3)}
    claim = tw.Claim(solution.claim.values, nonsense)
    assert tw.certify(problem, claim).verdict is solution.certificate.verdict


def test_a_solution_of_another_shape_is_refused_as_a_start():
    small = tw.solve(tw.LinearProgram([1.0], lower=0))
    with pytest.raises(tw.InputError, match="64"):
        tw.solve(transport(), start=small)


@pytest.mark.parametrize("values", [{"x": np.zeros(99)}, {"x": np.zeros((2, 2))}, {"y": np.zeros(2)}])
@pytest.mark.parametrize("integer", [False, True])
def test_a_claim_that_does_not_fit_is_refused_as_a_start(values, integer):
    """It raised NumPy's error at the time limit, when the start was looked at as the answer so far."""
    kind = tw.MixedIntegerProgram if integer else tw.LinearProgram
    problem = kind([1.0, 2.0], [[1.0, 1.0]], row_lower=1.0, lower=0)
    with pytest.raises(tw.InputError, match="start"):
        tw.solve(problem, start=tw.Claim(values), time_limit=1e-9)


def test_a_series_as_a_start_goes_by_name():
    problem = tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=1.0, lower=0, names=["a", "b"])
    start = start_of(problem, {"x": pd.Series({"b": 2.0, "a": 1.0})})
    assert start.values["x"].tolist() == [1.0, 2.0]
    with pytest.raises(tw.InputError, match='unknown name "c"'):
        tw.solve(problem, start={"x": pd.Series({"b": 2.0, "c": 1.0})})


def test_fields_that_are_not_there_are_told():
    linear, quadratic = tw.LinearProgram([1.0], lower=0), tw.QuadraticProgram([[1.0]], [1.0])
    with pytest.raises(tw.InputError, match=r'LinearProgram has no field "row_uper". Did you mean "row_upper"'):
        linear.replace(row_uper=3)
    with pytest.raises(tw.InputError, match=r'QuadraticProgram has no field "c". Known: P, q'):
        quadratic.replace(c=[1.0])
    with pytest.raises(tw.InputError, match='MixedIntegerProgram has no field "P"'):
        tw.MixedIntegerProgram([1.0]).replace(P=[[1.0]])


def test_limits_and_names_of_rows_do_not_outlive_the_rows():
    problem = tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], row_names=["need"], lower=0)
    free = problem.replace(A=None)
    assert free.shape == (0, 2)
    assert free.row_names is None
    assert tw.solve(free, start=tw.solve(problem)).objective == 0.0


def test_active_limits_of_a_similar_program_are_tried_first():
    problem = sparse_quadratic()
    solution = tw.solve(problem)
    assert by(solution)[0] == "piqp"
    similar = problem.replace(q=problem.q + 1e-6)
    warm = tw.solve(similar, start=solution)
    assert by(warm) == ["active-set"]
    assert warm.certificate.verdict is tw.Verdict.PROVED
    assert warm.objective == pytest.approx(tw.solve(similar, start={}).objective, rel=1e-9)


def test_where_active_limits_change_the_ordinary_chain_follows_and_they_are_left_out_next():
    problem = sparse_quadratic()
    other = problem.replace(q=-problem.q)
    solution = tw.solve(other, start=tw.solve(problem))
    assert by(solution)[:2] == ["active-set", "piqp"]
    assert solution.certificate.verdict is tw.Verdict.PROVED
    assert by(tw.solve(other.replace(q=other.q * 1.0001), start=solution)) == ["piqp"]


def test_dense_quadratic_programs_start_from_nothing():
    problem = tw.QuadraticProgram(np.eye(3), np.ones(3), lower=-0.5)
    assert "active-set" not in by(tw.solve(problem.replace(q=np.zeros(3)), start=tw.solve(problem)))


def test_replace_starts_from_the_last_solution_while_it_lives(iterations):
    problem = transport()
    solution = tw.solve(problem)
    tw.solve(problem.replace(constant=1.0))
    assert iterations[-1] == 0
    tw.solve(problem.replace(constant=2.0), start={})
    assert iterations[-1] > 0
    del solution
    gc.collect()
    changed = problem.replace(constant=3.0)
    assert remembered(changed) is None
    assert tw.solve(changed).ok
    assert iterations[-1] > 0


def test_nothing_is_kept_alive():
    problem = transport()
    solution = tw.solve(problem)
    changed = problem.replace(constant=1.0)
    assert origin_of(changed) is problem
    del problem, solution
    gc.collect()
    assert origin_of(changed) is None


def test_a_problem_of_another_shape_does_not_start_from_what_it_was_made_from():
    problem = tw.LinearProgram([1.0, 2.0], lower=0)
    solution = tw.solve(problem)
    assert solution.ok
    changed = problem.replace(A=[[1.0, 1.0]], row_lower=[1.0])
    assert remembered(changed) is None
    assert tw.solve(changed).objective == 1.0


def test_what_is_proved_about_a_matrix_holds_for_all_that_share_it():
    problem = tw.QuadraticProgram([[2.0, 1.0], [1.0, 2.0]], [1.0, 1.0])
    changed = problem.replace(q=[0.0, 0.0])
    assert changed.P is problem.P
    assert curvature(changed) is curvature(problem)
    assert curvature(problem.replace(maximize=True)).convex is False
    bent = problem.replace(P=[[2.0, 3.0], [3.0, 2.0]])
    assert bent.P is not problem.P
    assert curvature(bent).convex is False


def test_solutions_with_a_basis_can_be_saved_and_sent(tmp_path):
    problem = transport()
    solution = tw.solve(problem)
    solution.save(tmp_path / "answer.npz")
    for copy in (tw.load(tmp_path / "answer.npz"), pickle.loads(pickle.dumps(solution))):
        assert copy.certificate.verdict is solution.certificate.verdict
        assert tw.solve(problem, start=copy).certificate.verdict is tw.Verdict.PROVED


def test_small_programs_do_not_depend_on_what_was_solved_before():
    rng = np.random.default_rng(3)

    def random():
        A = rng.normal(size=(6, 8))
        return tw.LinearProgram(rng.normal(size=8), A, row_upper=A.sum(axis=1) + 1, lower=0, upper=3)

    problems = [random() for _ in range(40)]
    first = [tw.solve(problem).x for problem in problems]
    other_order = [tw.solve(problem).x for problem in reversed(problems)]
    alone = []
    for problem in problems:  # a thread of its own has an instance of its own
        thread = threading.Thread(target=lambda problem=problem: alone.append(tw.solve(problem).x))
        thread.start()
        thread.join()
    for one, two, three in zip(first, reversed(other_order), alone, strict=True):
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(one, three)


def test_options_of_one_run_do_not_reach_the_next(iterations):
    problem = transport()
    solution = tw.solve(problem, time_limit=100)
    tw.solve(problem, start=solution)
    with pytest.raises(tw.NotProved):
        tw.solve(problem, time_limit=1e-9).require("proved")
    assert tw.solve(problem).ok
    assert tw.solve(problem, tol=1e-9).certificate.tolerance.gap == 1e-9


def test_plan_tells_what_is_tried_from_a_start():
    assert "active-set" in str(tw.plan(sparse_quadratic()))
    assert {entry.name for entry in entries() if entry.restarts} == {"active-set"}
    assert "active-set" not in tw.plan(sparse_quadratic()).steps
