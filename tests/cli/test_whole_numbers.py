"""Programs with integer variables on the command line: what is printed, kept and judged, and the exit codes."""

import itertools
import json

import pytest

import thalweg as tw

SACK = """\
NAME sack
OBJSENSE MAX
ROWS
 N worth
 L weight
 L volume
COLUMNS
 MARK 'MARKER' 'INTORG'
 axe worth 60 weight 10
 axe volume 3
 bow worth 100 weight 21
 bow volume 1
 cup worth 120 weight 30
 cup volume 4
 MARK 'MARKER' 'INTEND'
RHS
 RHS weight 50 volume 6
ENDATA
"""
ITEMS = ((60, 10, 3), (100, 21, 1), (120, 30, 4))  # worth, weight, volume
BEST = max(
    sum(worth for worth, _, _ in taken)
    for size in range(4)
    for taken in itertools.combinations(ITEMS, size)
    if sum(w for _, w, _ in taken) <= 50 and sum(v for _, _, v in taken) <= 6
)


@pytest.fixture
def sack(here):
    (here / "sack.mps").write_text(SACK)
    return here


@pytest.fixture
def rolls(here):
    """A program whose relaxation proves the answer: 2 x + 2 y >= 3 at the cost of 5 each."""
    problem = tw.MixedIntegerProgram([5.0, 5.0], [[2.0, 2.0]], row_lower=3.0, lower=0, row_names=["need"])
    tw.write(problem, here / "rolls.lp")
    return here


def test_text_says_what_is_whole_and_what_is_assumed(thalweg, sack):
    result = thalweg("solve", "sack.mps")
    assert result.code == 0
    for words in (
        "mixed-integer program, maximise",
        "whole numbers  3 variables",
        "axe, bow, cup whole",
        f"WITHIN_TOLERANCE: objective {BEST}; nobody can be above {BEST}",
        "branch and bound, taken at its word",
    ):
        assert words in result.stdout


def test_json_has_no_duals_but_those_of_the_relaxation(thalweg, sack):
    answer = thalweg("solve", "sack.mps", "--json").json
    assert (answer["kind"], answer["integers"], answer["objective"]) == ("MixedIntegerProgram", 3, BEST)
    assert answer["x"] == {"axe": 1, "bow": 1, "cup": 0}
    assert answer["duals"] is answer["reduced_costs"] is None
    assert set(answer["relaxation_duals"]) == {"weight", "volume"}
    assert answer["solver_bound"] == BEST
    assert "integers" not in thalweg("solve", "bread.lp", "--json").json


@pytest.mark.parametrize("name", ["answer.npz", "answer.json"])
def test_what_the_relaxation_proves_stays_proved(thalweg, rolls, name):
    assert thalweg("solve", "rolls.lp", "--save", name).code == 0
    result = thalweg("check", "rolls.lp", name, "--json")
    assert (result.code, result.json["verdict"], result.json["lower"]) == (0, "PROVED", 10)
    if name == "answer.npz":
        assert thalweg("check", name).code == thalweg("explain", name).code == 0


@pytest.mark.parametrize("name", ["answer.npz", "answer.json"])
def test_what_a_solver_says_of_its_bound_is_no_evidence(thalweg, sack, name):
    thalweg("solve", "sack.mps", "--save", name)
    result = thalweg("check", "sack.mps", name, "--json")
    assert (result.code, result.json["verdict"], result.json["objective"]) == (3, "UNPROVEN", BEST)
    assert BEST < result.json["upper"] <= 220  # of the relaxation, and a multiple of 20
    assert result.json["assumptions"] == []
    own = [("check", name), ("explain", name)] if name == "answer.npz" else []
    for command in [("check", "sack.mps", name), *own]:
        shown = thalweg(*command)
        assert shown.code == 3
        assert "the bound that a solver reported is no evidence here" in shown.stdout


def test_a_point_that_is_not_whole_is_refused(thalweg, sack):
    (sack / "half.json").write_text('{"x": {"axe": 1, "bow": 0.5, "cup": 0}}')
    result = thalweg("check", "sack.mps", "half.json", "--json")
    assert (result.code, result.json["verdict"]) == (3, "REFUTED")
    assert result.json["violations"]["integrality"] == {"amount": 0.5, "relative": 0.5, "where": '"bow"'}


def test_relaxation_duals_belong_to_programs_with_whole_numbers(thalweg, here):
    (here / "answer.json").write_text(json.dumps({"relaxation_duals": {"a": 1}}))
    result = thalweg("check", "bread.lp", "answer.json")
    assert result.code == 1
    assert 'unknown key "relaxation_duals"' in result.stderr


def test_report(thalweg, sack):
    assert thalweg("solve", "sack.mps", "--report", "sack.html").code == 0
    page = (sack / "sack.html").read_text()
    for words in ("mixed-integer program, maximise", "whole numbers", "taken at its word"):
        assert words in page


def test_no_whole_numbers_fit(thalweg, here):
    (here / "odd.lp").write_text("min\n o: x\nst\n r: 2 x + 2 y = 3\nbounds\n x <= 9\n y <= 9\ngeneral\n x y\nend\n")
    result = thalweg("solve", "odd.lp", "--json")
    assert (result.code, result.json["verdict"]) == (3, "UNPROVEN")
    assert any("a solver's word is no proof" in note for note in result.json["notes"])
