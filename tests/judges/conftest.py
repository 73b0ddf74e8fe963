"""Readers of the real programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import thalweg as tw


@pytest.fixture(scope="session")
def programs(data) -> Path:
    """Folder of linear and quadratic programs."""
    return data / "lpqp"


@pytest.fixture(scope="session")
def known(programs):
    """Reference values of one folder, by name of the problem."""

    def read(folder: str) -> dict:
        return json.loads((programs / folder / "known.json").read_text())

    return read


@pytest.fixture(scope="session")
def netlib(programs):
    """Return a Netlib problem, feasible or not."""

    def read(name: str, folder: str = "netlib") -> tw.LinearProgram:
        return tw.read(programs / folder / f"{name}.mps.gz")

    return read


@pytest.fixture(scope="session")
def maros(programs):
    """Return a Maros-Meszaros problem; the last rows of A are the column bounds."""
    scipy_io = pytest.importorskip("scipy.io")

    def read(name: str) -> tw.QuadraticProgram:
        stored = scipy_io.loadmat(programs / "maros_meszaros" / f"{name}.mat")
        P, A, q = stored["P"].tocsc(), stored["A"].tocsc(), stored["q"].ravel()
        n = q.size
        low, high = stored["l"].ravel().astype(float), stored["u"].ravel().astype(float)
        limits = {"row_lower": low[:-n], "row_upper": high[:-n], "lower": low[-n:], "upper": high[-n:]}
        return tw.QuadraticProgram(P, q, A[:-n], constant=float(stored["r"].ravel()[0]), **limits)

    return read
