"""The numbers of an MPS file: lines of names and one or two pairs (name, number), read in bulk.

What is wrong is looked for line by line, but only where the bulk shows that something is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from thalweg.errors import suggest
from thalweg.io.mps_lines import Section, is_number, number, text
from thalweg.result import Array, Index


class Pairs(NamedTuple):
    """Pairs of a name and a number, with the line of the section that each stands in."""

    section: Section
    lines: Index
    names: Sequence[bytes]
    values: Array

    def places(self, known: Mapping[bytes, int], noun: str) -> Index:
        """Return the place of each name; an unknown one is refused, and near ones are offered."""
        found = [known.get(name) for name in self.names]
        if None in found:
            k = found.index(None)
            name = text(self.names[k])
            self.section.fail(int(self.lines[k]), f"unknown {noun} {name!r}. {suggest(name, map(text, sorted(known)))}")
        return np.array(found, dtype=np.intp)

    def check_once(self, keys: Index, what: str, cure: str = "Delete one.") -> None:
        """Refuse pairs of equal keys, where ``what`` names what is given twice."""
        order = np.argsort(keys, kind="stable")
        again = np.flatnonzero(np.diff(keys[order]) == 0)
        if again.size:
            equal: list[int] = order[again[0] : again[0] + 2].tolist()
            (earlier, _), (line, second) = sorted((int(self.lines[k]), k) for k in equal)
            owner = self.section.lines[line][0]
            beside = f" beside {text(owner)!r}" if owner != self.names[second] else ""
            self.section.fail(
                line,
                f"a duplicate entry of {what} {text(self.names[second])!r}{beside}, which line "
                f"{self.section.numbers[earlier]} gives already. Readers keep the first, the last or the "
                f"sum. {cure}",
            )


def pairs(section: Section, leading: int = 1) -> Pairs:
    """Return the pairs behind that many leading names; their lines hold one pair or two."""
    lines = section.lines
    name, value = leading, leading + 1
    longer = [k for k, words in enumerate(lines) if len(words) > leading + 2]
    names = [words[name] for words in lines] + [lines[k][name + 2] for k in longer]
    written = [words[value] for words in lines] + [lines[k][value + 2] for k in longer]
    places = np.concatenate([np.arange(len(lines)), np.array(longer, dtype=np.intp)])
    return Pairs(section, places, names, numbers(section, written, places))


def numbers(section: Section, written: Sequence[bytes], places: Sequence[int] | Index) -> Array:
    """Return words as numbers; what is none, or no number that a program can hold, is refused with its line."""
    try:
        if b"_" in b"".join(written):
            raise ValueError
        values = np.array(list(map(float, written)), dtype=float)
    except ValueError:
        wrong = [k for k, word in enumerate(written) if not is_number(word)]
        if wrong:
            section.fail(
                int(places[wrong[0]]),
                f"{text(written[wrong[0]])!r} is not a number. Numbers look like 1, -0.5 or 2e-3. "
                "Is the file damaged, or a name in the wrong place?",
            )
        values = np.array([number(word) for word in written], dtype=float)
    if np.isnan(values).any():
        k = int(np.flatnonzero(np.isnan(values))[0])
        section.fail(int(places[k]), f"{text(written[k])!r} is NaN, which no program can hold. Write the number.")
    return values


def check_finite(found: Pairs) -> None:
    """Refuse infinite coefficients."""
    if not np.isfinite(found.values).all():
        k = int(np.flatnonzero(~np.isfinite(found.values))[0])
        found.section.fail(int(found.lines[k]), f"the coefficient of {text(found.names[k])!r} is infinite.")


def without_set(section: Section, owners: Mapping[bytes, int], noun: str) -> Section:
    """Return a section of right sides or ranges without the name of the set, which most lines begin with."""
    section.check_widths({2, 3, 4, 5}, f"a name of the set (or none) and one or two pairs of {noun} and number")
    named = [k for k, words in enumerate(section.lines) if len(words) % 2]
    check_set(section, [(k, section.lines[k][0]) for k in named], owners, noun)
    lines = [words[len(words) % 2 :] for words in section.lines]
    return Section(section.file, section.name, section.heading, section.argument, section.numbers, lines)


def check_set(section: Section, named: Sequence[tuple[int, bytes]], owners: Mapping[bytes, int], noun: str) -> None:
    """Refuse a second set, of which nobody knows what is meant, and one that is named like a row or variable."""
    sets = {name: k for k, name in reversed(named)}
    for name, k in sets.items():
        if name in owners:
            section.fail(
                k,
                f"the set {text(name)!r} is named like a {noun}, so that the line can be read in two ways. "
                "Rename the set.",
            )
    if len(sets) > 1:
        (one, first), (other, second) = sorted(sets.items(), key=lambda item: item[1])[:2]
        section.fail(
            second,
            f"a second set {text(other)!r} beside {text(one)!r} of line {section.numbers[first]}. Of several sets one "
            "is chosen, and the file does not say which: keep one, or give all lines the same name.",
        )
