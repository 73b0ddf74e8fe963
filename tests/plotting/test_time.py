"""Figures over time: the trace, the residuals, and the value against the bound."""

import math

import numpy as np
import pytest

import thalweg as tw
from thalweg.plotting.convergence import plot_convergence
from thalweg.plotting.residuals import plot_residuals
from thalweg.plotting.trace import plot_trace


def trace(**columns) -> tw.Trace:
    made = tw.Trace()
    for record in zip(*columns.values(), strict=True):
        made.add(**dict(zip(columns, record, strict=True)))
    return made


def test_the_objective_is_drawn_above_its_best(drawn, texts):
    ax = drawn(plot_trace(trace(seconds=[0.0, 1.0, 2.0, 3.0], objective=[5.0, 3.0, 2.0, 2.5])))
    line = ax.lines[0]
    assert list(line.get_xdata()) == [0, 1, 2, 3]
    assert np.array_equal(line.get_ydata(), [3, 1, math.nan, 0.5], equal_nan=True)
    assert ax.get_yscale() == "log"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("seconds", "above the best (2)")
    assert list(ax.lines[1].get_xdata()) == [2]
    assert texts(ax) == ["best, first reached"]


def test_it_is_what_the_trace_draws_itself(axes):
    assert trace(seconds=[0.0, 1.0], objective=[2.0, 1.0]).plot(ax=axes) is axes
    assert axes.lines


@pytest.mark.parametrize(
    ("objective", "said"),
    [([3.0], "one record: 3"), ([3.0, 3.0], "the same in all records: 3"), ([math.nan, 3.0], "one record: 3")],
)
def test_what_never_changes_is_told_as_a_value(objective, said, drawn, texts):
    ax = drawn(plot_trace(trace(step=range(len(objective)), objective=objective)))
    assert texts(ax) == [said]
    assert ax.get_yscale() == "linear"


@pytest.mark.parametrize("empty", [tw.Trace(), trace(seconds=[0.0]), trace(seconds=[1.0], objective=[math.nan])])
def test_what_was_not_recorded_is_not_drawn(empty, drawn, texts):
    ax = drawn(plot_trace(empty))
    assert texts(ax) == ["nothing was recorded"]
    assert not ax.lines


def test_infinite_values_are_left_out(drawn):
    ax = drawn(plot_trace(trace(seconds=[0.0, 1.0, 2.0], objective=[math.inf, 3.0, 2.0])))
    assert list(ax.lines[0].get_xdata()) == [1, 2]


def test_without_objective_the_residuals_are_drawn(drawn, texts):
    ax = drawn(plot_trace(trace(seconds=[0.0, 1.0], gradient=[1.0, 0.1])))
    assert ax.get_title(loc="left") == "Residuals of the solver over time"
    assert texts(ax) == ["gradient"]


def test_residuals_are_told_apart_without_colour(drawn, texts):
    names = ["violation", "decrement", "_gradient", "merit$"]
    ax = drawn(plot_residuals(trace(seconds=[0.0, 1.0], objective=[2.0, 1.0], **{key: [1.0, -0.5] for key in names})))
    assert len(ax.lines) == len({(line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 4
    assert [text.replace("\u200b", "") for text in texts(ax)] == names
    assert list(ax.lines[0].get_ydata()) == [1, 0.5]


@pytest.mark.parametrize(
    ("columns", "said"), [({"objective": [1.0]}, "no residuals were recorded"), ({"merit": [0.0]}, "is 0")]
)
def test_residuals_that_are_not_there(columns, said, drawn, texts):
    assert said in texts(drawn(plot_residuals(trace(**columns))))[0]


def test_records_without_a_clock_are_counted():
    assert plot_trace(trace(objective=[3.0, 2.0, 1.0])).get_xlabel() == "record"


def test_steps_are_a_clock_where_there_is_none_in_seconds():
    ax = plot_trace(trace(step=[10.0, 20.0], objective=[3.0, 2.0]))
    assert ax.get_xlabel() == "step"
    assert list(ax.lines[0].get_xdata()) == [10, 20]


@pytest.mark.parametrize(("first", "scale"), [(9e6, "log"), (90.0, "linear"), (-9e6, "linear")])
def test_values_that_shrink_a_hundredfold_have_a_logarithmic_axis(first, scale, fit, drawn):
    made = tw.Solution(fit.problem, fit.claim, fit.certificate, trace(objective=[first, 40.0]))
    assert drawn(plot_convergence(made)).get_yscale() == scale


def test_value_and_bound_with_the_gap_between(fit, drawn, texts):
    ax = drawn(plot_convergence(fit))
    assert texts(ax) == ["value", "certified bound", "gap"]
    assert set(ax.lines[1].get_ydata()) == {fit.certificate.bound}
    assert ax.lines[0].get_ydata()[-1] >= fit.certificate.bound
    assert len(ax.collections) == 1


def test_a_maximisation_climbs(bread):
    made = tw.Solution(
        bread.problem, bread.claim, bread.certificate, trace(seconds=[0.0, 1.0], objective=[-9.0, -36.0])
    )
    ax = plot_convergence(made)
    assert list(ax.lines[0].get_ydata()) == [9, 36]


def test_without_a_bound_none_is_drawn(texts):
    problem = tw.LinearProgram([1.0])
    claim = tw.Claim({"x": [0.0]})
    made = tw.Solution(problem, claim, tw.certify(problem, claim), trace(objective=[2.0, 1.0]))
    assert texts(plot_convergence(made)) == ["value", "no bound was proved"]


def test_without_records_the_convergence_says_so(bread, axes, texts):
    made = tw.Solution(bread.problem, bread.claim, bread.certificate)
    assert plot_convergence(made, ax=axes) is axes
    assert texts(axes) == ["no objective was recorded on the way"]


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(tw.MissingExtra, match=r'pip install "thalweg\[plot\]"'):
        tw.Trace().plot()


WILD = (math.nan, math.inf, -math.inf, 1e308, -1e308, 1e300, 5e-324, -1e-310, 1e150, 0.0, 1.0, 1 + 2e-16, -3.0)


@pytest.mark.parametrize("seed", range(12))
def test_numbers_that_no_axis_can_show_are_left_out(seed, axes):
    """A saved trace may hold anything; drawing it neither raises nor warns."""
    seconds, objective, gradient = np.random.default_rng(seed).choice(WILD, size=(3, 5))
    made = trace(seconds=[0.5, *seconds], objective=[2.0, *objective], gradient=[1.0, *gradient])
    for draw in (plot_trace, plot_residuals):
        ax = draw(made)
        ax.figure.canvas.draw()
        low, high = ax.get_ylim()
        assert -1e102 < low < high < 1e102
