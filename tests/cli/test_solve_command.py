"""thalweg solve: text, JSON, report, exit codes."""

import json

import pytest

import thalweg as tw


def test_text_says_what_is_proved(thalweg, here):
    result = thalweg("solve", "bread.lp")
    assert result.code == 0
    assert result.stderr == ""
    assert "linear program, maximise" in result.stdout
    assert "2 variables, 3 rows" in result.stdout
    assert "PROVED: objective 36; nobody can be above 36" in result.stdout
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["wheat", "6", "0"] in lines
    assert ["b", "1.5", "<=", "12"] in lines


def test_json_has_every_promised_key(thalweg, here):
    answer = thalweg("solve", "bread.lp", "--json").json
    promised = {"verdict", "ok", "objective", "lower", "upper", "gap", "violations", "assumptions", "seconds"}
    assert promised <= set(answer)
    assert (answer["verdict"], answer["ok"], answer["sense"]) == ("PROVED", True, "maximise")
    assert answer["objective"] == pytest.approx(36)
    assert answer["lower"] <= 36 + 1e-9
    assert answer["upper"] >= 36 - 1e-9
    assert answer["x"] == pytest.approx({"rye": 2, "wheat": 6})
    assert answer["duals"] == pytest.approx({"a": 0, "b": 1.5, "c": 1})
    assert answer["attempts"][0]["verdict"] == "PROVED"
    assert answer["seconds"] > 0


@pytest.mark.parametrize(
    ("name", "verdict", "code"),
    [
        ("cup.lp", "PROVED", 0),
        ("nowhere.lp", "INFEASIBLE", 4),
        ("endless.lp", "UNBOUNDED", 5),
        ("saddle.lp", "STATIONARY", 3),
    ],
)
def test_exit_codes_follow_the_verdict(thalweg, here, name, verdict, code):
    result = thalweg("solve", name, "--json")
    assert (result.json["verdict"], result.code) == (verdict, code)
    assert result.json["ok"] == (code == 0)
    assert thalweg("solve", name).code == code


def test_rays_are_named(thalweg, here):
    answer = thalweg("solve", "nowhere.lp", "--json").json
    assert set(answer["ray"]) == {"low", "high"}
    assert answer["objective"] is None
    _, _, table = thalweg("solve", "nowhere.lp").stdout.partition("weights of the rows that contradict each other\n")
    lines = [line.split() for line in table.splitlines()]
    weights = {line[0]: (float(line[1]), *line[2:]) for line in lines if line[:1] in (["low"], ["high"])}
    assert weights == {
        "low": (pytest.approx(answer["ray"]["low"]), ">=", "3"),
        "high": (pytest.approx(answer["ray"]["high"]), "<=", "1"),
    }
    assert set(thalweg("solve", "endless.lp", "--json").json["direction"]) == {"x", "y"}


def test_the_tolerance_is_passed_on(thalweg, here):
    assert thalweg("solve", "bread.lp", "--json", "--tol", "1e-9").json["tolerance"]["gap"] == 1e-9


def test_solver_by_name(thalweg, here):
    assert thalweg("solve", "bread.lp", "--json", "--solver", "simplex").json["attempts"][0]["solver"] == "simplex"
    wrong = thalweg("solve", "bread.lp", "--solver", "simplx")
    assert wrong.code == 1
    assert 'Did you mean "simplex"?' in wrong.stderr


@pytest.mark.parametrize(
    ("option", "value"), [("--tol", "-1"), ("--tol", "nan"), ("--time-limit", "0"), ("--time-limit", "-1")]
)
def test_impossible_numbers(thalweg, here, option, value):
    result = thalweg("solve", "bread.lp", option, value)
    assert result.code == 2
    assert f"Invalid value for '{option}'" in result.stderr
    assert result.stdout == ""


