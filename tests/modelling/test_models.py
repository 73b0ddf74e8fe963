"""Models as a whole: the problem they make, the answers they read, and mistakes."""

import builtins

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import thalweg as tw
from thalweg.certificate import Verdict

DAYS = ["mon", "tue"]
A = pd.DataFrame([[1.0, 2.0, 1.0], [2.0, 0.5, 1.0]], index=DAYS, columns=["a", "b", "c"])


def product_mix(maximize=True, slack=0.0):
    m = tw.Model()
    x = m.variable("x", index=A.columns, lower=0, upper={"c": 3.0})
    m.add(x.weighted(A) <= pd.Series({"tue": 10.0 + slack, "mon": 12.0}), name="hours")
    (m.maximize if maximize else m.minimize)(x @ ([3.0, 4.0, 2.5] if maximize else [-3.0, -4.0, -2.5]))
    return m, x


def test_the_problem_is_the_one_written_by_hand():
    m, _ = product_mix()
    problem = m.problem()
    assert isinstance(problem, tw.LinearProgram)
    assert problem.names == ("x[a]", "x[b]", "x[c]")
    assert problem.row_names == ("hours[mon]", "hours[tue]")
    np.testing.assert_array_equal(problem.A.toarray(), A.to_numpy())
    np.testing.assert_array_equal(problem.row_upper, [12, 10])
    np.testing.assert_array_equal(problem.upper, [np.inf, np.inf, 3])


@pytest.mark.parametrize("maximize", [True, False])
def test_duals_are_derivatives_of_the_best_objective(maximize):
    m, x = product_mix(maximize)
    s = m.solve()
    assert s.verdict is Verdict.PROVED
    step = 1e-3
    change = (product_mix(maximize, step)[0].solve().objective - s.objective) / step
    assert s.dual("hours")["tue"] == pytest.approx(change, rel=1e-6)
    assert s.dual("hours").index.tolist() == DAYS
    x_value = s.value(x)
    c = np.array([3.0, 4.0, 2.5]) * (1 if maximize else -1)
    np.testing.assert_allclose(s.reduced_cost(x), c - A.to_numpy().T @ s.dual("hours"), atol=1e-12)
    assert s.value(c @ x) == pytest.approx(s.objective)
    assert x_value.index.tolist() == ["a", "b", "c"]


def test_a_scalar_reads_as_a_float():
    m = tw.Model()
    t = m.variable("t")
    x = m.variable("x", index=2, upper=[1, 2])
    m.add(t <= x, name="least")
    m.add(x.sum() <= 2.5, name="sum")
    m.maximize(t)
    s = m.solve()
    assert isinstance(s.value(t), float)
    assert s.value(t) == pytest.approx(1.0)
    assert isinstance(s.dual("sum"), float)
    assert isinstance(s.reduced_cost(t), float)
    assert s.value(x).index.tolist() == [0, 1]
    assert s.ok
    assert s.certificate is s.solution.certificate
    assert "PROVED" in s.explain()
    assert "PROVED" in repr(s)


def test_levels_come_back_as_a_multi_index():
    m = tw.Model()
    x = m.variable("x", index={"mill": ["o", "b"], "city": [1, 2]}, lower=0, upper=1)
    m.add(x.sum(by="city") >= 1, name="demand")
    m.minimize((x * [[1, 2], [3, 0.5]]).sum())
    s = m.solve()
    value = s.value(x)
    assert value.index.names == ["mill", "city"]
    assert value["o", 1] == 1
    assert value["b", 2] == 1
    assert s.dual("demand").index.name == "city"
    assert s.value(x[:, 1]).to_dict() == {"o": 1.0, "b": 0.0}
    part = m.variable("y", index=[("o", 1), ("b", 2)])
    m.add(part == 1)
    assert m.solve().value(part).index.tolist() == [("o", 1), ("b", 2)]


def test_without_pandas_labels_are_left_out(monkeypatch):
    m, x = product_mix()
    s = m.solve()
    real = builtins.__import__

    def without(name, *rest):
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest)

    with_labels = s.value(x)
    monkeypatch.setattr(builtins, "__import__", without)
    assert isinstance(s.value(x), np.ndarray)
    np.testing.assert_array_equal(s.value(x), with_labels)


def test_squares_make_a_quadratic_program():
    rng = np.random.default_rng(0)
    B, b = rng.normal(size=(8, 3)), rng.normal(size=8)
    m = tw.Model()
    x = m.variable("x", index=3)
    m.minimize((B @ x - b).square().sum() / 2 + 0.5 * x @ x)
    problem = m.problem()
    assert isinstance(problem, tw.QuadraticProgram)
    s = m.solve(tol=1e-9)
    assert s.verdict is Verdict.PROVED
    np.testing.assert_allclose(s.value(x), np.linalg.solve(B.T @ B + np.eye(3), B.T @ b), atol=1e-6)
    assert s.value((B @ x - b).square().sum() / 2 + 0.5 * x @ x) == pytest.approx(s.objective)
    assert s.value((x - 1) ** 2).to_numpy() == pytest.approx((s.value(x) - 1).to_numpy() ** 2)


