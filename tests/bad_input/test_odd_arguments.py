"""Arguments of kinds that nobody expects get an error that names them."""

import datetime

import numpy as np
import pandas as pd
import pytest

import thalweg as tw

PROBLEM = tw.LinearProgram([1.0, 2], [[1, 1.0]], row_lower=1, lower=0)
RAGGED = [[1], [1, 2]]


@pytest.mark.parametrize("names", [1.0, datetime.date(2026, 1, 1), np.array(1.0), object()])
def test_names_that_are_no_list(names):
    with pytest.raises(tw.InputError, match=r"^names is .*pass a list of names"):
        tw.LinearProgram([1, 2], names=names)
    with pytest.raises(tw.InputError, match=r"^row_names is .*pass a list of names"):
        tw.LinearProgram([1, 2], [[1, 1]], row_names=names)


def test_a_proof_that_is_no_word():
    with pytest.raises(tw.InputError, match=r"proof is array.*Known: usual, assumption-free"):
        tw.solve(PROBLEM, proof=np.array([1, 2]))


@pytest.mark.parametrize("start", [{"x": RAGGED}, tw.Claim({"x": [1.0, 0]}, {"row_dual": RAGGED})])
def test_a_start_that_is_not_rectangular(start):
    with pytest.raises(tw.InputError, match=r'start\["(x|row_dual)"\] is not a rectangular array'):
        tw.solve(PROBLEM, start=start)


@pytest.mark.filterwarnings("ignore:Warning. converting a masked element")
def test_bounds_with_masked_ends():
    with pytest.raises(tw.InputError, match="has NaN"):
        tw.LinearProgram.from_scipy([1, 2], bounds=np.ma.array([1, 2], mask=[1, 0]))


def test_weights_go_by_label():
    problem = tw.LinearProgram(
        [1, 2], [[1, 1], [1, 0]], row_lower=[5, 1], lower=0, upper=[1, 1], row_names=["sum", "first"]
    )
    by_label = problem.relax(weights=pd.Series([10.0, 1], index=["first", "sum"]))
    assert by_label.objective == pytest.approx(3)
    with pytest.raises(tw.InputError, match='unknown name "last" in weights'):
        problem.relax(weights=pd.Series([10.0, 1], index=["last", "sum"]))
