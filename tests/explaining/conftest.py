"""Readers of the real programs."""

from __future__ import annotations

import json

import pytest

import thalweg as tw


@pytest.fixture(scope="session")
def infeasible(data):
    """Return what is known of the infeasible programs by name, and a function that reads one."""
    folder = data / "lpqp" / "infeasible"
    return json.loads((folder / "known.json").read_text()), lambda name: tw.read(folder / f"{name}.mps.gz")


@pytest.fixture(scope="session")
def netlib(data):
    """Return a function that reads a Netlib problem."""
    return lambda name: tw.read(data / "lpqp" / "netlib" / f"{name}.mps.gz")