def test_squares_that_cancel_leave_a_linear_program():
    m = tw.Model()
    x = m.variable("x", index=2, lower=1)
    m.minimize((x * x).sum() - x @ x + x.sum())
    assert isinstance(m.problem(), tw.LinearProgram)
    assert m.solve().objective == 2.0


def test_whole_numbers_make_a_mixed_integer_program():
    m = tw.Model()
    x, y = m.variable("x", index=2, lower=0, upper=3, integer=True), m.variable("y", lower=0)
    m.add(2 * x.sum() + y == 5.5, name="sum")
    m.minimize(x @ [1, 2] + 3 * y)
    problem = m.problem()
    assert isinstance(problem, tw.MixedIntegerProgram)
    assert problem.integer.tolist() == [True, True, False]
    s = m.solve()
    assert s.ok
    assert s.value(x).tolist() == [2.0, 0.0]
    assert s.value(y) == 1.5
    for read in (lambda: s.dual("sum"), lambda: s.reduced_cost(x)):
        with pytest.raises(tw.InputError, match="integer variables"):
            read()


def test_an_infeasible_model_says_which_rows():
    m = tw.Model()
    x = m.variable("x", index=["a", "b"], lower=0, upper=1)
    m.add(x.sum() >= 3, name="demand")
    s = m.solve()
    assert s.verdict is Verdict.INFEASIBLE
    for read in (lambda: s.value(x), lambda: s.dual("demand"), lambda: s.reduced_cost(x)):
        with pytest.raises(tw.NotProved, match="INFEASIBLE"):
            read()


def test_without_objective_any_feasible_point_will_do():
    m = tw.Model()
    x = m.variable("x", index=2, lower=0)
    m.add(x.sum() == 1)
    s = m.solve()
    assert s.verdict is Verdict.PROVED
    assert s.objective == 0
    assert s.value(x).sum() == pytest.approx(1)
    m.minimize(7)
    assert m.solve().objective == 7


def test_the_last_objective_counts():
    m = tw.Model()
    x = m.variable("x", lower=1, upper=2)
    m.maximize(x)
    assert m.solve().objective == 2
    m.minimize(x + 1)
    assert m.solve().objective == 2
    assert not m.problem().maximize


def test_sparse_matrices_stay_sparse():
    m = tw.Model()
    x = m.variable("x", index=20_000, lower=0)
    m.add(sparse.eye_array(20_000) @ x <= 1)
    m.add(x[1:] - x[:-1] <= 0.5, name="steps")
    problem = m.problem()
    assert problem.A.nnz == 3 * 20_000 - 2
    assert problem.row_names[-1] == "steps[19999]"


def test_labels_of_a_series_name_the_rows():
    m = tw.Model()
    x = m.variable("x", index=3)
    m.add(A.to_numpy() @ x <= pd.Series([1.0, 2.0], index=DAYS), name="hours")
    assert m.problem().row_names == ("hours[mon]", "hours[tue]")


