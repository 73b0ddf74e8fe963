"""Maros-Meszaros: every convex problem is ok, its objective the known one; badly scaled copies deceive nobody."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import thalweg as tw

SMALL = 1500  # variables and rows of a problem that is solved in every run
SCALED = 12, 37  # copies of so many problems in every run, and under stress


def _names(references, small):
    return [name for name, facts in references.items() if (facts["rows"] + facts["cols"] <= SMALL) is small]


def _faults(names, maros, references):
    """Solve and compare; what is wrong, and the names of those proved without assumption."""
    wrong, proved = [], []
    for name in names:
        s, facts = tw.solve(maros(name), tol=1e-9), references[name]
        best, digits = facts["objective"], 10.0 ** -min(facts["digits_trusted"], 13)
        if not s.ok:
            wrong.append(f"{name}: {s.explain()}")
        if not abs(s.objective - best) <= max(2e-9, digits) * abs(best):
            wrong.append(f"{name}: objective {s.objective!r}, known {best!r}")
        if not s.certificate.premises and not s.certificate.bound <= best + digits * abs(best):
            wrong.append(f"{name}: bound {s.certificate.bound!r} beyond {best!r}")
        if s.certificate.verdict.name == "PROVED":
            proved.append(name)
    return wrong, proved


def test_small_problems_are_ok_and_two_thirds_are_proved(maros, known):
    references = known("maros_meszaros")
    names = [name for name in _names(references, True) if name != "VALUES"]
    wrong, proved = _faults(names, maros, references)
    assert not wrong, "\n".join(wrong)
    assert len(proved) >= 2 / 3 * len(names), f"{len(proved)} of {len(names)} PROVED"


@pytest.mark.stress
def test_large_problems_are_ok(maros, known):
    references = known("maros_meszaros")
    wrong, _ = _faults(_names(references, False), maros, references)
    assert not wrong, "\n".join(wrong)


def test_values_is_not_convex(maros, known):
    best = known("maros_meszaros")["VALUES"]["objective"]  # of a strict local minimiser
    s = tw.solve(maros("VALUES"), tol=1e-9)
    assert (s.certificate.verdict.name, s.ok, s.order) == ("STATIONARY", False, 2)
    assert abs(s.objective - best) <= 1e-9 * abs(best)
    assert s.certificate.lower < best and s.certificate.upper - s.certificate.lower <= 0.02


def _badly_scaled(p, rng):
    """Rows, columns and objective times 10^U(-3, 3)."""
    row, column, factor = (10.0 ** rng.uniform(-3, 3, size) for size in (*p.shape, 1))
    D, R, f = sparse.diags_array(column), sparse.diags_array(row), float(factor[0])
    P = f * (D @ sparse.csc_array(p.P) @ D)
    limits = {"row_lower": row * p.row_lower, "row_upper": row * p.row_upper}
    limits |= {"lower": p.lower / column, "upper": p.upper / column, "constant": f * p.constant}
    return tw.QuadraticProgram((P + P.T) / 2, f * column * p.q, R @ p.A @ D, **limits), f


@pytest.mark.parametrize("count", [SCALED[0], pytest.param(SCALED[1], marks=pytest.mark.stress)])
def test_badly_scaled_copies_deceive_nobody(maros, known, count):
    references = known("maros_meszaros")
    names = [name for name in references if name != "VALUES"][:count]
    wrong, solved = [], 0
    for name in names:
        for seed in (0, 1):
            problem, factor = _badly_scaled(maros(name), np.random.default_rng(seed))
            s, best = tw.solve(problem), factor * references[name]["objective"]
            solved += s.ok
            if s.certificate.verdict.name in ("INFEASIBLE", "UNBOUNDED"):
                wrong.append(f"{name}, {seed}: {s.explain()}")
            if s.ok and not abs(s.objective - best) <= 2e-6 * abs(best):
                wrong.append(f"{name}, {seed}: objective {s.objective!r}, known {best!r}")
    assert not wrong, "\n".join(wrong)
    assert solved >= 0.95 * 2 * len(names)
