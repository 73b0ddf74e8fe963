"""Claims bent in every way: single coordinates, whole arrays, exchanged and missing parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from thalweg.result import Array, Claim

Bend = Callable[[np.random.Generator, Array], Array]


def _coordinate(change: Callable[[np.random.Generator, float], float]) -> Bend:
    def bend(rng: np.random.Generator, array: Array) -> Array:
        bent = array.copy()
        if bent.size:
            k = int(rng.integers(bent.size))
            bent.flat[k] = change(rng, float(bent.flat[k]))
        return bent

    return bend


def _noise(rng: np.random.Generator, array: Array) -> Array:
    """Relative noise, from far below the tolerances to far above."""
    return array * (1 + 10.0 ** rng.uniform(-12, -2) * rng.normal(size=array.shape))


def _pair(rng: np.random.Generator, array: Array) -> Array:
    """Two coordinates that grow by up to 1e17 and cancel, or grow together."""
    bent = array.copy()
    if bent.size > 1:
        first, second = rng.choice(bent.size, 2, replace=False)
        far = 10.0 ** rng.uniform(6, 17)
        bent.flat[first] += far
        bent.flat[second] += far * rng.choice([-1, 1])
    return bent


COORDINATE: Mapping[str, Bend] = {
    "coordinate + 1e-3": _coordinate(lambda rng, v: v + 1e-3),
    "coordinate - 1e-3": _coordinate(lambda rng, v: v - 1e-3),
    "coordinate turned": _coordinate(lambda rng, v: -v),
    "coordinate * (1 + 1e-4)": _coordinate(lambda rng, v: v * (1 + 1e-4)),
    "coordinate zeroed": _coordinate(lambda rng, v: 0.0),
    "coordinate random": _coordinate(lambda rng, v: float(rng.normal())),
    "coordinate moved a little": _coordinate(lambda rng, v: v + float(rng.normal() * 10.0 ** rng.uniform(-12, 0))),
    "coordinate 1e30": _coordinate(lambda rng, v: 1e30),
    "coordinate -1e30": _coordinate(lambda rng, v: -1e30),
    "coordinate 1e300": _coordinate(lambda rng, v: 1e300),
    "coordinate nan": _coordinate(lambda rng, v: np.nan),
    "coordinate inf": _coordinate(lambda rng, v: np.inf),
}
WHOLE: Mapping[str, Bend] = {
    "turned": lambda rng, a: -a,
    "zeroed": lambda rng, a: np.zeros_like(a),
    "scaled": lambda rng, a: a * 2.0 ** rng.normal(0, 3),
    "times 10": lambda rng, a: 10 * a,
    "times 1 + 1e-6": lambda rng, a: a * (1 + 1e-6),
    "times 1e300": lambda rng, a: a * 1e300,
    "a huge pair": _pair,
    "permuted": lambda rng, a: rng.permutation(a.ravel()).reshape(a.shape),
    "shortened": lambda rng, a: a.ravel()[:-1] if a.size != 1 else np.append(a, a),
    "noisy": _noise,
    "random": lambda rng, a: rng.normal(size=a.shape) * 10.0 ** rng.integers(-3, 4),
}
BENDS: Mapping[str, Bend] = {**COORDINATE, **WHOLE}
PARTS = ("no hints", "no values", "nothing", "another claim", "another's values", "another's hints")


def mutant(rng: np.random.Generator, claim: Claim, other: Claim, sizes: Mapping[str, int]) -> tuple[str, Claim]:
    """Bend a claim once or twice, and now and then add random hints; says what was done."""
    story = []
    for _ in range(int(rng.choice([1, 1, 2]))):
        if rng.random() < 0.2:
            part = str(rng.choice(PARTS))
            claim = _exchanged(claim, other, part)
            story.append(part)
        else:
            claim, what = _bent(rng, claim)
            story.append(what)
    if rng.random() < 0.35:
        claim, what = with_random_hint(rng, claim, sizes)
        story.append(what)
    return "; ".join(story), claim


def every_mutant(rng: np.random.Generator, claim: Claim, other: Claim) -> list[tuple[str, Claim]]:
    """Each bend of each array, each coordinate in turn where a bend has one, and each exchange of parts."""
    with np.errstate(over="ignore"):  # a mutant may be infinite
        return _every(rng, claim) + [(part, _exchanged(claim, other, part)) for part in PARTS]


def _every(rng: np.random.Generator, claim: Claim) -> list[tuple[str, Claim]]:
    bent = []
    for where in ("values", "hints"):
        for name, array in getattr(claim, where).items():
            for what, bend in WHOLE.items():
                bent.append((f"{name} {what}", _with(claim, where, name, bend(rng, _floats(array)))))
            for k in range(np.size(array)):
                for what, bend in COORDINATE.items():
                    moved = _floats(array).copy()
                    moved.flat[k] = bend(rng, moved.flat[k : k + 1])[0]
                    bent.append((f"{name}[{k}] {what}", _with(claim, where, name, moved)))
    return bent


def with_random_hint(rng: np.random.Generator, claim: Claim, sizes: Mapping[str, int]) -> tuple[Claim, str]:
    """Add or replace one hint by numbers out of the air: small or huge, whole or real, sparse or full."""
    name = str(rng.choice(list(sizes)))
    values = rng.normal(size=sizes[name]) if rng.random() < 0.5 else rng.integers(-3, 4, sizes[name]).astype(float)
    values = values * 10.0 ** rng.choice([-30, -8, 0, 0, 0, 0, 3, 8, 30]) * (rng.random(sizes[name]) < 0.8)
    return _with(claim, "hints", name, values), f"random {name}"


def _bent(rng: np.random.Generator, claim: Claim) -> tuple[Claim, str]:
    arrays = [(where, name) for where in ("values", "hints") for name in getattr(claim, where)]
    if not arrays:
        return claim, "left empty"
    where, name = arrays[rng.integers(len(arrays))]
    what = str(rng.choice(list(BENDS)))
    with np.errstate(over="ignore"):  # a mutant may be infinite
        return _with(claim, where, name, BENDS[what](rng, _floats(getattr(claim, where)[name]))), f"{name} {what}"


def _exchanged(claim: Claim, other: Claim, part: str) -> Claim:
    changes: Mapping[str, dict[str, Any]] = {
        "no hints": {"hints": {}},
        "no values": {"values": {}},
        "nothing": {"values": {}, "hints": {}},
        "another claim": {"values": other.values, "hints": other.hints},
        "another's values": {"values": other.values},
        "another's hints": {"hints": other.hints},
    }
    return replace(claim, **changes[part])


def _with(claim: Claim, where: str, name: str, array: Array) -> Claim:
    return replace(claim, **{where: {**getattr(claim, where), name: array}})


def _floats(array: Any) -> Array:
    return np.array(array, dtype=float)
