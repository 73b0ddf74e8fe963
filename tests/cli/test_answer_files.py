"""Answer files on the command line: solution files of HiGHS, and what solve --save answer.json writes."""

import json
import subprocess
import sys

import pytest

import thalweg as tw

MPS = "ROWS\n N COST\n G R1\nCOLUMNS\n x COST 1 R1 1\n y COST 2 R1 1\nRHS\n RHS R1 2\nENDATA\n"
QPS = MPS.replace("ENDATA", "QUADOBJ\n x x 2\n y y 2\nENDATA")
SOLUTION = """\
Model status
Optimal

# Primal solution values
Feasible
Objective 2
# Columns 2
x 2
y 0
# Rows 1
R1 2

# Dual solution values
Feasible
# Columns 2
x 0
y 1
# Rows 1
R1 1
"""
WITHOUT = """\
import sys
for name in ("highspy", "piqp", "clarabel", "sklearn", "pandas", "numba", "qdldl"):
    sys.modules[name] = None  # importing it fails
from thalweg.cli import main
main()
"""


@pytest.fixture
def files(here):
    """Write a program and answers to it."""
    (here / "m.mps").write_text(MPS)
    (here / "q.qps").write_text(QPS)
    (here / "answer.sol").write_text(SOLUTION)
    (here / "answer.json").write_text('{"x": {"x": 2, "y": 0}, "duals": {"R1": 1}}')
    return here


def test_a_solution_file_is_judged(thalweg, files):
    result = thalweg("check", "m.mps", "answer.sol", "--json")
    assert (result.code, result.json["verdict"], result.json["answer"]) == (0, "PROVED", "answer.sol")
    assert "PROVED" in thalweg("check", "m.mps", "answer.sol").stdout


def test_a_wrong_solution_file_proves_nothing(thalweg, files):
    (files / "answer.sol").write_text(SOLUTION.replace("x 2", "x 1", 1))
    assert thalweg("check", "m.mps", "answer.sol", "--json").json["verdict"] == "REFUTED"
    (files / "answer.sol").write_text(SOLUTION.replace("x 2", "z 2", 1))
    result = thalweg("check", "m.mps", "answer.sol")
    assert (result.code, result.stdout) == (1, "")
    assert "line 8: unknown variable 'z'" in result.stderr


@pytest.mark.parametrize(("name", "words"), [("m.mps", "MPS"), ("answer.sol", "solution file")])
def test_files_in_the_wrong_place(thalweg, files, name, words):
    result = thalweg("solve", "answer.sol") if name == "answer.sol" else thalweg("check", "m.mps", name)
    assert (result.code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert (words if name == "answer.sol" else "not an answer") in result.stderr


def test_solutions_from_stdin(files):
    done = subprocess.run(
        [sys.executable, "-m", "thalweg", "check", "m.mps", "-", "--json"],
        input=SOLUTION,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "PROVED")


@pytest.mark.parametrize("answer", ["answer.json", "answer.sol"])
def test_no_solver_is_needed_to_judge_an_answer_to_an_mps_file(files, answer):
    command = [sys.executable, "-c", WITHOUT, "check", "m.mps", answer, "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, json.loads(done.stdout)["verdict"], done.stderr) == (0, "PROVED", "")


def test_no_solver_is_needed_to_judge_a_quadratic_program(files):
    (files / "half.json").write_text('{"x": [1.25, 0.75], "duals": [3.5]}')
    command = [sys.executable, "-c", WITHOUT, "check", "q.qps", "half.json", "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, json.loads(done.stdout)["verdict"], done.stderr) == (0, "PROVED", "")


@pytest.mark.parametrize(
    ("program", "verdict", "code"),
    [
        ("bread.lp", "PROVED", 0),
        ("nowhere.lp", "INFEASIBLE", 4),
        ("endless.lp", "UNBOUNDED", 5),
        ("q.qps", "PROVED", 0),
    ],
)
def test_solve_saves_an_answer_file(thalweg, files, program, verdict, code):
    solved = thalweg("solve", program, "--save", "kept.json", "--json")
    assert (solved.code, solved.json["verdict"]) == (code, verdict)
    assert solved.stderr == "answer saved to kept.json\n"
    assert json.loads((files / "kept.json").read_text()) == solved.json
    checked = thalweg("check", program, "kept.json", "--json")
    assert (checked.code, checked.json["verdict"]) == (code, verdict)


def test_a_saved_answer_file_is_kept(thalweg, files):
    (files / "kept.json").write_text("precious")
    result = thalweg("solve", "m.mps", "--save", "kept.json")
    assert (result.code, result.stdout) == (1, "")
    assert "kept.json exists already. Pass --overwrite" in result.stderr
    assert thalweg("solve", "m.mps", "--save", "kept.json", "--overwrite").code == 0
    assert json.loads((files / "kept.json").read_text())["objective"] == 2


def test_compressed_programs_and_their_answers(thalweg, files):
    tw.write(tw.read(files / "m.mps"), files / "m.mps.gz")
    assert thalweg("solve", "m.mps.gz", "--save", "kept.json").code == 0
    assert thalweg("check", "m.mps.gz", "kept.json").code == 0


def test_other_suffixes_are_usage_errors(thalweg, files):
    result = thalweg("solve", "m.mps", "--save", "kept.sol")
    assert result.code == 2
    assert "end it in .npz or .json" in result.stderr
