"""What a report says, and how it is laid out as text."""

import numpy as np
import pytest

import thalweg as tw
from thalweg.reporting import content
from thalweg.reporting.text import solution_text, table_text


def test_every_verdict_is_reported(solution, verdict):
    text = solution_text(solution, [("file", "model.mps")])
    assert text.startswith("file     model.mps\n")
    assert f"{verdict}: " in text
    assert "nan" not in text


def test_every_verdict_says_what_it_does_not_prove(solution, verdict):
    lines = content.not_proved(solution)
    assert len(lines) >= 2
    assert any("as good" in line for line in lines) == solution.ok


def test_columns_are_aligned():
    table = content.Table("costs", ("name", "value"), [("a", "1"), ("long name", "-12.5")], "two of them")
    assert table_text(table) == "costs (two of them)\n  name       value\n  a              1\n  long name  -12.5"


def test_the_largest_of_many_are_shown_in_order_of_size():
    problem = tw.LinearProgram(np.ones(50), lower=0, names=[f"v{j}" for j in range(50)])
    x = np.zeros(50)
    x[[3, 30, 40]] = [1.0, -5.0, 2.0]
    claim = tw.Claim({"x": x})
    table = content.tables(tw.Solution(problem, claim, tw.Certificate("")), limit=3)[0]
    assert [row[0] for row in table.rows] == ["v30", "v40", "v3"]
    assert table.note == "the largest 3 of 50, 3 of them not 0"


def test_few_stay_in_their_order_and_zeros_have_no_sign():
    problem = tw.LinearProgram([1.0, 1.0], lower=0)
    claim = tw.Claim({"x": [-0.0, 3.0]})
    table = content.tables(tw.Solution(problem, claim, tw.Certificate("")), limit=3)[0]
    assert table.rows == [("x[0]", "0"), ("x[1]", "3")]
    assert table.note == ""


@pytest.mark.parametrize("x", [[1.0], [[1.0, 2.0]], "text", None])
def test_a_claim_of_another_shape_has_no_table(x):
    problem = tw.LinearProgram([1.0, 1.0])
    claim = tw.Claim({"x": x})
    assert content.tables(tw.Solution(problem, claim, tw.certify(problem, claim)), limit=3) == []


def test_numbers_that_are_none_are_shown_first():
    problem = tw.LinearProgram([1.0, 1.0, 1.0])
    claim = tw.Claim({"x": np.array([5.0, np.nan, 7.0])})
    table = content.tables(tw.Solution(problem, claim, tw.certify(problem, claim)), limit=1)[0]
    assert table.rows == [("x[1]", "nan")]


def test_what_was_asked_of_a_program():
    problem = tw.QuadraticProgram([[2.0, 0.0], [0.0, 0.0]], [1.0, 2.0], [[1.0, 0.0]], constant=4.5)
    assert content.asked(problem) == [
        ("problem", "quadratic program, minimise"),
        ("size", "2 variables, 1 row, 1 nonzero"),
        ("quadratic part", "1 nonzero of P"),
        ("constant", "4.5 (part of the objective, never of the gap's scale)"),
    ]


def test_what_was_asked_of_a_fit():
    problem = tw.Fit(
        np.eye(3),
        [1.0, 2.0, 3.0],
        l1=[0.0, 0.5, 1.0],
        l2=2,
        intercept=False,
        A=[[1, 1, 1]],
        weights=[1, 2, 3],
        lower=[0, 1, None],
        upper=[None, 2, 3.5],
    )
    assert content.asked(problem) == [
        ("problem", "penalised linear model, squared loss"),
        ("size", "3 rows, 3 features, no intercept"),
        ("penalty", "l1 0 to 1, l2 2"),
        ("row weights", "1 to 3"),
        ("limits", "x[0] >= 0, 1 <= x[1] <= 2, x[2] <= 3.5"),
        ("rows on coefficients", "1"),
    ]


def test_many_limits_are_abbreviated():
    lines = dict(content.asked(tw.Fit(np.ones((2, 30)), [1.0, 2.0], lower=0)))
    assert lines["limits"].count(">=") == content.MOST_LIMITS
    assert lines["limits"].endswith(", ... (30 in all)")
    assert "row weights" not in lines


def test_noise_beside_large_numbers_is_shown_as_0():
    problem = tw.LinearProgram([1.0, 1.0, 1.0])

    def shown(x):
        return [
            row[1] for row in content.tables(tw.Solution(problem, tw.Claim({"x": x}), tw.Certificate("")), 3)[0].rows
        ]

    assert shown([1e3, -3e-14, 1e-8]) == ["1000", "0", "1e-08"]
    assert shown([1e-14, 2e-14, 0.0]) == ["1e-14", "2e-14", "0"]
    assert shown([1e15, 5.0, np.inf]) == ["1e+15", "5", "inf"]


def test_attempts_are_told_only_if_there_is_something_to_tell():
    problem = tw.LinearProgram([1.0], lower=2)
    solved = tw.solve(problem)
    assert "attempts" not in solution_text(solved)
    stopped = tw.Attempt("simplex", tw.Stop.TIME_LIMIT, tw.Verdict.UNPROVEN, 1.5, message="out of time")
    text = solution_text(tw.Solution(problem, tw.Claim(), tw.certify(problem), attempts=(stopped,)))
    assert "attempts (simplex: out of time)" in text
    assert "time limit" in text
