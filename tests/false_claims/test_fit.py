"""False claims that only fits invite: none may be believed."""

import pytest

import thalweg as tw
from thalweg.judges import fit_gap
from thalweg.testing import claims
from thalweg.testing.known import kind_of

KIND = kind_of("Fit")


def test_nothing_false_is_said_where_rounding_is_bounded_roughly_first(monkeypatch):
    """As in large problems, whose sizes no kit can make."""
    monkeypatch.setattr(fit_gap, "SMALL", 0.0)
    claims.check_sound(KIND, 500, 5)
    claims.check_complete(KIND, 75, 5)
    claims.check_hostile(KIND)


FAR = [
    *((loss, [1.0, 2.0, 3.0]) for loss in ("poisson", "gamma", tw.Tweedie(1.5), tw.NegativeBinomial(1.0))),
    *((loss, [1.0, 2.0, 3.5]) for loss in ("squared", "huber", "quantile")),
    *((loss, [0.0, 1.0, 0.0]) for loss in ("logistic", "squared-hinge")),
]


@pytest.mark.parametrize(("loss", "y"), FAR, ids=lambda value: str(value))
@pytest.mark.parametrize("factors", [(0.0, 0.0), (0.1, 0.0), (0.0, 0.1)])
def test_nothing_far_away_passes_as_rounding(loss, y, factors):
    problem = tw.Fit([[0.0], [1.0], [2.0]], y, loss, *factors)
    for b in (5, 18, 20, 50, 100, 300, 345, 700, 1e3, 1e5, 1e8, 1e15, 1e100):
        for coef in (b, -b):
            for intercept in (0.0, coef, -coef):
                assert not tw.certify(problem, coef=[coef], intercept=intercept).ok
