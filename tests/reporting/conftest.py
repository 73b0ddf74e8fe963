"""Solutions of every kind of verdict, made by the judge from claims."""

import dataclasses

import numpy as np
import pytest

import thalweg as tw

BREAD = tw.LinearProgram(
    [3.0, 5.0],
    [[1, 0], [0, 2], [3, 2]],
    row_upper=[4, 12, 18],
    lower=0,
    maximize=True,
    names=["rye", "wheat"],
    row_names=["a", "b", "c"],
)
SEPARABLE = tw.Fit([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1], loss="logistic", names=["dose"])
CLAIMS = {
    "PROVED": (BREAD, {"x": [2.0, 6.0]}, {"row_dual": [0.0, 1.5, 1.0]}),
    "WITHIN_TOLERANCE": (BREAD, {"x": [2.0, 6.0]}, {"row_dual": [0.0, 1.5, 1.0]}),
    "UNPROVEN": (tw.LinearProgram([1.0, 1.0]), {"x": [0.0, 0.0]}, {}),
    "REFUTED": (BREAD, {"x": [2.0, 9.0]}, {}),
    "INFEASIBLE": (
        tw.LinearProgram([1.0], [[1.0], [1.0]], row_lower=[3, None], row_upper=[None, 1]),
        {},
        {"ray": [1.0, -1.0]},
    ),
    "UNBOUNDED": (tw.LinearProgram([-1.0], lower=0), {"x": [0.0]}, {"direction": [1.0]}),
    "NO_MINIMISER": (SEPARABLE, {}, {"direction": [1.0], "direction_intercept": [-2.5]}),
}
HOSTILE = [
    "<script>alert(1)</script>",
    "\"quoted\" & 'single'",
    "🥨 Größe",
    "{{ 7 * 7 }}",
    "</table></body>",
    "two\nlines\x1b[31m",
    "n" * 300,
    "שלום",
    "\u202eturned",
    "half \ud83d",
    "$x^2$",
    "[bold]markup[/bold] [/]",
    "_under",
]


def made(verdict: str) -> tw.Solution:
    """Return the claim of that verdict with its certificate."""
    problem, values, hints = CLAIMS[verdict]
    claim = tw.Claim(values, hints)
    certificate = tw.certify(problem, claim)
    if verdict == "WITHIN_TOLERANCE":
        certificate = dataclasses.replace(certificate, premises=("rye < 10 & wheat > 2",))
    solution = tw.Solution(problem, claim, certificate)
    assert solution.certificate.verdict.name == verdict
    return solution


@pytest.fixture(params=CLAIMS)
def verdict(request) -> str:
    return request.param


@pytest.fixture
def solution(verdict) -> tw.Solution:
    return made(verdict)


@pytest.fixture(scope="session")
def every_verdict() -> dict[str, tw.Solution]:
    return {verdict: made(verdict) for verdict in CLAIMS}


@pytest.fixture(scope="session")
def hostile_names() -> list[str]:
    return HOSTILE


@pytest.fixture(scope="session")
def hostile() -> tw.Solution:
    """Return an answer whose variables, rows and remarks have names that try to break out."""
    n = len(HOSTILE)
    problem = tw.LinearProgram(np.arange(1.0, n + 1), np.eye(n), row_lower=1, names=HOSTILE, row_names=HOSTILE[::-1])
    remarks = (("file", HOSTILE[0]), (HOSTILE[8], HOSTILE[9]))
    return dataclasses.replace(tw.solve(problem), remarks=remarks)


@pytest.fixture(scope="session")
def hostile_fit() -> tw.Solution:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, len(HOSTILE)))
    y = X[:, 0] - X[:, 8] + 0.1 * rng.normal(size=60) > 0
    return tw.solve(tw.Fit(X, y * 1.0, loss="logistic", l1=1.0, names=HOSTILE, lower={HOSTILE[5]: -1}))
