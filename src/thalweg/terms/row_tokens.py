"""Tokens of a row that is written as text, and errors that mark their place in it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import NamedTuple, NoReturn

from thalweg import naming
from thalweg.errors import InputError, suggest
from thalweg.visible import visible

LONGEST_NUMBER = 1000  # characters of one number
SHOWN = 60  # characters of a long text on each side of a mark

_FIXED = re.compile(
    r"""
      (?P<number>  (?: [0-9]+ (?: \.[0-9]* )? | \.[0-9]+ ) (?: [eE][+-]?[0-9]+ )? )
    | (?P<quoted>  ` (?: [^`] | `` )* ` | " (?: [^"] | "" )* " )
    | (?P<foreign> \*\* | // | != | <> | << | >> | => | =< | \+= | -= | \*= | /= )
    | (?P<compare> <= | >= | == )
    | (?P<symbol>  [-+*/()] )
    """,
    re.VERBOSE,
)
_STRICT = "is strict, and then a best answer need not exist. Write"
_FOREIGN = {
    "<": f'"<" {_STRICT} "<=".',
    ">": f'">" {_STRICT} ">=".',
    "=": '"=" alone is no comparison. Write "==".',
    "=>": 'Write ">=".',
    "=<": 'Write "<=".',
    "≤": 'Write "<=".',
    "≥": 'Write ">=".',
    "!=": '"!=" leaves no convex set, and so no provable answer. Comparisons are <=, >= and ==.',
    "**": "powers are not linear.",
    "^": "powers are not linear.",
    "−": 'this is a typographic minus. Write "-".',
    "×": 'Write "*".',
    "·": 'Write "*".',
    "÷": 'Write "/".',
    "'": 'a name that is no identifier stands in backticks or double quotes: `mean age` or "mean age".',
    '"': "this quote is never closed.",
    "`": "this backtick is never closed.",
    ",": "each constraint is a text of its own, in a list; decimals are written with a point.",
    ";": "each constraint is a text of its own, in a list.",
    "[": 'nothing can be indexed; the features of unnamed arrays are "x0", "x1", ...',
    ".": "a name with a dot is written without blanks around it.",
}
_FOREIGN |= dict.fromkeys(("≠", "<>"), _FOREIGN["!="])


class Token(NamedTuple):
    """A piece of the text: what it is, what it says (a name without its quotes), and where it stands."""

    kind: str  # number, name, compare, symbol or end
    text: str
    start: int
    stop: int


def tokens(text: str, names: Collection[str] = ()) -> Iterator[Token]:
    """Yield the tokens of a text, the last of kind "end"; what has no meaning is refused when it is reached.

    Of the ``names`` that may occur, those like ``feature[class]`` are read without quotes.
    """
    start = 0
    while start < len(text):
        if text[start].isspace():
            start += 1
            continue
        token = _token(text, start, names)
        yield token
        start = token.stop
    yield Token("end", "", len(text.rstrip()), len(text.rstrip()) + 1)


def _token(text: str, start: int, names: Collection[str]) -> Token:
    stop = _name_end(text, start)
    whole = text[start : text.find("]", stop) + 1]
    if text.startswith("[", stop) and whole in names:
        return Token("name", whole, start, start + len(whole))
    if stop > start and whole.endswith("]") and any(name.endswith("]") for name in names):
        refuse(text, start, start + len(whole), f'unknown name "{visible(whole)}". {suggest(whole, names)}')
    if stop > start:
        return Token("name", text[start:stop], start, stop)
    found = _FIXED.match(text, start)
    if found is None or found.lastgroup == "foreign":
        symbol = text[start] if found is None else found.group()
        stop = start + len(symbol)
        refuse(text, start, stop, _FOREIGN.get(symbol, f'"{visible(symbol)}" has no meaning in a constraint.'))
    kind, written = str(found.lastgroup), found.group()
    if kind == "quoted":
        quote = written[0]
        return Token("name", written[1:-1].replace(2 * quote, quote), start, found.end())
    return Token(kind, written, start, found.end())


def _name_end(text: str, start: int) -> int:
    """End of the identifier (dots included) or the ``x[3]`` that starts here; ``start`` if none does."""
    indexed = naming.INDEXED.match(text, start)
    if indexed is not None:
        return indexed.end()
    stop = start
    # isidentifier knows the marks that belong to letters of Indic and other scripts; \w does not
    while stop < len(text) and (f"_{text[stop]}".isidentifier() or (text[stop] == "." and stop > start)):
        stop += 1
        if not text[start].isidentifier():
            return start
    return stop


def exact(text: str, token: Token) -> Fraction:
    """Read a number as what is written, not as its float64."""
    if len(token.text) > LONGEST_NUMBER:
        refuse(
            text, token.start, token.stop, f"a number has {len(token.text)} digits; at most {LONGEST_NUMBER} are read."
        )
    nearest = float(token.text)
    if math.isinf(nearest):
        refuse(text, token.start, token.stop, "this number is too large for float64 (1.8e308).")
    if nearest:
        return Fraction(token.text)
    if token.text.lower().partition("e")[0].strip("0."):
        refuse(text, token.start, token.stop, "this number is too small for float64 (5e-324).")
    return Fraction(0)


def refuse(text: str, start: int, stop: int, why: str) -> NoReturn:
    """Raise an InputError that says why, and marks text[start:stop] below the text."""
    first, last = max(start - SHOWN, 0), min(start + SHOWN, len(text))
    before = ("... " if first else "") + visible(text[first:start])
    shown = before + visible(text[start:last]) + (" ..." if last < len(text) else "")
    marks = " " * _width(before) + "^" * max(_width(visible(text[start : min(stop, last)])), 1)
    raise InputError(f"constraint not understood at character {start + 1}: {why}\n    {shown}\n    {marks}")


def _width(text: str) -> int:
    """Columns that a terminal gives to the text."""
    wide, none = ("W", "F"), ("Mn", "Me", "Cf")
    return sum(
        0 if unicodedata.category(c) in none else 2 if unicodedata.east_asian_width(c) in wide else 1 for c in text
    )
