"""Every registered solver keeps the promises of its entry, and the kit that says so catches those that do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

import thalweg as tw
from thalweg.result import Claim, Stop
from thalweg.solvers.registry import Entry, entries
from thalweg.testing import check_solver


@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_registered_solvers(name):
    check_solver(name)


@pytest.mark.stress
@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize("name", [entry.name for entry in entries()])
def test_registered_solvers_on_many_problems(name, seed):
    check_solver(name, problems=200, seed=seed)


@dataclass(frozen=True)
class _Bent:
    """The simplex method, whose claim is bent before it is handed over."""

    bend: ClassVar

    def solve(self, problem, start, watch, aim):
        return type(self).bend(problem, SIMPLEX.kind().solve(problem, start, watch, aim))


SIMPLEX = next(entry for entry in entries() if entry.name == "simplex")


def _bent(bend) -> Entry:
    return replace(SIMPLEX, name="bent", kind=type("Bent", (_Bent,), {"bend": staticmethod(bend)}))


def _moved(problem, claim):
    x = claim.values.get("x")
    return claim if x is None else replace(claim, values={"x": np.clip(x + 0.25, problem.lower, problem.upper)})


def _unclipped(problem, claim):
    x = claim.values.get("x")
    return claim if x is None else replace(claim, values={"x": x - 1e-12})


def _raising(problem, claim):
    raise RuntimeError("kError")


BROKEN = {
    "raises": (_raising, "raised RuntimeError"),
    "leaves the box": (_unclipped, "outside the box"),
    "converges to a wrong point": (_moved, "beyond the limits|above the best"),
    "a hint of another shape": (
        lambda p, c: replace(c, hints={"row_dual": np.zeros(p.shape[0] + 1)}),
        "expected",
    ),
    "a hint that nobody reads": (lambda p, c: replace(c, hints={"basis": np.zeros(3)}), "no judge reads"),
    "NaN": (lambda p, c: replace(c, values={"x": np.full(p.shape[1], np.nan)}), "not finite"),
    "gives up": (lambda p, c: replace(c, stop=Stop.FAILED), "gave up"),
    "says infeasible": (lambda p, c: replace(c, stop=Stop.INFEASIBLE), "has an answer"),
    "no values": (lambda p, c: Claim(stop=Stop.CONVERGED), "converged without"),
    "does not say why it stopped": (lambda p, c: replace(c, stop=Stop.GIVEN), "why it stopped"),
    "returns an array": (lambda p, c: np.zeros(p.shape[1]), "not a Claim"),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_broken_solvers_are_caught(mistake):
    bend, says = BROKEN[mistake]
    with pytest.raises(AssertionError, match=says):
        check_solver(_bent(bend))


def test_an_entry_that_takes_nothing_is_caught():
    with pytest.raises(AssertionError, match="takes none"):
        check_solver(replace(SIMPLEX, needs=frozenset({"loss.that.nobody.has"})))


@pytest.mark.parametrize("maximize", [False, True])
def test_time_limit_returns_an_answer_in_the_box(maximize):
    p = tw.LinearProgram([1.0, 1.0], [[1.0, 2.0]], row_lower=1, row_upper=4, lower=0, upper=3, maximize=maximize)
    s = tw.solve(p, time_limit=1e-9)
    assert s.stop in (Stop.TIME_LIMIT, Stop.CONVERGED)
    assert "x" not in s.claim.values or ((s.x >= 0) & (s.x <= 3)).all()
