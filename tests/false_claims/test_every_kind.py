"""False claims about problems of every kind: none may be believed."""

import pytest

from thalweg.testing import claims
from thalweg.testing.known import KINDS

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@every_kind
@pytest.mark.parametrize("seed", range(3))
def test_nothing_false_is_said_of_mutants(kind, seed):
    claims.check_sound(kind, 500, seed)


@every_kind
def test_nothing_false_is_said_of_every_mutant_of_a_few_problems(kind):
    claims.check_sound_everywhere(kind, 3, seed=17)


@every_kind
@pytest.mark.parametrize("seed", range(2))
def test_honest_claims_are_ok(kind, seed):
    claims.check_complete(kind, 75, seed)


@every_kind
def test_the_same_problem_written_differently_gets_the_same_verdict(kind):
    claims.check_invariant(kind, 150)


@every_kind
def test_hostile_problems_deceive_nobody(kind):
    claims.check_hostile(kind)


@pytest.mark.stress
@every_kind
@pytest.mark.parametrize("seed", range(100, 108))
def test_20_000_claims(kind, seed):
    claims.check_sound(kind, 2000, seed)
    claims.check_complete(kind, 250, seed)
    claims.check_invariant(kind, 300, seed)
    claims.check_hostile(kind, seed)
