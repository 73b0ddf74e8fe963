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
    assert tw.QuadraticProgram(P.loc[names, names], [0.0, 0.0], names=names).P[0, 0] == 4.0


def test_one_pair_of_bounds_in_a_list_is_for_all():
    assert tw.LinearProgram.from_scipy([1, 2], bounds=[(0, 1)]).upper.tolist() == [1.0, 1.0]


def test_a_conflict_is_found_of_a_solution():
    with pytest.raises(tw.InputError, match="pass a solution"):
        tw.find_conflict(tw.LinearProgram([1.0]))