def test_report(thalweg, here):
    result = thalweg("solve", "bread.lp", "--report", "out.html")
    assert (result.code, result.stderr) == (0, "report written to out.html\n")
    page = (here / "out.html").read_text(encoding="utf-8")
    assert "bread.lp" in page
    assert "wheat" in page
    assert f"thalweg {tw.__version__}" in page


def test_an_existing_report_is_kept_and_nothing_is_solved(thalweg, here):
    (here / "out.html").write_text("precious")
    result = thalweg("solve", "bread.lp", "--report", "out.html")
    assert result.code == 1
    assert "out.html exists already. Pass --overwrite" in result.stderr
    assert result.stdout == ""
    assert (here / "out.html").read_text() == "precious"
    assert thalweg("solve", "bread.lp", "--report", "out.html", "--overwrite").code == 0
    assert (here / "out.html").read_text() != "precious"


def test_a_report_never_replaces_the_program(thalweg, here):
    before = (here / "bread.lp").read_text()
    result = thalweg("solve", "bread.lp", "--report", "bread.lp", "--overwrite")
    assert (result.code, result.stdout) == (1, "")
    assert "bread.lp is the input bread.lp itself" in result.stderr
    assert (here / "bread.lp").read_text() == before


def test_without_jinja2_the_extra_is_named_before_the_work(thalweg, here, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    result = thalweg("solve", "bread.lp", "--report", "out.html")
    assert result.code == 1
    assert 'pip install "thalweg[report]"' in result.stderr
    assert result.stdout == ""


def test_long_lists_are_abbreviated(thalweg, here):
    names = [f"v{j}" for j in range(30)]
    objective = " + ".join(f"{j + 1} {name}" for j, name in enumerate(names))
    bounds = "\n".join(f" {name} <= {j + 1}" for j, name in enumerate(names))
    (here / "many.lp").write_text(f"max\n o: {objective}\nst\nbounds\n{bounds}\nend\n")
    result = thalweg("solve", "many.lp")
    shown = {line.split()[0] for line in result.stdout.splitlines() if line.startswith("  v")}
    assert shown == set(names[10:])
    assert "the largest 20 of 30" in result.stdout
    assert len(thalweg("solve", "many.lp", "--json").json["x"]) == 30


def test_warnings_of_the_reader_reach_stderr(thalweg, here):
    (here / "typo.lp").write_text("max\n o: x\nst\n r: x <= 4\nbounds\n z <= 3\nend\n")
    result = thalweg("solve", "typo.lp", "--json")
    assert result.json["ok"]
    assert result.stderr.startswith('warning: typo.lp: "z"')


def test_json_of_names_beyond_ascii(thalweg, here):
    (here / "name.lp").write_text("max\n o: 2 größe\nst\n r: größe <= 4\nend\n", encoding="utf-8")
    result = thalweg("solve", "name.lp", "--json")
    assert json.loads(result.stdout)["x"] == {"größe": 4}


@pytest.mark.parametrize("program", ["bread.lp", "cup.lp", "nowhere.lp", "endless.lp"])
def test_what_is_printed_is_checked_to_the_same_verdict(thalweg, here, program):
    solved = thalweg("solve", program, "--json")
    (here / "answer.json").write_text(solved.stdout)
    checked = thalweg("check", program, "answer.json", "--json")
    assert (checked.json["verdict"], checked.code) == (solved.json["verdict"], solved.code)
    assert checked.json["objective"] == solved.json["objective"]


def test_warnings_about_the_file_are_among_the_notes(thalweg, here):
    text = (
        "NAME\nROWS\n N cost\n G need\nCOLUMNS\n wheat cost 1 need 1\nRHS\n RHS need 2\nBOUNDS\n UP B wheet 5\nENDATA\n"
    )
    (here / "typo.mps").write_text(text)
    result = thalweg("solve", "typo.mps", "--json")
    assert 'warning: typo.mps: "wheet"' in result.stderr
    assert any('"wheet"' in note and 'Did you mean "wheat"?' in note for note in result.json["notes"])
