"""What is loaded when; nothing is timed here."""

import json
import subprocess
import sys

HEAVY = ("scipy", "pandas", "polars", "sklearn", "numba", "highspy", "piqp", "click", "rich", "jinja2", "narwhals")


def modules_after(code: str) -> set[str]:
    """Top-level modules that a new process has loaded after running the code."""
    script = f"{code}\nimport sys, json; print(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    run = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_importing_thalweg_loads_nothing_else():
    assert not modules_after("import thalweg") & {"numpy", *HEAVY}


def test_stating_a_dense_problem_loads_only_numpy():
    code = """
import thalweg as tw
tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0)
tw.QuadraticProgram([[1.0]], [1.0])
tw.Fit([[1.0], [2.0]], [1.0, 0.0], loss="logistic", l2=1.0)
"""
    assert not modules_after(code) & set(HEAVY)


def test_judging_a_dense_linear_program_loads_only_numpy():
    code = """
import thalweg as tw
problem = tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0)
assert tw.certify(problem, x=[1.0, 0.0], duals=[1.0]).ok
"""
    assert not modules_after(code) & set(HEAVY)


def test_solving_a_dense_linear_program_loads_no_data_science():
    code = """
import thalweg as tw
assert tw.solve(tw.LinearProgram([1.0, 2.0], [[1.0, 1.0]], row_lower=[1.0], lower=0)).ok
"""
    assert not modules_after(code) & {"pandas", "polars", "sklearn", "numba", "rich", "click", "jinja2"}


def test_dir_and_completion_know_the_menu():
    code = "import thalweg as tw; assert set(tw.__all__) <= set(dir(tw)); assert '__version__' in dir(tw)"
    assert "numpy" not in modules_after(code)


def test_the_command_line_loads_only_what_a_command_needs(package):
    diet = package.parents[1] / "examples" / "diet.mps"
    run = "import sys; sys.argv = {}\nfrom thalweg.cli import main\ntry: main()\nexcept SystemExit: pass"
    assert not modules_after(run.format(["thalweg", "--help"])) & (set(HEAVY) - {"click"})
    solving = modules_after(run.format(["thalweg", "solve", str(diet), "--json"]))
    assert not solving & {"pandas", "polars", "sklearn", "numba", "rich", "jinja2", "piqp"}
