"""What --save writes, and what check, explain and solve make of it."""

import json
import subprocess
import sys

import numpy as np
import pytest

import thalweg as tw
from thalweg.io.models import SavedModel

MAIN = "from thalweg.cli import main; main()"
PROGRAMS = [
    ("bread.lp", "PROVED", 0),
    ("cup.lp", "PROVED", 0),
    ("nowhere.lp", "INFEASIBLE", 4),
    ("endless.lp", "UNBOUNDED", 5),
]


@pytest.fixture
def saved(thalweg, here):
    """Return a function that solves a program and saves its answer."""

    def saved(program: str) -> str:
        thalweg("solve", program, "--save", f"{program}.npz")
        return f"{program}.npz"

    return saved


@pytest.fixture
def data(here):
    """Write a small table with labels and numbers."""
    rng = np.random.default_rng(5)
    a, b, noise = rng.normal(size=(3, 50)).round(3)
    lines = [
        f"{x},{z},{x - 2 * z + e},{'up' if x - z + e > 0 else 'down'}" for x, z, e in zip(a, b, noise, strict=True)
    ]
    (here / "t.csv").write_text("\n".join(["a,b,y,z", *lines]) + "\n")
    return here


@pytest.fixture
def no_solver(monkeypatch):
    """Let every test fail that reaches for a solver from now on."""

    def forbid():
        def refuse(*_, **__):
            pytest.fail("a solver was asked")

        monkeypatch.setattr("thalweg.front.solve", refuse)
        monkeypatch.setattr("thalweg.solvers.registry.entries", refuse)

    return forbid


@pytest.mark.parametrize(("program", "verdict", "code"), PROGRAMS)
def test_a_saved_answer_is_judged_from_its_file_alone(thalweg, saved, here, no_solver, program, verdict, code):
    path = saved(program)
    (here / program).unlink()
    no_solver()
    checked, explained = thalweg("check", path, "--json"), thalweg("explain", path, "--json")
    assert (checked.json["verdict"], checked.code) == (verdict, code)
    assert (explained.json["verdict"], explained.code) == (verdict, code)
    assert explained.json["attempts"]


def test_explain_says_everything_and_that_it_was_judged_again(thalweg, saved):
    shown = thalweg("explain", saved("bread.lp"))
    assert shown.code == 0
    for word in ("linear program, maximise", "PROVED: objective 36", "wheat", "judged", "anew"):
        assert word in shown.stdout
    answer = thalweg("explain", "bread.lp.npz", "--json").json
    assert answer["x"] == pytest.approx({"rye": 2, "wheat": 6})
    assert answer["duals"] == pytest.approx({"a": 0, "b": 1.5, "c": 1})


def test_explain_tells_how_the_answer_was_found(thalweg, saved, data):
    told = thalweg("explain", saved("bread.lp")).stdout
    story = told[told.index("how it was found, as the file says") :]
    assert "simplex (converged)" in story
    assert "attempts" in story
    assert told not in thalweg("check", "bread.lp.npz").stdout
    thalweg("fit", "t.csv", "--target", "z", "--drop", "y", "--alpha", "0.1", "--save", "fit.npz")
    explained = thalweg("explain", "fit.npz").stdout
    assert "trace" in explained
    assert "seconds" in explained.split("trace")[1]


