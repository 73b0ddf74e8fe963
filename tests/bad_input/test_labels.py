"""Labels of pandas objects are names: they are followed, or refused, never ignored."""

import numpy as np
import pytest

import thalweg as tw

pd = pytest.importorskip("pandas")
TABLE = pd.DataFrame([[1.0, 1.0]], columns=["oats", "cake"], index=["food"])


def test_costs_and_limits_follow_their_labels():
    c = pd.Series({"cake": 10.0, "oats": 1.0})
    problem = tw.LinearProgram(
        c, TABLE, row_lower=pd.Series({"food": 5.0}), lower=pd.Series({"cake": 1.0, "oats": 0.0})
    )
    assert (problem.names, problem.row_names) == (("oats", "cake"), ("food",))
    np.testing.assert_array_equal(problem.c, [1.0, 10.0])
    np.testing.assert_array_equal(problem.lower, [0.0, 1.0])
    assert tw.solve(problem).objective == 14.0


def test_labels_of_the_costs_name_the_variables_if_nothing_else_does():
    problem = tw.LinearProgram(pd.Series({"a": 1.0, "b": 2.0}), [[1, 1]], row_lower=1, lower={"b": 0.5, "a": 0})
    assert problem.names == ("a", "b")
    np.testing.assert_array_equal(problem.lower, [0.0, 0.5])


@pytest.mark.parametrize(
    "c", [pd.Series({"oats": 1.0, "pie": 2.0}), pd.Series({"oats": 1.0}), pd.Series([1.0, 2.0], index=["oats", "oats"])]
)
def test_labels_that_are_no_names_are_refused(c):
    with pytest.raises(tw.InputError, match=r"pie|cake|oats"):
        tw.LinearProgram(c, TABLE)


def test_counted_series_are_taken_as_they_stand():
    problem = tw.LinearProgram(pd.Series([1.0, 10.0]), TABLE, row_lower=5, lower=0)
    np.testing.assert_array_equal(problem.c, [1.0, 10.0])


def test_rows_and_columns_of_a_quadratic_table_must_agree():
    P = pd.DataFrame([[2.0, 1.0], [1.0, 4.0]], columns=["a", "b"], index=["b", "a"])
    with pytest.raises(tw.InputError, match="row 0 of P"):
        tw.QuadraticProgram(P, [1, 1])
    with pytest.raises(tw.InputError, match="column 0 of P"):
        tw.QuadraticProgram(pd.DataFrame(np.eye(2), columns=["a", "b"]), [1, 1], names=["b", "a"])


def test_answers_follow_their_labels():
    problem = tw.LinearProgram([1.0, 10.0], TABLE, row_lower=5, lower=0)
    assert tw.certify(problem, x=pd.Series({"cake": 0.0, "oats": 5.0}), duals=pd.Series({"food": 1.0})).ok
