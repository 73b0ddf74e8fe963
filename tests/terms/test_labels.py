"""What losses say about labels and parameters that they cannot use."""

import pickle

import numpy as np
import pytest

import thalweg as tw
from thalweg.terms.losses import LOSSES, loss_of

LABELS = {
    "poisson below 0": (
        tw.Poisson(),
        [1, 2, -1, -4],
        r"2 values below 0, first -1 at row 2; the Poisson loss.*tw.Squared",
    ),
    "negative binomial below 0": (tw.NegativeBinomial(), [-1, 2], r"below 0, first -1 at row 0; the negative binomial"),
    "tweedie below 0": (tw.Tweedie(), [1, -0.5], r"below 0, first -0.5 at row 1; the Tweedie loss"),
    "gamma at 0": (tw.Gamma(), [1, 0, 2], r"not above 0, first 0 at row 1; the gamma loss.*tw.Tweedie"),
    "hinge with signs": (tw.SquaredHinge(), [1, -1, 1], r"other than 0 and 1, first -1 at row 1.*Recode"),
    "hinge with shares": (tw.SquaredHinge(), [1, 0.5], r"other than 0 and 1, first 0.5 at row 1"),
    "logistic with signs": (tw.Logistic(), [1, -1], r"outside \[0, 1\], first -1 at row 1; the logistic loss"),
}


@pytest.mark.parametrize("case", LABELS)
def test_labels_outside_the_domain(case):
    loss, y, told = LABELS[case]
    with pytest.raises(tw.InputError, match=told):
        tw.Fit([[float(i)] for i in range(len(y))], y, loss=loss)


@pytest.mark.parametrize("loss", [tw.Poisson(), tw.NegativeBinomial(), tw.Tweedie()], ids=repr)
def test_counts_that_are_all_zero_have_no_best_mean(loss):
    with pytest.raises(tw.ProblemError, match=r"all 3 counts in y are 0; .*Check the filter"):
        loss.check(np.zeros(3))
    loss.check(np.array([0.0, 0.0, 1.0]))


PARAMETERS = {
    "delta 0": (lambda: tw.Huber(0), "delta is 0; expected a number above 0"),
    "delta infinite": (lambda: tw.Huber(np.inf), "delta is inf; expected a number above 0"),
    "delta text": (lambda: tw.Huber("1.35"), "delta is '1.35'; expected a number above 0"),
    "delta array": (lambda: tw.Huber(np.array([1.0, 2.0])), "delta is array"),
    "delta flag": (lambda: tw.Huber(True), "delta is True"),
    "tau 0": (lambda: tw.Quantile(0.0), "tau is 0.0; expected a number between 0 and 1.*median"),
    "tau percent": (lambda: tw.Quantile(50), "tau is 50; expected a number between 0 and 1"),
    "tau too small": (lambda: tw.Quantile(1e-20), "tau is 1e-20"),
    "tau NaN": (lambda: tw.Quantile(np.nan), "tau is nan"),
    "power 1": (lambda: tw.Tweedie(1), r"power is 1; .*tw.Poisson\(\)"),
    "power 2": (lambda: tw.Tweedie(2.0), r"power is 2.0; .*tw.Gamma\(\)"),
    "power 3": (lambda: tw.Tweedie(3), "beyond 2 the loss is not convex"),
    "power None": (lambda: tw.Tweedie(None), "power is None"),
    "dispersion 0": (lambda: tw.NegativeBinomial(0.0), r"dispersion is 0.0; .*tw.Poisson\(\)"),
    "dispersion below 0": (lambda: tw.NegativeBinomial(-1), "dispersion is -1"),
}


@pytest.mark.parametrize("case", PARAMETERS)
def test_parameters_out_of_range(case):
    build, told = PARAMETERS[case]
    with pytest.raises(tw.InputError, match=told):
        build()


@pytest.mark.parametrize("name", LOSSES)
def test_losses_by_name(name):
    loss = loss_of(name)
    assert loss.name == name
    assert type(loss) is LOSSES[name]
    assert getattr(tw, type(loss).__name__) is type(loss)
    assert eval(repr(loss), vars(tw)).__dict__ == loss.__dict__
    assert pickle.loads(pickle.dumps(loss)).__dict__ == loss.__dict__


def test_parameters_are_kept_as_plain_numbers():
    assert repr(tw.Huber(np.float64(2))) == "Huber(delta=2.0)"
    assert repr(tw.Tweedie(power=1.25)) == "Tweedie(power=1.25)"
    assert tw.Quantile(0.5) == tw.Quantile()
    with pytest.raises(AttributeError):
        tw.Huber().delta = 3.0


def test_unknown_name():
    with pytest.raises(tw.InputError, match=r'unknown loss "poison"\. Did you mean "poisson"'):
        loss_of("poison")
