"""What a report says: the question, the card, the tables, and what is not proved."""

import numpy as np
import pytest

import thalweg as tw
from thalweg.reporting import question
from thalweg.reporting.card import card
from thalweg.reporting.content import content, not_proved
from thalweg.reporting.tables import attempts, tables
from thalweg.reporting.wording import outward
from thalweg.terms.losses import LOSSES

HEADLINES = {
    "PROVED": "No other point within the limits can be better than this one by more than ",
    "WITHIN_TOLERANCE": "Under the assumptions listed, no other point within the limits can be better",
    "UNPROVEN": "Nothing is proved about how good this is: no bound was found",
    "REFUTED": 'This is not an answer: it breaks the limit "b" by 6.',
    "INFEASIBLE": "No point satisfies all limits: row",
    "UNBOUNDED": "There is no best answer: the objective improves for ever",
    "NO_MINIMISER": 'No best coefficients exist: along a direction in "dose"',
}


def titled(solution, title, limit=9):
    return next(table for table in tables(solution, limit) if table.title == title)


def test_every_verdict_has_its_sentence_and_its_sign(solution, verdict):
    made = card(solution)
    assert made.headline.startswith(HEADLINES[verdict])
    assert made.headline.endswith(".")
    assert made.verdict == verdict


def test_signs_and_words_tell_verdicts_apart_without_colour(every_verdict):
    cards = [card(solution) for solution in every_verdict.values()]
    assert len({made.sign for made in cards}) == len({made.verdict for made in cards}) == len(cards)


def test_the_sentence_is_true_to_the_last_digit():
    for value in (3.141e-9, 5.0, 0.99999, 1e-300, 7.77e22):
        shown = float(outward(value))
        assert value * (1 - 1e-9) <= shown <= 1.1 * value
    assert outward(0.0) == "0"


def test_rounding_of_the_check_is_part_of_the_sentence():
    problem = tw.LinearProgram([1.0], lower=1)
    certificate = tw.Certificate("", 1.0, 1.0, distance=0.0, scale=1.0, noise=2e-15)
    made = card(tw.Solution(problem, tw.Claim({"x": [1.0]}), certificate))
    assert made.headline.endswith("by more than 2e-15 (relative 2e-15), rounding of the check included.")
    exact = tw.Certificate("", 1.0, 1.0, distance=0.0, scale=1.0)
    made = card(tw.Solution(problem, tw.Claim({"x": [1.0]}), exact))
    assert made.headline == "No other point within the limits can be better than this one."


def test_a_gap_that_is_left_is_told():
    problem = tw.Fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.5])
    made = card(tw.Solution(problem, tw.Claim(), tw.certify(problem, coef=[2.0], intercept=1.0)))
    assert made.headline.startswith("Not proved to be the best: other coefficients may be better, but not by more than")
    assert "asked was 1e-06 relative" in made.headline


def test_a_bound_beyond_the_objective_is_no_praise():
    certificate = tw.Certificate("", 1.0, 2.0, distance=-1.0, scale=2.0)
    made = card(tw.Solution(tw.LinearProgram([1.0]), tw.Claim({"x": [1.0]}), certificate))
    assert made.headline.startswith("Not proved: the bound lies 1 beyond the objective")


def test_what_is_no_point_is_refuted():
    problem = tw.LinearProgram([1.0, 1.0], lower=0)
    made = card(tw.Solution(problem, tw.Claim({"x": [1.0]}), tw.certify(problem, x=[1.0])))
    assert made.headline == "This is not an answer: what was claimed is not a point of this problem."
    assert made.sentences


def test_duals_say_what_they_mean(every_verdict):
    table = titled(every_verdict["PROVED"], "row duals that are not 0")
    assert table.rows == [("b", "1.5", "<= 12"), ("c", "1", "<= 18")]
    assert table.lead.startswith('One more unit of "b" changes the best objective by 1.5')


def test_a_dual_prices_the_side_it_pushes_at():
    problem = tw.LinearProgram([1.0, 1.0], [[1, 0], [0, 1]], row_lower=[2, 3], row_upper=[9, 3], row_names=["r", "e"])
    rows = titled(tw.solve(problem), "row duals that are not 0").rows
    assert [(row[0], row[2]) for row in rows] == [("r", ">= 2"), ("e", "= 3")]


