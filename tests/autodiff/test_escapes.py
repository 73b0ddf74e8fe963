"""Functions that no tape can follow: what is done instead, what is said, and what is refused."""

import math

import numpy as np
import pytest
from scipy import linalg, optimize

import thalweg as tw

x = np.array([0.3, -0.7, 1.1])
BY_COMPLEX_STEP = {
    "np.array of entries": (lambda w: np.sum(np.array([w[0] ** 2, w[1] * w[2]]) ** 2), 3),
    "np.asarray": (lambda w: np.sum(np.asarray(w) ** 2 * np.arange(3)), 3),
    "the method of a plain array": (lambda w: np.sum(np.eye(3).dot(w) ** 2), 3),
    "np.r_": (lambda w: np.sum(np.r_[w, w**2]), 3),
    "rosen": (optimize.rosen, 3),
    "linalg.solve": (lambda w: np.sum(linalg.solve(np.eye(3) * 3, w) ** 2), 3),
}
BY_DIFFERENCES = {
    "math": (lambda w: math.exp(w[0]) + w[1] ** 2, 3),
    "assignment": (lambda w: np.abs(_assigned(w)).sum(), 3),
}


def _assigned(w):
    z = np.zeros(3)
    for i in range(3):
        z[i] = float(w[i]) ** 2 - 0.5
    return z


@pytest.mark.parametrize("name", BY_COMPLEX_STEP)
def test_the_complex_step_takes_over(name):
    function, _ = BY_COMPLEX_STEP[name]
    differentiated = tw.value_and_gradient(function)
    gradient = differentiated(x)[1]
    assert differentiated.method == "complex step"
    known = optimize.approx_fprime(x, function, 1e-7)
    assert np.abs(gradient - known).max() <= 1e-5 * max(1.0, np.abs(known).max())


@pytest.mark.parametrize("name", BY_DIFFERENCES)
def test_differences_are_the_last_resort_and_say_why(name):
    function, _ = BY_DIFFERENCES[name]
    differentiated = tw.value_and_gradient(function)
    with pytest.warns(tw.InexactGradientWarning, match=r"by differences.*because.*line \d+ of test_escapes.py"):
        gradient = differentiated(x)[1]
    known = optimize.approx_fprime(x, function, 1e-7)
    assert np.abs(gradient - known).max() <= 1e-5 * max(1.0, np.abs(known).max())
    assert differentiated(x)[1].tolist() == gradient.tolist()  # and no second warning


def test_the_message_names_the_cure():
    differentiated = tw.value_and_gradient(lambda w: np.sum(np.array([w[0], w[1]])))
    differentiated(x)
    assert "np.stack" in differentiated.escape and "test_escapes.py" in differentiated.escape


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda w: w**2, "returned an array of shape"),
        (lambda w: np.nan * w.sum(), "start where it is finite"),
        (lambda w: np.random.default_rng().normal() + w.sum(), "two different values"),
        (lambda w: None, "returned None"),
    ],
)
def test_functions_that_cannot_be_used_are_refused(function, told):
    with pytest.raises(tw.InputError, match=told):
        tw.value_and_gradient(function)(x)


def test_the_functions_own_errors_are_raised_with_the_point():
    def fails(w):
        raise KeyError("column")

    with pytest.raises(KeyError, match="column") as caught:
        tw.value_and_gradient(fails)(x)
    assert "x = [ 0.3 -0.7  1.1]" in caught.value.__notes__[0]


def test_points_that_are_no_numbers_are_refused():
    square = tw.value_and_gradient(lambda w: w @ w)
    with pytest.raises(tw.InputError, match=r"x has nan at \[1\]"):
        square([1.0, np.nan])
    with pytest.raises(tw.InputError, match="array of numbers"):
        square(["a", "b"])
    with pytest.raises(tw.InputError, match="pass a function"):
        tw.value_and_gradient(3)
