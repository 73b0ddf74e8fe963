"""Labels of series and tables are followed or refused, never ignored."""

import numpy as np
import pytest

import thalweg as tw

pd = pytest.importorskip("pandas")
TABLE = pd.DataFrame({"rye": [1.0, 2.0], "wheat": [1.0, 1.0]}, index=["oven", "time"])


def test_limits_with_labels_name_the_rows_and_are_aligned():
    p = tw.LinearProgram(
        [1.0, 1.0],
        [[1, 1], [2, 1]],
        row_lower=pd.Series({"time": 1.0, "oven": 9.0}),
        row_upper=pd.Series({"oven": 10.0, "time": 2.0}),
    )
    assert p.row_names == ("time", "oven")
    assert p.row_lower.tolist() == [1.0, 9.0] and p.row_upper.tolist() == [2.0, 10.0]


def test_names_of_rows_that_contradict_the_table_are_refused():
    with pytest.raises(tw.InputError, match='row 0 of A is "oven"'):
        tw.LinearProgram([1.0, 5.0], TABLE, row_names=["time", "oven"])


def test_row_labels_that_repeat_are_refused():
    with pytest.raises(tw.InputError, match='the same label "time"'):
        tw.LinearProgram([1.0, 5.0], TABLE.set_axis(["time", "time"]))


@pytest.mark.parametrize("index", [[1, 0], [5, 7]])
def test_numbers_out_of_order_are_refused_as_labels(index):
    with pytest.raises(tw.InputError, match="reset_index"):
        tw.LinearProgram(pd.Series([1.0, 2.0], index=index), TABLE.to_numpy(), row_lower=1)


def test_numbers_that_name_the_columns_are_labels():
    table = pd.DataFrame([[1.0, 2.0]], columns=[7, 5])
    assert tw.LinearProgram(pd.Series([10.0, 20.0], index=[5, 7]), table, row_lower=1).c.tolist() == [20.0, 10.0]


def test_a_matrix_that_looks_transposed_is_told_as_such():
    costs = pd.Series({"oven": 1.0, "time": 2.0, "salt": 3.0})
    table = pd.DataFrame(np.ones((3, 2)), index=list(costs.index), columns=["rye", "wheat"])
    with pytest.raises(tw.InputError, match="transposed"):
        tw.LinearProgram(costs, table, row_lower=1)


def test_a_covariance_in_another_order_is_refused_with_a_cure_that_runs():
    P = pd.DataFrame([[2.0, 0.0], [0.0, 4.0]], index=["b", "a"], columns=["b", "a"])
    with pytest.raises(tw.InputError, match=r"P\.loc\[list\(names\), list\(names\)\]"):
        tw.QuadraticProgram(P, [0.0, 0.0], names=["a", "b"])
    names = ["a", "b"]
    problem = tw.QuadraticProgram(P.loc[names, names], [0.0, 0.0], names=names)
    assert problem.P[0, 0] == 4.0
    with pytest.raises(tw.InputError, match=r"problem\.names"):
        problem.replace(P=P)
    assert problem.replace(P=P.loc[list(problem.names), list(problem.names)]).P[0, 0] == 4.0
    turned = P.loc[names]
    with pytest.raises(tw.InputError, match=r"P\.loc\[list\(P\.columns\)\]"):
        tw.QuadraticProgram(turned, [0.0, 0.0])
    assert tw.QuadraticProgram(turned.loc[list(turned.columns)], [0.0, 0.0]).names == ("b", "a")


def test_one_pair_of_bounds_in_a_list_is_for_all():
    from scipy.optimize import linprog

    problem = tw.LinearProgram.from_scipy([-1, -2, -3], bounds=[(0, 1)])
    assert problem.upper.tolist() == linprog([-1, -2, -3], bounds=[(0, 1)]).x.tolist() == [1.0, 1.0, 1.0]


def quadratic(c, A, **limits):
    return tw.QuadraticProgram(np.eye(2), c, A, **limits)


@pytest.mark.parametrize("make", [tw.LinearProgram, tw.MixedIntegerProgram, quadratic])
@pytest.mark.parametrize(("low", "high"), [("lower", "upper"), ("row_lower", "row_upper")])
def test_limits_of_every_program_are_followed_or_refused(make, low, high):
    c, A = [1.0, 2.0], TABLE.to_numpy()
    least, most = pd.Series({"u": 1.0, "v": 2.0}), pd.Series({"v": 4.0, "u": 3.0})
    p = make(c, A, **{low: least, high: most})
    assert (p.row_names if "row" in low else p.names) == ("u", "v")
    assert getattr(p, low).tolist() == [1.0, 2.0] and getattr(p, high).tolist() == [3.0, 4.0]
    assert getattr(make(c, A, **{high: most}), high).tolist() == [4.0, 3.0]
    assert getattr(p.replace(**{high: most}), high).tolist() == [3.0, 4.0]
    with pytest.raises(tw.InputError, match=f'unknown name "w" in {high}'):
        make(c, A, **{low: least, high: most.rename({"u": "w"})})
    for side in (low, high):
        with pytest.raises(tw.InputError, match=rf"{side} has the index 1, 0: .*{side}\.sort_index\(\)"):
            make(c, A, **{side: pd.Series([1.0, 2.0], index=[1, 0])})


def test_numbers_that_are_those_of_the_rows_of_the_table_go_by_position():
    table = TABLE.set_axis([7, 5])
    limit = pd.Series([3.0, 4.0], index=[7, 5])
    assert tw.LinearProgram([1.0, 2.0], table, row_upper=limit).row_upper.tolist() == [3.0, 4.0]
    with pytest.raises(tw.InputError, match="row_upper has the index 5, 7"):
        tw.LinearProgram([1.0, 2.0], table, row_upper=limit[::-1])


def test_names_that_are_given_go_before_other_labels():
    p = tw.LinearProgram([1.0, 5.0], TABLE.set_axis(["time", "time"]), row_names=["first", "second"])
    assert p.row_names == ("first", "second")
    assert tw.LinearProgram([1.0, 5.0], TABLE, row_names=["first", "second"]).row_names == ("first", "second")
    P = pd.DataFrame(np.eye(2), ["a", "b"], ["a", "b"])
    assert tw.QuadraticProgram(P, [1.0, 1.0], names=["a", "b"]).names == ("a", "b")


def test_whole_numbers_go_by_label():
    whole = pd.Series({"wheat": True, "rye": False})
    assert tw.MixedIntegerProgram([1.0, 5.0], TABLE, integer=whole).integer.tolist() == [False, True]
    with pytest.raises(tw.InputError, match="integer has the index 1, 0"):
        tw.MixedIntegerProgram([1.0, 5.0], TABLE, integer=pd.Series([True, False], index=[1, 0]))


@pytest.mark.parametrize("costs", [np.ones(3), pd.Series(1.0, ["oven", "time", "salt"]), pd.Series(1.0, list("abc"))])
def test_a_table_that_was_not_transposed(costs):
    table = pd.DataFrame(np.ones((3, 2)), ["oven", "time", "salt"], ["rye", "wheat"])
    with pytest.raises(tw.InputError, match=r"transposed: pass its \.T"):
        tw.LinearProgram(costs, table, row_lower=1)


def test_a_conflict_is_found_of_a_solution():
    with pytest.raises(tw.InputError, match="pass a solution"):
        tw.find_conflict(tw.LinearProgram([1.0]))