def test_what_proves_nothing_has_no_meaning():
    problem = tw.LinearProgram([1.0], [[1.0]], row_lower=[1.0], lower=0)
    claim = tw.Claim({"x": [5.0]}, {"row_dual": [1.0]})
    assert titled(tw.Solution(problem, claim, tw.certify(problem, claim)), "row duals that are not 0").lead == ""


def test_the_rows_that_contradict_each_other_are_added_up(every_verdict):
    table = titled(every_verdict["INFEASIBLE"], "weights of the rows that contradict each other")
    assert [(row[0], row[2]) for row in table.rows] == [("row0", ">= 3"), ("row1", "<= 1")]
    assert "The sum reads 0 >= " in table.lead


def test_a_row_that_contradicts_the_bounds_is_told_against_them():
    problem = tw.LinearProgram([1.0, 0.0], [[2.0, 1.0]], row_lower=[7], upper=[2, 1], names=["u", "v"])
    claim = tw.Claim({}, {"ray": [1.0]})
    table = titled(
        tw.Solution(problem, claim, tw.certify(problem, claim)), "weight of the row that contradicts the bounds"
    )
    assert table.lead.endswith("The sum reads u + 0.5 v >= 3.5, but the bounds allow at most 2.5.")


def test_limits_that_are_met_are_named():
    problem = tw.LinearProgram([1.0, -1.0, 1.0, 1.0], lower=[0, 0, 5, None], upper=[9, 2, 5, None])
    claim = tw.Claim({"x": [0.0, 2.0, 5.0, 1.0]})
    table = tables(tw.Solution(problem, claim, tw.Certificate("")), 9)[0]
    assert [row[-1] for row in table.rows] == ["at lower limit", "at upper limit", "fixed", ""]


def test_zeros_that_are_proved_are_told():
    problem = tw.Fit(np.eye(3), [1.0, 2.0, 3.0], l1=1, lower=[0, None, None], names=["a", "b", "c"])
    claim = tw.Claim({"coef": [0.0, 0.0, 3.0]})
    facts = {"certified_zeros": np.array([True, False, False])}
    table = tables(tw.Solution(problem, claim, tw.Certificate("", facts=facts)), 9)[0]
    assert [row[-1] for row in table.rows] == ["at lower limit, certified zero", "", ""]
    assert "in every best answer" in table.lead


def reported(problem, x, **facts):
    certificate = tw.Certificate("", facts={name: np.array(values) for name, values in facts.items()})
    return tables(tw.Solution(problem, tw.Claim({"x": x}), certificate), 9)[0]


def test_reduced_costs_that_are_small_beside_their_terms_are_0():
    program = tw.QuadraticProgram([[4.0, 0.0], [0.0, 4.0]], [0.0, 0.0], [[1.0, 1e-12]], row_lower=[3.0])
    table = reported(program, [2.0, 1e-12], row_dual=[8.0], reduced_costs=[1e-9, 4e-12])
    assert [row[2] for row in table.rows] == ["0", "4e-12"]  # 8 - 8 is noise, 4e-12 - 8e-12 is not


def test_a_limit_is_met_up_to_the_noise_of_a_solver():
    program = tw.LinearProgram([1.0, 1.0, 1.0], lower=0, upper=0.4)
    assert [row[-1] for row in reported(program, [0.4 - 1e-13, 0.39999, 1e-14]).rows] == [
        "at upper limit",
        "",
        "at lower limit",
    ]


def test_every_verdict_says_what_it_does_not_prove(solution):
    lines = not_proved(solution)
    assert len(lines) >= 2
    assert any("as good" in line for line in lines) == solution.ok


def test_the_largest_of_many_are_shown_in_order_of_size():
    problem = tw.LinearProgram(np.ones(50), names=[f"v{j}" for j in range(50)])
    x = np.zeros(50)
    x[[3, 30, 40]] = [1.0, -5.0, 2.0]
    table = tables(tw.Solution(problem, tw.Claim({"x": x}), tw.Certificate("")), limit=3)[0]
    assert [row[0] for row in table.rows] == ["v30", "v40", "v3"]
    assert table.note == "the largest 3 of 50, 3 of them not 0"


def test_few_stay_in_their_order_and_zeros_have_no_sign():
    solution = tw.Solution(tw.LinearProgram([1.0, 1.0]), tw.Claim({"x": [-0.0, 3.0]}), tw.Certificate(""))
    table = tables(solution, limit=3)[0]
    assert table.rows == [("x0", "0"), ("x1", "3")]
    assert table.note == ""


