"""thalweg check: judges what others say, and runs no solver."""

import json

import pytest

import thalweg.front
import thalweg.solvers.registry


@pytest.fixture(autouse=True)
def no_solver(monkeypatch):
    """Let every test fail that reaches for a solver."""

    def refuse(*_, **__):
        pytest.fail("a solver was asked")

    monkeypatch.setattr(thalweg.front, "solve", refuse)
    monkeypatch.setattr(thalweg.solvers.registry, "entries", refuse)


@pytest.fixture
def check(thalweg, here):
    """Return a function that writes an answer and checks it."""

    def check(program, content, *options):
        (here / "answer.json").write_text(content if isinstance(content, str) else json.dumps(content))
        return thalweg("check", program, "answer.json", *options)

    return check


BEST = {"x": {"rye": 2, "wheat": 6}, "duals": {"b": 1.5, "c": 1}}


@pytest.mark.parametrize(
    ("program", "content", "verdict", "code"),
    [
        ("bread.lp", BEST, "PROVED", 0),
        ("bread.lp", {"x": [2, 6], "duals": [0, 1.5, 1]}, "PROVED", 0),
        ("bread.lp", {"x": [2, 6]}, "UNPROVEN", 3),
        ("bread.lp", {"x": [4, 3], "duals": [0, 1.5, 1]}, "UNPROVEN", 3),
        ("bread.lp", {"x": [3, 6], "duals": [0, 1.5, 1]}, "REFUTED", 3),
        ("bread.lp", {"x": [2, 6, 1], "duals": [0, 1.5, 1]}, "REFUTED", 3),
        ("bread.lp", '{"x": [2, NaN], "duals": [0, 1.5, 1]}', "REFUTED", 3),
        ("bread.lp", '{"x": [2, 6], "duals": [0, Infinity, 1]}', "REFUTED", 3),
        ("bread.lp", {"duals": [0, 1.5, 1]}, "UNPROVEN", 3),
        ("nowhere.lp", {"ray": {"low": 1, "high": -1}}, "INFEASIBLE", 4),
        ("nowhere.lp", {"ray": {"high": 1}}, "UNPROVEN", 3),
        ("endless.lp", {"x": [0, 0], "direction": [1, 1]}, "UNBOUNDED", 5),
        ("endless.lp", {"x": [0, 0], "direction": [1, 0]}, "UNPROVEN", 3),
        ("cup.lp", {"x": [0.5, 0.5], "duals": [1.5]}, "PROVED", 0),
        ("saddle.lp", {"x": [3, 3], "duals": [-3]}, "STATIONARY", 3),
        ("saddle.lp", {"x": [0, 0], "duals": [0]}, "STATIONARY", 3),
    ],
)
def test_verdicts_and_exit_codes(check, program, content, verdict, code):
    result = check(program, content, "--json")
    assert (result.json["verdict"], result.code) == (verdict, code)
    assert result.json["ok"] == (code == 0)
    text = check(program, content)
    assert text.code == code
    assert f"{verdict}: " in text.stdout


def test_json_has_every_promised_key(check):
    answer = check("bread.lp", BEST, "--json").json
    promised = {"verdict", "ok", "objective", "lower", "upper", "gap", "violations", "assumptions", "seconds"}
    assert promised <= set(answer)


def test_what_is_unbounded_is_null(check):
    answer = check("endless.lp", {"x": [0, 0]}, "--json").json
    assert answer["upper"] is None
    assert answer["gap"] is None


def test_tolerance(check):
    nearly = {"x": [2, 5.9999], "duals": [0, 1.5, 1]}
    assert check("bread.lp", nearly, "--json").code == 3
    assert check("bread.lp", nearly, "--json", "--tol", "1e-3").code == 0


def test_names_that_nobody_knows(check):
    result = check("bread.lp", {"x": {"rye": 2, "weat": 6}})
    assert result.code == 1
    assert 'Did you mean "wheat"?' in result.stderr
    assert result.stdout == ""


def test_a_violated_row_is_named(check):
    assert '"b"' in check("bread.lp", {"x": [2, 9]}).stdout