def test_explain_of_a_claim_by_somebody(thalweg, here):
    problem = tw.LinearProgram([1.0], lower=0)
    claim = tw.Claim({"x": [1.0]}, by="a neighbour", message="two\nlines")
    tw.Solution(problem, claim, tw.certify(problem, claim)).save(here / "guess.npz")
    story = thalweg("explain", "guess.npz").stdout.split("how it was found")[1]
    assert story.endswith("found by  a neighbour\nwho says  two\\nlines\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("check bread.lp", "bread.lp holds a problem and no answer. Name the answer"),
        ("check answer.json bread.lp", "answer.json is JSON text, not a program"),
        ("check m.json", "m.json is a fitted model, not an .npz file"),
        ("check bread.lp m.json", "m.json is a fitted model, not an answer"),
        ("explain answer.json", "answer.json is JSON text, not a model"),
        ("solve t.csv", "t.csv is a table, not a program"),
        ("solve m.json", "m.json is a fitted model, not a program"),
        ("predict answer.npz t.csv", "answer.npz is a saved problem or answer, not a model"),
        ("predict t.csv m.json", "t.csv is a table, not a model"),
        ("fit bread.lp --target y", "bread.lp is a linear, quadratic or mixed-integer program, not a table"),
        ("solve bread.lp --report page.npz", "page.npz would hold an HTML page"),
    ],
)
def test_files_of_the_wrong_kind_are_one_line(thalweg, data, line, words):
    (data / "answer.json").write_text('{"x": {"rye": 2}}')
    (data / "m.json").write_text(SavedModel("LinearRegression", {}, [1.0], 0.0, features=("a",)).to_json())
    tw.solve(tw.LinearProgram([1.0], lower=0)).save(data / "answer.npz")
    result = thalweg(*line.split())
    assert (result.code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert words in result.stderr


def test_explain_writes_a_page(thalweg, saved, here):
    assert thalweg("explain", saved("bread.lp"), "--report", "page.html").code == 0
    assert "wheat" in (here / "page.html").read_text(encoding="utf-8")
    assert thalweg("explain", "bread.lp.npz", "--report", "bread.lp.npz", "--overwrite").code == 1


def test_the_file_does_not_choose_its_measure(thalweg, here):
    problem = tw.LinearProgram([1.0], [[1.0]], row_lower=[1.0], lower=0)
    loose = tw.solve(problem, tol=0.5)
    worse = tw.Solution(problem, tw.Claim({"x": [1.2]}, {"row_dual": [1.0]}), loose.certificate)
    worse.save(here / "loose.npz")
    tw.save(problem, here / "problem.npz")
    for line in (["check", "loose.npz"], ["explain", "loose.npz"], ["check", "problem.npz", "loose.npz"]):
        held = thalweg(*line)
        assert held.code == 3
        assert "looser tolerance than the default: gap 0.5" in held.stderr
        asked = thalweg(*line, "--tol", "0.5")
        assert (asked.code, asked.stderr) == (0, "")
    tw.solve(problem, tol=1e-9).save(here / "strict.npz")
    assert thalweg("check", "strict.npz", "--json").json["tolerance"]["gap"] == 1e-9


def test_an_answer_of_its_own_file(thalweg, saved, here):
    path = saved("bread.lp")
    tw.save(tw.load(here / path).claim, here / "claim.npz")
    for problem in ("bread.lp", path):
        for answer in ("claim.npz", path):
            assert thalweg("check", problem, answer, "--json").json["verdict"] == "PROVED"
    (here / "answer.json").write_text(thalweg("solve", "bread.lp", "--json").stdout)
    assert thalweg("check", path, "answer.json").code == 0
    other = thalweg("check", "endless.lp", "claim.npz", "--json")
    assert (other.code, other.json["verdict"], other.stderr) == (3, "REFUTED", "")
    other = thalweg("check", "endless.lp", path, "--json")
    assert (other.code, other.json["verdict"]) == (3, "REFUTED")
    assert "was saved as an answer to other data" in other.stderr


def test_problems_and_claims_without_the_other_half(thalweg, here):
    tw.save(tw.LinearProgram([1.0], lower=2), here / "problem.npz")
    tw.save(tw.Claim({"x": [2.0]}), here / "claim.npz")
    assert "holds a problem and no answer" in thalweg("check", "problem.npz").stderr
    assert "holds an answer without its problem" in thalweg("explain", "claim.npz").stderr
    assert "there is nothing to judge" in thalweg("check", "problem.npz", "problem.npz").stderr
    assert thalweg("check", "problem.npz", "claim.npz").code == 0
    assert thalweg("solve", "problem.npz", "--json").json["objective"] == 2


def test_claims_of_the_wrong_shape_are_refuted_and_shown(thalweg, here):
    problem = tw.LinearProgram([1.0, 1.0], lower=0, names=["a", "b"])
    claim = tw.Claim({"x": np.ones((2, 3))})
    tw.Solution(problem, claim, tw.certify(problem, claim)).save(here / "odd.npz")
    shown = thalweg("explain", "odd.npz", "--json")
    assert (shown.code, shown.json["verdict"], shown.json["x"]) == (3, "REFUTED", [1.0] * 6)
    assert thalweg("explain", "odd.npz").code == 3


def test_damaged_files_are_one_line(thalweg, saved, here):
    whole = (here / saved("bread.lp")).read_bytes()
    (here / "cut.npz").write_bytes(whole[: len(whole) // 2])
    (here / "text.npz").write_text("no archive")
    for path in ("cut.npz", "text.npz", "absent.npz"):
        for command in ("check", "explain"):
            result = thalweg(command, path)
            assert (result.code, result.stdout, result.stderr.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("name", ["t.csv.npz", "t.json"])
def test_an_existing_file_is_kept_and_nothing_is_solved(thalweg, data, name):
    (data / name).write_text("precious")
    arguments = ["fit", "t.csv", "--target", "y", "--drop", "z", "--save", name]
    result = thalweg(*arguments)
    assert (result.code, result.stdout) == (1, "")
    assert f"{name} exists already. Pass --overwrite" in result.stderr
    assert (data / name).read_text() == "precious"
    assert thalweg(*arguments, "--overwrite").code == 0
    assert (data / name).read_bytes() != b"precious"


def test_one_file_cannot_be_two(thalweg, data):
    result = thalweg("solve", "bread.lp", "--save", "x.npz", "--report", "./x.npz")
    assert (result.code, "name the same file" in result.stderr) == (2, True)


def test_a_saved_fit_is_judged_again(thalweg, data, no_solver):
    fitted = thalweg("fit", "t.csv", "--target", "z", "--drop", "y", "--save", "fit.npz", "--json")
    (data / "t.csv").unlink()
    no_solver()
    shown = thalweg("explain", "fit.npz", "--json").json
    assert shown["verdict"] == "PROVED"
    assert shown["coef"] == fitted.json["coef"]
    text = thalweg("explain", "fit.npz").stdout
    assert "classes" in text
    assert '0 is "down", 1 is "up"' in text


def test_a_saved_model_is_the_same_model_in_python(thalweg, data):
    pytest.importorskip("sklearn")
    options = ["--alpha", "0.1", "--l1-ratio", "0.5", "--lower", "a=0", "--constraint", "a + b <= 1"]
    fitted = thalweg("fit", "t.csv", "--target", "z", "--drop", "y", *options, "--save", "m.json", "--json").json
    model = tw.load(data / "m.json")
    assert model.coef_.ravel().tolist() == list(fitted["coef"].values())
    assert list(model.classes_) == ["down", "up"]
    parameters = model.get_params()
    assert (parameters["alpha"], parameters["lower"], parameters["constraints"]) == (0.1, {"a": 0.0}, ["a + b <= 1"])
    import pandas as pd

    frame = pd.read_csv(data / "t.csv")
    predicted = thalweg("predict", "m.json", "t.csv", "--json").json["predictions"]
    assert model.predict(frame[["a", "b"]]).tolist() == predicted
    again = type(model)(**parameters).fit(frame[["a", "b"]], frame["z"])
    assert again.coef_.ravel().tolist() == pytest.approx(model.coef_.ravel().tolist(), abs=1e-5)


def test_without_best_coefficients_there_is_no_model(thalweg, here):
    (here / "apart.csv").write_text("a,y\n1,0\n2,0\n3,1\n4,1\n")
    result = thalweg("fit", "apart.csv", "--target", "y", "--alpha", "0", "--save", "m.json")
    assert result.code == 5
    assert result.stderr == "note: m.json is not written: there are no coefficients to keep (NO_MINIMISER).\n"
    assert not (here / "m.json").exists()
    assert thalweg("fit", "apart.csv", "--target", "y", "--alpha", "0", "--save", "m.npz").code == 5
    assert thalweg("check", "m.npz", "--json").json["verdict"] == "NO_MINIMISER"


def test_explain_of_a_model_shows_and_judges_nothing(thalweg, data):
    thalweg("fit", "t.csv", "--target", "z", "--drop", "y", "--save", "m.json")
    shown = thalweg("explain", "m.json")
    assert shown.code == 0
    for word in ("LogisticRegression", "(intercept)", "the data are not in it", "PROVED", '"up"'):
        assert word in shown.stdout
    model = SavedModel.from_json((data / "m.json").read_text())
    assert thalweg("explain", "m.json", "--json").json["coef"] == dict(zip("ab", model.coef.tolist(), strict=True))
    assert thalweg("explain", "m.json", "--report", "page.html").code == 2


def test_checking_a_saved_program_loads_little(thalweg, saved, here):
    path = saved("bread.lp")
    code = (
        "import atexit, json, sys\n"
        "atexit.register(lambda: print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr))\n"
        f"{MAIN}"
    )
    done = subprocess.run([sys.executable, "-c", code, "check", path], capture_output=True, text=True, check=True)
    heavy = {"scipy", "highspy", "piqp", "clarabel", "pandas", "pyarrow", "sklearn", "numba", "rich", "jinja2"}
    assert not set(json.loads(done.stderr.splitlines()[-1])) & heavy


def test_constraints_between_coefficients(thalweg, data):
    answer = thalweg(
        "fit",
        "t.csv",
        "--target",
        "y",
        "--drop",
        "z",
        "--constraint",
        "a + b == 0",
        "--constraint",
        "a <= 1/2",
        "--json",
    ).json
    assert answer["verdict"] == "PROVED"
    assert answer["coef"] == pytest.approx({"a": 0.5, "b": -0.5}, abs=1e-7)
    assert answer["constraints"] == ["a + b == 0", "a <= 1/2"]
    assert set(answer["duals"]) == {"a + b == 0", "a <= 1/2"}


@pytest.mark.parametrize(
    ("text", "words"),
    [("a >= 2*c", ['"c"', "Known: a, b"]), ("a > b", ["not understood"]), ("__import__('os')", ["not understood"])],
)
def test_constraints_that_are_none(thalweg, data, text, words):
    result = thalweg("fit", "t.csv", "--target", "y", "--drop", "z", "--constraint", text)
    assert (result.code, result.stdout) == (1, "")
    for word in words:
        assert word in result.stderr


def test_constraints_that_contradict_are_infeasible(thalweg, data):
    result = thalweg(
        *("fit", "t.csv", "--target", "y", "--drop", "z", "--json", "--save", "m.json"),
        *("--constraint", "a >= 1", "--constraint", "a <= 0"),
    )
    assert (result.code, result.json["verdict"]) == (4, "INFEASIBLE")
    assert set(result.json["ray"]) == {"a >= 1", "a <= 0"}
    assert not (data / "m.json").exists()
