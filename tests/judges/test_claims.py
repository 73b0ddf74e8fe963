"""Stored answers of real programs, honest and false, judged without any solver."""

from __future__ import annotations

import numpy as np
import pytest

import thalweg as tw

LINEAR = ("25fv47", "80bau3b", "adlittle", "afiro", "e226", "ganges", "greenbea", "pilot4", "sc105", "scsd1")
QUADRATIC = (
    *("CVXQP1_M", "DUALC1", "GOULDQP2", "HS118", "HS21", "HS35", "HUES-MOD", "HUESTIS", "LASER", "LISWET8", "LOTSCHD"),
    *("POWELL20", "PRIMAL1", "QAFIRO", "QFFFFF80", "QISRAEL", "QPCBLEND", "QPILOTNO", "QSC205", "QSCTAP1", "STADAT1"),
    "VALUES",
)
# right, but the duals leave more on columns without bounds than the tolerance pays for
LOOSE = {"QFFFFF80", "QPILOTNO", "QSC205"}


@pytest.fixture
def claim(programs):
    def read(name: str, what: str = "honest"):
        return np.load(programs / "claims" / f"{name}.{what}.npz")

    return read


@pytest.mark.parametrize("name", LINEAR)
def test_honest_answers_of_linear_programs(name, netlib, known, claim):
    problem, honest, best = netlib(name), claim(name), known("netlib")[name]["objective"]
    _honest(tw.certify(problem, x=honest["x"], duals=honest["y"]), best)
    for bent in _bent(honest["x"], honest["y"]):
        _not_false(tw.certify(problem, **bent), best)


@pytest.mark.parametrize("name", QUADRATIC)
def test_honest_answers_of_quadratic_programs(name, maros, known, claim):
    problem, honest, best = maros(name), claim(name), known("maros_meszaros")[name]["objective"]
    c = tw.certify(problem, x=honest["x"], duals=honest["y"])
    if name == "VALUES":  # not convex: a strict local minimiser
        assert not c.conclusive
        assert c.objective == pytest.approx(best, rel=1e-12)
        return
    if name in LOOSE:
        assert c.verdict.name in ("PROVED", "WITHIN_TOLERANCE", "UNPROVEN")
        assert c.objective == pytest.approx(best, rel=1e-9)
    else:
        _honest(c, best)
    for bent in _bent(honest["x"], honest["y"]):
        _not_false(tw.certify(problem, **bent), best)


def _honest(c, best):
    assert c.ok, c.explain()
    assert c.objective == pytest.approx(best, rel=1e-9)
    _not_false(c, best)


def _not_false(c, best):
    """Ok only near the best objective; a bound without premises not beyond it (13 digits are known)."""
    assert not c.ok or abs(c.objective - best) <= 3e-6 * abs(best), c.explain()
    assert c.verdict.name not in ("INFEASIBLE", "UNBOUNDED")
    assert c.premises or c.bound <= best + 1e-12 * abs(best), c.explain()


def _bent(x, y):
    rng = np.random.default_rng(0)
    k = int(np.argmax(np.abs(x)))
    yield {"x": x, "duals": -y}
    yield {"x": x, "duals": 0 * y}
    yield {"x": x, "duals": 2 * y}
    yield {"x": x, "duals": rng.permutation(y)}
    yield {"x": x * (1 + 1e-4), "duals": y}
    yield {"x": np.where(np.arange(x.size) == k, -x, x), "duals": y}
    yield {"x": rng.permutation(x), "duals": y}
    yield {"x": 0 * x, "duals": y, "ray": y}
    yield {"x": np.where(np.arange(x.size) == k, 1e30, x), "duals": y, "direction": x}


def test_greenbea_at_a_loose_dual_is_not_ok(netlib, claim):
    false = claim("greenbea", "false-optimal")
    c = tw.certify(netlib("greenbea"), x=false["x"], duals=false["y"])
    assert not c.ok
    assert not tw.certify(netlib("greenbea"), x=false["x"], duals=claim("greenbea")["y"]).ok


def test_powell20_is_not_infeasible(maros, claim):
    ray = claim("POWELL20", "false-infeasible")["y"]
    for size in (1.0, 2.0**40, 1e-8, -1.0):
        c = tw.certify(maros("POWELL20"), ray=size * ray)
        assert c.verdict.name == "UNPROVEN", c.explain()


def test_small_problems_of_maros_and_meszaros_are_solved(maros, known):
    _solve_all(maros, known("maros_meszaros"), range(700), skip={"VALUES"})


@pytest.mark.stress
def test_larger_problems_of_maros_and_meszaros_are_solved(maros, known):
    _solve_all(maros, known("maros_meszaros"), range(700, 4000), skip={"QFFFFF80", "QPILOTNO"})


def _solve_all(maros, references, sizes, skip):
    wrong = []
    for name, facts in references.items():
        if facts["cols"] in sizes and name not in skip:
            s, best = tw.solve(maros(name)), facts["objective"]
            if not (s.ok and abs(s.objective - best) <= 1e-6 * abs(best)):
                wrong.append(f"{name}: known {best!r}\n{s.explain()}")
    assert not wrong, "\n".join(wrong)


class TestByName:
    problem = tw.LinearProgram(
        [3, 5], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True,
        names=["bread", "cake"], row_names=["oven", "mixer", "hours"],
    )  # fmt: skip

    def test_values_and_duals_may_be_given_by_name(self):
        certificate = tw.certify(self.problem, x={"cake": np.int64(6), "bread": 2}, duals={"mixer": 1.5, "hours": 1})
        assert certificate.verdict is tw.Verdict.PROVED

    def test_unknown_and_missing_names_are_refused(self):
        with pytest.raises(tw.InputError, match='Did you mean "bread"'):
            tw.certify(self.problem, x={"bred": 2, "cake": 6})
        with pytest.raises(tw.InputError, match='lacks 1 of 2 names, first "cake"'):
            tw.certify(self.problem, x={"bread": 2})

    def test_coefficients_by_name(self):
        fit = tw.Fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], names=["age"])
        assert tw.certify(fit, coef={"age": 2.0}, intercept=1.0).ok
