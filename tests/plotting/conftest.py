"""Answers to draw; whatever is drawn must leave pyplot and the settings alone."""

import sys

import matplotlib as mpl
import numpy as np
import pytest

import thalweg as tw


@pytest.fixture(autouse=True)
def nothing_global_changes():
    before = mpl.rcParams.copy(), "matplotlib.pyplot" in sys.modules
    yield
    assert (mpl.rcParams.copy(), "matplotlib.pyplot" in sys.modules) == before


@pytest.fixture
def axes():
    """Return axes of a figure of the user's own."""
    from matplotlib.figure import Figure

    return Figure().add_subplot()


@pytest.fixture(scope="session")
def fit() -> tw.Solution:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(80, 6))
    y = X @ [2.0, -1.0, 0.5, 0, 0, 0] + 0.2 * rng.normal(size=80) > 0
    names = ["a", "b$x$", "<c>", "_d", "e" * 60, "f\n"]
    return tw.solve(tw.Fit(X, y * 1.0, loss="logistic", l1=4.0, names=names, upper={"a": 1}, lower={"f\n": -0.5}))


@pytest.fixture(scope="session")
def bread() -> tw.Solution:
    return tw.solve(
        tw.LinearProgram(
            [3.0, 5.0], [[1, 0], [0, 2], [3, 2]], row_upper=[4, 12, 18], lower=0, maximize=True, names=["rye", "wheat"]
        )
    )


@pytest.fixture
def drawn():
    """Return a function that draws the whole figure: some mistakes show only then."""

    def draw(ax):
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvasAgg(ax.figure).draw()
        return ax

    return draw


@pytest.fixture
def texts():
    """Return a function that lists the texts inside axes, and those of the legend."""

    def read(ax):
        legend = ax.get_legend()
        return [text.get_text() for text in [*ax.texts, *(legend.get_texts() if legend else [])]]

    return read