@pytest.mark.parametrize("x", [[1.0], [[1.0, 2.0]], "text", None])
def test_a_claim_of_another_shape_has_no_table(x):
    problem = tw.LinearProgram([1.0, 1.0])
    claim = tw.Claim({"x": x})
    assert tables(tw.Solution(problem, claim, tw.certify(problem, claim)), limit=3) == []


def test_numbers_that_are_none_are_shown_first():
    problem = tw.LinearProgram([1.0, 1.0, 1.0])
    claim = tw.Claim({"x": np.array([5.0, np.nan, 7.0])})
    table = tables(tw.Solution(problem, claim, tw.certify(problem, claim)), limit=1)[0]
    assert table.rows == [("x1", "nan")]


def test_noise_beside_large_numbers_is_shown_as_0():
    problem = tw.LinearProgram([1.0, 1.0, 1.0])

    def shown(x):
        return [row[1] for row in tables(tw.Solution(problem, tw.Claim({"x": x}), tw.Certificate("")), 3)[0].rows]

    assert shown([1e3, -3e-14, 1e-8]) == ["1000", "0", "1e-08"]
    assert shown([1e-14, 2e-14, 0.0]) == ["1e-14", "2e-14", "0"]
    assert shown([1e15, 5.0, np.inf]) == ["1e+15", "5", "inf"]


def test_nobody_tried_what_was_handed_over(solution):
    assert attempts(solution) is None


def test_what_was_asked_of_a_program():
    problem = tw.QuadraticProgram([[2.0, 0.0], [0.0, 0.0]], [1.0, 2.0], [[1.0, 0.0]], constant=4.5)
    assert question.asked(problem) == [
        ("problem", "quadratic program, minimise"),
        ("size", "2 variables, 1 row, 1 nonzero"),
        ("quadratic part", "1 nonzero of P"),
        ("constant", "4.5 (part of the objective, never of the gap's scale)"),
    ]
    assert question.formula(problem) == "minimise\n  x0^2 + x0 + 2 x1 + 4.5\nsubject to\n  x0, x1 free"


def test_a_small_program_is_written_out(every_verdict):
    assert question.formula(every_verdict["PROVED"].problem) == (
        "maximise\n  3 rye + 5 wheat\nsubject to\n  a:  rye <= 4\n  b:  2 wheat <= 12\n  c:  3 rye + 2 wheat <= 18\n"
        "  rye >= 0\n  wheat >= 0"
    )


def test_a_large_program_is_written_in_symbols():
    many = tw.LinearProgram(np.ones(30), np.ones((1, 30)), row_lower=1, lower=0)
    assert (
        question.formula(many) == "minimise\n  c'x\nsubject to\n  row_lower <= A x <= row_upper\n  lower <= x <= upper"
    )


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
    assert question.asked(problem) == [
        ("problem", "penalised linear model, squared loss"),
        ("size", "3 rows, 3 features, no intercept"),
        ("penalty", "l1 0 to 1, l2 2"),
        ("row weights", "1 to 3"),
        ("limits", "x0 >= 0, 1 <= x1 <= 2, x2 <= 3.5"),
        ("rows on coefficients", "1"),
    ]
    assert question.formula(problem) == (
        "minimise\n  sum over rows i of  weight_i (y_i - score_i)^2 / 2\n"
        "  + sum over features j of  l1_j |b_j| + l2_j b_j^2 / 2\n"
        "where  score_i = sum over features j of  x_ij b_j\n"
        "       y_i is the target of row i, x_ij its feature j, b_j the coefficient\nsubject to the limits on b"
    )


def test_many_limits_are_abbreviated():
    lines = dict(question.asked(tw.Fit(np.ones((2, 30)), [1.0, 2.0], lower=0)))
    assert lines["limits"].count(">=") == question.MOST_LIMITS
    assert lines["limits"].endswith(", ... (30 in all)")
    assert "row weights" not in lines


def test_remarks_stand_first_and_are_visible(hostile):
    told = content(hostile, 5, title="two\nlines")
    assert told.title == "two\\nlines"
    assert told.asked[:2] == [("file", "<script>alert(1)</script>"), ("\\u202eturned", "half \\ud83d")]


@pytest.mark.parametrize("name", LOSSES)
def test_the_formula_of_each_loss_is_its_own(name):
    problem = tw.Fit([[0.0], [1.0]], [0.0 if name != "gamma" else 2.0, 1.0], loss=name)
    assert problem.loss.formula in question.formula(problem)
    assert "score_i" in problem.loss.formula
    assert "y_i" in problem.loss.formula
