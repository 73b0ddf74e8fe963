"""Every snippet of CONTRIBUTING.md is put where it says, into a copy of the package, and does what it promises there.

Nothing but the snippets themselves is added to the copy: that is what "one file each" means.
"""

import ast
import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def snippets(find_blocks):
    return {block.info: block.text for block in find_blocks("CONTRIBUTING.md", "python")}


@pytest.fixture(scope="module")
def copy(root, snippets, tmp_path_factory):
    """Return a folder with a copy of the package, its configuration and the examples, and all snippets in place."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(root / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(root / "examples", folder / "examples")
    shutil.copy(root / "pyproject.toml", folder)
    for path, text in snippets.items():
        assert not (folder / path).exists(), f"{path} exists already"
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(copy):
    """Return a function that runs Python in the copy and returns what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "src")}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-W", "error", *arguments]
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_every_block_is_tried(find_blocks):
    for block in find_blocks("CONTRIBUTING.md"):
        assert block.language in {"python", "sh"}, f"{block}: nothing runs {block.language or 'this'}"
        assert (block.language == "python") == bool(block.info), f"{block} does not say in which file it belongs"


def test_snippets_keep_the_style_of_the_house(run, snippets):
    run("-m", "ruff", "check", *snippets)
    run("-m", "ruff", "format", "--check", *snippets)


def test_loss_from_a_file_of_ones_own(run):
    run("my_loss.py")


def test_loss_by_name_after_moving_the_class(run, copy, snippets):
    tree = ast.parse(snippets["my_loss.py"])
    (definition,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    room = copy / "src/thalweg/terms/losses"
    imports = "import numpy as np\n\nfrom thalweg.terms.losses.loss import Residual\n\n\n"
    (room / "pseudo_huber.py").write_text(f'"""One loss."""\n\n{imports}{ast.unparse(definition)}\n', encoding="utf-8")
    before, listed, after = (room / "__init__.py").read_text(encoding="utf-8").partition("ALL = (")
    assert listed
    before += f"from thalweg.terms.losses.pseudo_huber import {definition.name}\n"
    (room / "__init__.py").write_text(f"{before}{listed}{definition.name}, {after}", encoding="utf-8")
    code = """
import thalweg as tw
for l1 in (0.0, 0.1):
    problem = tw.Fit([[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 2.5, 3.0], loss="pseudo-huber", l1=l1)
    assert tw.plan(problem).steps
    for solver in tw.plan(problem).steps:
        assert tw.solve(problem, solver=solver).ok, solver
"""
    run("-c", code)


def test_solver(run):
    code = """
import doctest
import numpy as np
import thalweg as tw
from thalweg.solvers import proximal_gradient
assert doctest.testmod(proximal_gradient).failed == 0
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 5))
y = (X @ [1.0, -1.0, 0.0, 0.0, 2.0] + rng.logistic(size=40) > 0).astype(float)
problem = tw.Fit(X, y, loss="logistic", l1=0.5, l2=0.1, lower={"x1": 0})
assert "proximal-gradient" in tw.plan(problem).steps
solution = tw.solve(problem, solver="proximal-gradient")
assert solution.ok and solution.attempts[0].by == "proximal-gradient"
assert abs(solution.objective - tw.solve(problem).objective) <= 1e-5 * solution.objective
rows = problem.replace(A=[[1.0, 1.0, 0.0, 0.0, 0.0]], row_lower=[0.0], row_upper=None)
assert "does not respect rows" in tw.plan(rows).left_out["proximal-gradient"]
"""
    run("-c", code)


def test_kind_of_problem(run):
    """The greedy answer is proved and agrees with the linear program; no random claim is believed wrongly."""
    code = """
import numpy as np
import thalweg as tw
from thalweg.problems.knapsack import Knapsack
rng = np.random.default_rng(0)
proved = 0
for trial in range(60):
    value, weight = rng.normal(1, 1, size=6), rng.uniform(0.1, 2, size=6)
    problem = Knapsack(value, weight, rng.uniform(0, 6))
    solution = tw.solve(problem)
    rows = dict(row_upper=[problem.budget], lower=0, upper=1, maximize=True)
    best = tw.solve(tw.LinearProgram(value, weight[None, :], **rows)).objective
    assert solution.ok and abs(solution.objective - best) <= 1e-9 * best, (trial, solution.explain())
    for _ in range(50):
        x = solution.x * rng.uniform(0.5, 1.5, 6) if rng.random() < 0.5 else rng.uniform(-0.2, 1.2, 6)
        price = rng.choice([-1.0, 0.0, float(solution.duals[0]), rng.exponential(), np.nan])
        claim = tw.certify(problem, x=x, duals=[price])
        feasible = (x >= 0).all() and (x <= 1).all() and weight @ x <= problem.budget * (1 + 1e-9)
        assert not claim.ok or (feasible and value @ x >= best * (1 - 2e-6)), (trial, claim.explain())
        assert not claim.finite or np.isnan(claim.bound) or not claim.bound < best * (1 - 1e-12)
        proved += claim.ok
assert tw.certify(problem, x=np.full(6, np.nan)).verdict.name == "REFUTED"
"""
    run("-c", code)


def test_command(run):
    main = "from thalweg.cli import main; main()"
    assert "describe" in run("-c", main, "--help")
    assert "columns: 8" in run("-c", main, "describe", "examples/diet.mps").splitlines()
    assert '"kind": "QuadraticProgram"' in run("-c", main, "describe", "examples/portfolio.lp", "--json")