def test_blocks_may_be_added_after_rows_and_after_solving():
    m, x = product_mix()
    first = m.solve()
    y = m.variable("y", lower=0, upper=1)
    assert m.add(x["a"] + y <= 1) == "rows2"
    with pytest.raises(tw.InputError, match="was added after this one was solved"):
        first.value(y)
    second = m.solve()
    assert second.value(x["a"]) + second.value(y) <= 1 + 1e-9
    assert first.value(x)["a"] != second.value(x)["a"]
    assert repr(m) == "<Model: 4 variables in 2 blocks, 3 rows in 2 blocks>"


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (lambda m, x: m.add(len("a") <= 2), "got True, not rows"),
        (lambda m, x: m.add(np.float64(1) <= 2), "got True, not rows"),
        (lambda m, x: m.add(x), "takes rows"),
        (lambda m, x: m.add([x <= 1]), "got list"),
        (lambda m, x: m.add(x <= 1, name="hours"), 'a row "hours" already'),
        (lambda m, x: m.add(x <= 1, name=3), "pass text"),
        (lambda m, x: m.add(x <= np.nan), "NaN"),
        (lambda m, x: m.variable("x"), 'a variable "x" already'),
        (lambda m, x: m.variable("x[a]"), "brackets"),
        (lambda m, x: m.variable(["a"]), "pass text"),
        (lambda m, x: m.variable("y", index=["a", "b"], lower=[1, 2, 3]), 'lower of "y" has 3 entries; expected 2'),
        (lambda m, x: m.variable("y", lower=[1, 2]), 'lower of "y" has 2 entries; expected 1'),
        (lambda m, x: m.variable("y", index=["a", "b"], upper={"d": 1}), "'d', which is not there"),
        (lambda m, x: m.variable("y", index={"a", "b"}), "a set, whose order differs"),
        (lambda m, x: m.variable("y", index=({"a", "b"}, 2)), "level 0 is a set"),
        (lambda m, x: m.add([x <= 1, x >= 0]), "got list; add them one by one"),
        (lambda m, x: m.variable("y", index=2, upper=[1, np.nan]), 'upper of "y" has NaN'),
        (lambda m, x: m.variable("y", index=2, integer=1), "integer is 1; pass True or False"),
        (lambda m, x: m.variable("y", index=2, integer=True) and m.problem(), "neither true"),
        (lambda m, x: m.minimize(x), r"has 3 entries; it must be one: write .sum\(\)"),
        (lambda m, x: m.minimize(x**2), r"write .sum\(\)"),
        (lambda m, x: m.minimize("x"), "expected numbers"),
        (lambda m, x: m.solve().dual("hour"), 'no rows are called "hour". Did you mean "hours"'),
        (lambda m, x: m.solve().dual(["hours"]), "no rows are called"),
        (lambda m, x: m.solve().value(3), "pass a variable or an expression"),
        (lambda m, x: m.solve().reduced_cost(2 * x), "belong to variables"),
        (lambda m, x: m.solve().reduced_cost(x.sum()), "belong to variables"),
        (lambda m, x: m.solve(solver="newton"), "newton"),
        (lambda m, x: tw.Model().problem(), "no variables"),
    ],
)
def test_mistakes_are_told(mistake, says):
    m, x = product_mix()
    with pytest.raises((tw.InputError, tw.SolverMismatch), match=says):
        mistake(m, x)


def test_names_of_rows_avoid_those_that_were_given():
    m, x = product_mix()
    assert m.add(x >= 0, name="rows3") == "rows3"
    assert [m.add(x >= 0), m.add(x >= 0)] == ["rows4", "rows5"]
    m = tw.Model()
    y = m.variable("y")
    assert [m.add(y <= 1, name="rows2"), m.add(y <= 2)] == ["rows2", "rows3"]


def test_an_answer_is_a_start():
    m = tw.Model()
    x = m.variable("x", index=["a", "b"], lower=0, upper=9, integer=True)
    m.add(2 * x.sum() >= 7, name="need")
    m.minimize(x.sum())
    first = m.solve()
    m.add(x["a"] <= 3, name="few")
    assert m.solve(start=first).objective == first.objective == 4
    m.variable("y")
    with pytest.raises(tw.InputError, match="has 2 entries"):
        m.solve(start=first)


def test_crossed_limits_are_told_with_names():
    m = tw.Model()
    with pytest.raises(tw.ProblemError, match=r'"x\[b\]" \(lower 2, upper 1\)'):
        m.variable("x", index=["a", "b"], lower=2, upper={"b": 1})


def test_an_answer_and_a_model_say_why_there_is_no_plan():
    m = tw.Model()
    x = m.variable("x", index=["a", "b"], lower=0, upper=1)
    m.add(x >= {"a": 0.5, "b": 3}, name="need")
    s = m.solve()
    assert s.conflict.rows == ("need[b]",) and "x[b]" in s.conflict.columns
    assert m.relax(rows=["need"]).by_row == {"need[b]": 2.0}
    assert m.relax(weights={"need": 3}).objective == 6.0
    assert tw.find_conflict(s).rows == s.conflict.rows
    assert repr(s.conflict) == "<Conflict: INFEASIBLE by 1 row and 1 bounded variable, minimal; print() tells all>"
    assert repr(m.relax()) == "<Relaxation: PROVED, least total 2; print() tells all>"
    assert repr(s.certificate).startswith("<Certificate: INFEASIBLE, ")
    with pytest.raises(tw.NotProved, match="need"):
        s.require()


def test_what_needs_no_labels_is_that_of_the_solution(tmp_path):
    m = tw.Model()
    x = m.variable("x", index=["a", "b"], lower=0)
    m.add(x >= {"a": 1, "b": 2}, name="need")
    m.minimize(x.sum())
    s = m.solve()
    assert s.require("proved") is s
    assert str(s) == str(s.solution) and s._repr_html_() == s.solution._repr_html_()
    assert s.ranging(rows=["need"]).rows["name"] == ["need[a]", "need[b]"]
    s.save(tmp_path / "plan.npz")
    s.report(tmp_path / "plan.html")
    assert tw.load(tmp_path / "plan.npz").problem.names == ("x[a]", "x[b]")
    assert "need[b]" in (tmp_path / "plan.html").read_text()


def test_squares_and_whole_numbers_do_not_go_together():
    m = tw.Model()
    x = m.variable("x", index=2, integer=True)
    m.minimize(x @ x)
    with pytest.raises(tw.InputError, match="no solver here takes both"):
        m.problem()
