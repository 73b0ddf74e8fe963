"""The kinds of problem that the kits know by name."""

from __future__ import annotations

from thalweg.testing import fits, mixed_integers, multinomials, programs
from thalweg.testing.kinds import Kind

_ALL = (programs.LINEAR, programs.QUADRATIC, mixed_integers.MIXED_INTEGER, fits.FIT, multinomials.MULTINOMIAL)
KINDS = {kind.name: kind for kind in _ALL}


def kind_of(name: str | Kind) -> Kind:
    """Return the kind named like its class of problem, such as "LinearProgram"."""
    return name if isinstance(name, Kind) else KINDS[name]
