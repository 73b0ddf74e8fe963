"""Answer files: names and order, what is missing, what is passed on to the judge."""

import json

import numpy as np
import pytest

import thalweg as tw
from thalweg.io.answers import read_answer

NAMED = tw.LinearProgram([1, 2], [[1, 1], [1, 0]], names=["x", "y"], row_names=["R1", "R2"])
PLAIN = tw.LinearProgram([1, 2], [[1, 1], [1, 0]])


@pytest.fixture
def answer(write):
    """Return a function that writes an object as JSON and reads it as an answer to a problem."""

    def answer(content, problem=NAMED):
        text = content if isinstance(content, str) else json.dumps(content)
        claim = read_answer(write("a.json", text), problem)
        assert claim.by.endswith("a.json")
        return {key: value.tolist() for key, value in {**claim.values, **claim.hints}.items()}

    return answer


def test_by_name_in_any_order(answer):
    assert answer({"x": {"y": 2, "x": 1}, "duals": {"R2": 5, "R1": 4}}) == {"x": [1, 2], "row_dual": [4, 5]}


def test_in_order(answer):
    assert answer({"x": [1, 2.5]}) == {"x": [1, 2.5]}


def test_hints_left_out_are_zero(answer):
    assert answer({"ray": {"R2": 1}, "direction": {"y": 1}, "duals": {}}) == {
        "ray": [0, 1],
        "direction": [0, 1],
        "row_dual": [0, 0],
    }


def test_unnamed_problems_have_numbered_names(answer):
    assert answer({"x": {"x0": 1, "x1": 2}, "ray": {"row1": 3}}, PLAIN) == {"x": [1, 2], "ray": [0, 3]}


def test_what_solve_prints_is_an_answer(answer):
    printed = {"verdict": "PROVED", "objective": 1.0, "x": {"x": 1, "y": 0}, "duals": None, "ray": None}
    assert answer(printed) == {"x": [1, 0]}


def test_further_keys_are_ignored_beside_a_known_one(answer):
    assert answer({"objective": 3, "status": "optimal", "x": [1, 0]}) == {"x": [1, 0]}
    assert answer({"dual": [0, 0], "duals": [1, 0]}) == {"row_dual": [1, 0]}


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", '"NaN"', '"inf"', "1e999", "1" + "0" * 400])
def test_numbers_that_are_none_are_for_the_judge(answer, word):
    assert not np.isfinite(answer(f'{{"x": [1, {word}]}}')["x"][1])


def test_a_wrong_length_is_for_the_judge(answer):
    assert answer({"x": [1, 2, 3]}) == {"x": [1, 2, 3]}


def test_coefficients_of_a_fit(answer):
    problem = tw.Fit([[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0], names=["age", "debt"])
    assert answer({"coef": {"debt": 1, "age": 2}, "intercept": 3}, problem) == {"coef": [2, 1], "intercept": 3}
    separating = {"direction": {"debt": 1}, "direction_intercept": -2}
    assert answer(separating, problem) == {"direction": [0, 1], "direction_intercept": -2}
    with pytest.raises(tw.InputError, match="direction_intercept is None; expected a number"):
        answer({"direction": [0, 1], "direction_intercept": None}, problem)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, ["holds no answer", "x, duals, ray, direction"]),
        ({"verdict": "INFEASIBLE", "x": None}, ["holds no answer"]),
        ({"dual": [1, 2]}, ['unknown key "dual"', 'Did you mean "duals"?']),
        ({"x": [1, 2], "dual": [1, 2]}, ['unknown key "dual"', 'Did you mean "duals"?']),
        ({"x": [1, 2], "Ray": [1, 2]}, ['unknown key "Ray"']),
        ({"objective": 3}, ['unknown key "objective"', "x, duals, ray, direction"]),
        ("null", ["holds nothing"]),
        ({"x": {"x": 1, "yy": 2}}, ['unknown name "yy"', 'Did you mean "y"?']),
        ({"duals": {"r1": 1}}, ['unknown name "r1"', "R1, R2"]),
        ({"x": {"x": 1}}, ['lacks 1 of 2 names, first "y"', "write 0"]),
        ({"x": [1, None]}, ["x[1] is None", "number"]),
        ({"x": [1, True]}, ["x[1] is True"]),
        ({"x": {"x": 1, "y": "two"}}, ["x[\"y\"] is 'two'"]),
        ({"x": [1, [2]]}, ["x[1] is [2]"]),
        ({"x": 5}, ['"x" is 5', "list"]),
        ([1, 2], ["holds a list"]),
        ('{"x": [1, 2', ["not JSON", "line 1", "truncated"]),
        ('{"x": {"x": 1, "x": 2, "y": 0}}', ["'x' twice", "which one"]),
        ("[" * 100_000, ["nested too deeply"]),
    ],
)
def test_bad_answers(answer, tmp_path, content, words):
    with pytest.raises(tw.InputError) as caught:
        answer(content)
    for word in [str(tmp_path / "a.json"), *words]:
        assert word in str(caught.value)


def test_an_integer_of_thousands_of_digits_is_refused_by_name(tmp_path):
    path = tmp_path / "answer.json"
    path.write_text('{"x": [' + "1" * 5000 + "]}")
    with pytest.raises(tw.InputError, match=r"answer\.json cannot be used: Exceeds the limit"):
        read_answer(path, tw.LinearProgram([1.0]))
