"""certify with answers from files, JSON as the command line reads it; what is said where a part is missing."""

import json

import pytest

import thalweg as tw

PROBLEM = tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0, names=["a", "b"], row_names=["sum"])
FIT = tw.Fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])


@pytest.fixture
def answer(tmp_path):
    """Return a function that writes an object as an answer file."""

    def answer(content) -> str:
        path = tmp_path / "answer.json"
        path.write_text(json.dumps(content))
        return str(path)

    return answer


def test_an_answer_file_is_a_claim(answer):
    path = answer({"x": {"a": 1, "b": 0}, "duals": {"sum": 1}})
    assert tw.certify(PROBLEM, path).verdict is tw.Verdict.PROVED
    assert tw.certify(PROBLEM, path, tol=1e-9).tolerance.gap == 1e-9
    assert tw.certify(PROBLEM, path, x=[1.0, 1.0]).verdict is not tw.Verdict.PROVED  # keywords come last


def test_text_is_no_value(answer):
    path = answer({"x": [1, 0]})
    with pytest.raises(tw.InputError, match=r"x is the text .*; pass numbers\. An answer file goes second"):
        tw.certify(PROBLEM, x=path)


def test_an_answer_file_beside_a_saved_problem(answer, tmp_path):
    tw.save(PROBLEM, tmp_path / "problem.npz")
    path = answer({"x": [1, 0], "duals": [1]})
    assert tw.certify(tmp_path / "problem.npz", path).ok


def test_a_separating_direction_from_a_file(answer):
    apart = tw.Fit([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1], "logistic")
    separates = {"direction": [1], "direction_intercept": -2.5}
    assert tw.certify(apart, answer(separates)).verdict is tw.Verdict.NO_MINIMISER
    assert tw.certify(apart, answer({"direction": [1]})).verdict is tw.Verdict.UNPROVEN


@pytest.mark.parametrize("given", [{"coef": [2.0]}, {"coef": [2.0], "intercept": None}])
def test_an_intercept_that_was_not_given_counts_as_0_and_that_is_said(given):
    certificate = tw.certify(FIT, **given)
    assert not certificate.ok
    assert "no intercept was given, so it counts as 0" in certificate.explain()


def test_nothing_is_said_where_no_intercept_is_missing():
    without = tw.Fit([[0.0], [1.0]], [0.0, 2.0], intercept=False)
    for certificate in (
        tw.certify(FIT, coef=[2.0], intercept=1.0),
        tw.certify(without, coef=[2.0]),
        tw.certify(PROBLEM, x=[1.0, 0.0]),
        tw.certify(FIT, eta=[1.0, 3.0, 5.0]),
    ):
        assert not any("intercept" in note for note in certificate.notes)
