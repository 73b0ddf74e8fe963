"""Netlib: every problem solved and ok, its objective the known one; the infeasible ones never ok."""

from __future__ import annotations

import numpy as np
import pytest

import thalweg as tw

SLOW = ("dfl001", "pilot87")  # more than 3 s each


def _faults(names, netlib, references):
    """Solve and compare; what is wrong, and the names of those proved without assumption."""
    wrong, proved = [], []
    for name in names:
        s, best = tw.solve(netlib(name), tol=1e-6), references[name]["objective"]
        if not s.ok:
            wrong.append(f"{name}: {s.explain()}")
        if not abs(s.objective - best) <= 1e-9 * abs(best):
            wrong.append(f"{name}: objective {s.objective!r}, known {best!r}")
        digits = 10.0 ** -min(references[name]["digits_trusted"], 13)
        if not s.certificate.premises and not s.certificate.bound <= best + digits * abs(best):
            wrong.append(f"{name}: bound {s.certificate.bound!r} beyond {best!r}")
        if s.certificate.verdict.name == "PROVED":
            proved.append(name)
    return wrong, proved


def test_every_problem_is_ok_and_two_thirds_are_proved(netlib, known):
    references = known("netlib")
    names = [name for name in references if name not in SLOW]
    wrong, proved = _faults(names, netlib, references)
    assert not wrong, "\n".join(wrong)
    assert len(proved) >= 2 / 3 * len(names), f"{len(proved)} of {len(names)} PROVED"


@pytest.mark.stress
def test_the_slow_ones(netlib, known):
    wrong, _ = _faults(SLOW, netlib, known("netlib"))
    assert not wrong, "\n".join(wrong)


def test_infeasible_problems_are_never_ok(netlib, known, programs):
    rays = np.load(programs / "infeasible" / "farkas_rays.npz")
    for name, facts in known("infeasible").items():
        problem = netlib(name, "infeasible")
        c = tw.certify(problem, ray=rays[name])
        assert c.verdict.name in ("INFEASIBLE", "UNPROVEN"), (name, c.explain())
        if facts["ray_exact_in_rationals"]:
            assert c.verdict.name == "INFEASIBLE", (name, c.explain())
            assert not c.assumptions, name
        elsewhere = tw.certify(problem, x=problem.start()["x"], duals=rays[name])
        assert not elsewhere.ok, name


def test_infeasible_problems_are_never_solved(netlib, known):
    found = {}
    for name, facts in known("infeasible").items():
        s = tw.solve(netlib(name, "infeasible"))
        assert not s.ok, name
        found[name] = s.certificate.verdict.name
        if facts["ray_exact_in_rationals"]:
            assert found[name] == "INFEASIBLE", (name, s.explain())
    assert set(found.values()) <= {"INFEASIBLE", "UNPROVEN", "REFUTED"}, found
