"""Ctrl-C at random moments of a process: the one line and code 130, or an answer as a whole; never anything else."""

import json
import zlib

import numpy as np
import pytest

import thalweg as tw

CODES = {"PROVED": 0, "WITHIN_TOLERANCE": 0, "INFEASIBLE": 4, "UNBOUNDED": 5, "NO_MINIMISER": 5}


def check(ended, family) -> bool:
    """Whether there was an answer; fails if it is neither a whole answer nor none."""
    told = f"{family.name}: code {ended.code}, stdout {ended.out[-200:]!r}, stderr {ended.err[-2000:]!r}"
    if ended.code == 130:
        assert (ended.out, ended.err) == ("", "interrupted: no answer yet.\n"), told
        return False
    assert ended.err == "", told
    assert ended.out.count("\n") == 1, told
    answer = json.loads(ended.out)
    assert set(tw.solve(tw.LinearProgram([1.0], lower=0)).certificate.to_dict()) <= set(answer), told
    assert ended.code == (0 if family.make else CODES.get(answer["verdict"], 3)), told
    assert answer["stop"] == "interrupted" or answer["verdict"] in CODES, told
    return True


def moments(family, number: int, length: float):
    rng = np.random.default_rng(zlib.crc32(family.name.encode()))
    return rng.random(number) * length


def press_often(family, problems, number: int) -> None:
    whole = family.run(problems, None)
    assert check(whole, family)
    answers = [check(family.run(problems, delay), family) for delay in moments(family, number, whole.seconds)]
    assert number < 20 or family.make or not all(answers), f"{family.name}: no moment out of {number} was early"


def test_any_moment(family, problems):
    press_often(family, problems, 3)


@pytest.mark.stress
def test_many_moments(family, problems):
    press_often(family, problems, 25)
