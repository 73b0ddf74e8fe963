"""The report as plain text."""

import dataclasses

import pytest

import thalweg as tw
from thalweg.reporting.tables import Table
from thalweg.reporting.text import solution_text, table_text


def test_every_verdict_is_reported(solution, verdict):
    text = solution_text(dataclasses.replace(solution, remarks=(("file", "model.mps"),)))
    assert text.startswith("file ")
    assert f"\n{verdict}: " in text
    assert "what this does not prove\n" in text
    assert "nan" not in text


def test_str_is_the_report(solution):
    assert str(solution) == solution_text(solution)


def test_columns_are_aligned():
    table = Table("costs", ("name", "value"), [("a", "1"), ("long name", "-12.5")], "two of them")
    assert table_text(table) == "costs (two of them)\n  name       value\n  a              1\n  long name  -12.5"


def test_a_long_name_has_a_line_of_its_own():
    table = Table("costs", ("name", "value"), [("a", "1"), ("n" * 300, "2")])
    assert table_text(table).splitlines()[3:] == [f"  {'n' * 300}", "            2"]


def test_names_cannot_break_the_lines(hostile, hostile_fit):
    for text in map(solution_text, (hostile, hostile_fit)):
        text.encode("utf-8")
        assert "two\\nlines\\x1b[31m" in text
        assert "half \\ud83d" in text
        assert "\\u202eturned" in text
        assert not {"\x1b", "\u202e"} & set(text)
        assert {"<script>alert(1)</script>", "🥨 Größe", "שלום", "n" * 300} <= {
            word.strip() for line in text.splitlines() for word in line.strip().split("  ")
        }


@pytest.mark.parametrize("told", [True, False])
def test_attempts_are_told_only_if_there_is_something_to_tell(told):
    problem = tw.LinearProgram([1.0], lower=2)
    stopped = tw.Attempt("simplex", tw.Stop.TIME_LIMIT, tw.Verdict.UNPROVEN, 1.5, message="out of time")
    solution = tw.Solution(problem, tw.Claim(), tw.certify(problem), attempts=(stopped,)) if told else tw.solve(problem)
    text = solution_text(solution)
    assert ("attempts (simplex: out of time)" in text) == ("time limit" in text) == told
