"""False claims about problems of kind MultinomialFit: none may be believed."""

import pytest

from thalweg.testing import claims
from thalweg.testing.known import kind_of

KIND = kind_of("MultinomialFit")


@pytest.mark.parametrize("seed", range(2))
def test_nothing_false_is_said_of_mutants(seed):
    claims.check_sound(KIND, 300, seed)


def test_nothing_false_is_said_of_every_mutant_of_a_few_problems():
    claims.check_sound_everywhere(KIND, 2, seed=17)


@pytest.mark.parametrize("seed", range(2))
def test_honest_claims_are_ok(seed):
    claims.check_complete(KIND, 50, seed)


def test_the_same_problem_written_differently_gets_the_same_verdict():
    claims.check_invariant(KIND, 100)


def test_hostile_problems_deceive_nobody():
    claims.check_hostile(KIND)


@pytest.mark.stress
@pytest.mark.parametrize("seed", range(100, 108))
def test_20_000_claims(seed):
    claims.check_sound(KIND, 2000, seed)
    claims.check_complete(KIND, 250, seed)
    claims.check_invariant(KIND, 300, seed)
    claims.check_hostile(KIND, seed)
