"""Coefficients along a path: lines over alpha, named at their end, and honest about points without a proof."""

import dataclasses

import numpy as np
import pytest

import thalweg as tw
from thalweg.plotting.path import plot_path


@pytest.fixture(scope="module")
def path():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(50, 4))
    return tw.LinearRegression(l1_ratio=1.0).path(X, X @ [3.0, -1.0, 0.0, 1e-3] + rng.normal(size=50), n_alphas=8)


def test_each_coefficient_is_a_line(path, drawn, axes):
    ax = drawn(path.plot(ax=axes))
    assert ax is axes
    lines = [line.get_ydata() for line in ax.lines if len(line.get_xdata()) == 8]
    assert len(lines) == 4
    assert {tuple(np.round(line, 12)) for line in lines} == {tuple(np.round(column, 12)) for column in path.coefs.T}
    left, right = ax.get_xlim()
    assert left > path.alphas[0] > path.alphas[-1] > right
    assert ax.get_xscale() == "log"


def test_the_largest_are_named_apart(path, drawn):
    ax = drawn(plot_path(path, most=3))
    named = {text.get_text(): text.xy[1] for text in ax.texts}
    assert set(named) == {f"x{j}" for j in np.argsort(-np.abs(path.coefs[-1]))[:3]}
    low, high = ax.get_ylim()
    assert np.diff(sorted(named.values())).min() >= 0.04 * (high - low)


def test_names_are_text_and_nothing_else(path, drawn):
    names = ("$x$", "b\n", "<i>", "_")
    ax = drawn(plot_path(dataclasses.replace(path, names=names)))
    assert {text.get_text() for text in ax.texts} == {"$x$", "b\\n", "<i>", "_"}


def test_points_without_a_proof_are_crossed(path, drawn):
    certificates = (*path.certificates[:-1], dataclasses.replace(path.certificates[-1], bound=-np.inf, distance=np.inf))
    ax = drawn(plot_path(dataclasses.replace(path, certificates=certificates)))
    (crosses,) = (line for line in ax.lines if line.get_label() == "not certified")
    assert list(crosses.get_xdata()) == [path.alphas[-1]]


def test_points_without_coefficients_are_left_out(path, drawn, texts):
    coefs = path.coefs.copy()
    coefs[3] = np.nan
    ax = drawn(plot_path(dataclasses.replace(path, coefs=coefs)))
    assert any(len(line.get_xdata()) == 7 for line in ax.lines)
    ax = drawn(plot_path(dataclasses.replace(path, coefs=np.full((8, 4), np.nan))))
    assert "no point of the path has coefficients" in " ".join(texts(ax))


@pytest.mark.parametrize("most", [-1, 2.5, None])
def test_most_is_a_number(path, most):
    with pytest.raises(tw.InputError, match="most is"):
        plot_path(path, most=most)
