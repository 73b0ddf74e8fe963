"""The coefficients of a fit by size."""

import dataclasses

import numpy as np
import pytest

import thalweg as tw
from thalweg.plotting.coefficients import plot_coefficients


def names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_the_largest_is_on_top_and_names_are_text(fit, drawn):
    ax = drawn(plot_coefficients(fit))
    widths = [bar.get_width() for bar in ax.patches]
    assert np.array_equal(np.abs(widths), np.sort(np.abs(fit.coef))[::-1])
    low, high = ax.get_ylim()
    assert low > high
    assert set(names(ax)) == {"a", "b$x$", "<c>", "_d", "eeeeeeeeeeeeeeee…eeeeeeeee", "f\\n"}


def test_zeros_are_marked_as_no_more_than_that(fit, texts):
    certificate = dataclasses.replace(fit.certificate, facts={})
    ax = plot_coefficients(dataclasses.replace(fit, certificate=certificate))
    (zeros,) = (line for line in ax.lines if line.get_label() == "0 in this answer")
    assert len(zeros.get_xdata()) == np.count_nonzero(fit.coef == 0) > 0
    assert "certified zero" not in texts(ax)


def test_zeros_that_the_certificate_proves_are_hollow(fit, texts):
    proved = np.zeros(6, dtype=bool)
    proved[np.flatnonzero(fit.coef == 0)[0]] = True
    certificate = dataclasses.replace(fit.certificate, facts={"certified_zeros": proved})
    ax = plot_coefficients(dataclasses.replace(fit, certificate=certificate))
    (zeros,) = (line for line in ax.lines if line.get_label() == "certified zero")
    assert len(zeros.get_xdata()) == 1
    assert zeros.get_markerfacecolor() != zeros.get_markeredgecolor()
    assert "certified zero" in texts(ax)


def test_limits_are_brackets_and_far_ones_are_left_out(fit, drawn, texts):
    problem = fit.problem.replace(upper={"a": 1, "<c>": 1e308})
    ax = drawn(plot_coefficients(dataclasses.replace(fit, problem=problem)))
    limits = {line.get_label(): list(line.get_xdata()) for line in ax.lines if "limit" in line.get_label()}
    assert limits == {"lower limit": [-0.5], "upper limit": [1.0]}
    assert set(limits) <= set(texts(ax))
    assert -3 < ax.get_xlim()[0] < -0.5
    assert 1 < ax.get_xlim()[1] < 3


def test_the_legend_keeps_clear_of_the_axis(fit, drawn):
    ax = drawn(plot_coefficients(fit))
    assert ax.get_legend().get_window_extent().y1 < ax.xaxis.label.get_window_extent().y0


def test_only_so_many_are_drawn(fit, axes):
    assert plot_coefficients(fit, ax=axes, most=2) is axes
    assert len(axes.patches) == 2
    assert axes.get_title(loc="left") == "Coefficients: the largest 2 of 6"


@pytest.mark.parametrize("coef", [None, [1.0, 2.0], [np.nan] * 6, [1e308] * 6])
def test_without_coefficients_it_says_so(fit, coef, texts):
    claim = tw.Claim({} if coef is None else {"coef": coef})
    assert texts(plot_coefficients(dataclasses.replace(fit, claim=claim))) == [
        "no coefficients that an axis can show were found"
    ]


def test_all_zero_coefficients_can_be_drawn(fit, drawn):
    drawn(plot_coefficients(dataclasses.replace(fit, claim=tw.Claim({"coef": np.zeros(6)}))))


@pytest.mark.parametrize("most", [0, "many"])
def test_a_wrong_number_is_refused(fit, most):
    with pytest.raises(tw.InputError, match="how many coefficients"):
        plot_coefficients(fit, most=most)


def test_a_program_has_no_coefficients(bread):
    with pytest.raises(tw.InputError, match="answer of a Fit; this is one of a LinearProgram"):
        plot_coefficients(bread)
