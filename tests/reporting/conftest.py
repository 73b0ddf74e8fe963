"""Solutions of every kind of verdict, made by the judge from claims."""

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
CLAIMS = {
    "PROVED": (BREAD, {"x": [2.0, 6.0]}, {"row_dual": [0.0, 1.5, 1.0]}),
    "UNPROVEN": (tw.LinearProgram([1.0, 1.0]), {"x": [0.0, 0.0]}, {}),
    "REFUTED": (BREAD, {"x": [2.0, 9.0]}, {}),
    "INFEASIBLE": (
        tw.LinearProgram([1.0], [[1.0], [1.0]], row_lower=[3, None], row_upper=[None, 1]),
        {},
        {"ray": [1.0, -1.0]},
    ),
    "UNBOUNDED": (tw.LinearProgram([-1.0], lower=0), {"x": [0.0]}, {"direction": [1.0]}),
}


@pytest.fixture(params=CLAIMS)
def verdict(request) -> str:
    return request.param


@pytest.fixture
def solution(verdict) -> tw.Solution:
    """Return the claim of that verdict with its certificate."""
    problem, values, hints = CLAIMS[verdict]
    claim = tw.Claim(values, hints)
    made = tw.Solution(problem, claim, tw.certify(problem, claim))
    assert made.certificate.verdict.name == verdict
    return made
