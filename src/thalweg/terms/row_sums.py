"""One side of a row that is written as text: recursive descent from tokens to an exact linear sum."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, NoReturn

from thalweg import naming
from thalweg.errors import suggest
from thalweg.terms.row_tokens import Token, exact, refuse, tokens
from thalweg.visible import shortened, visible

DEEPEST = 50  # parentheses in parentheses
LONGEST_NAME = 60  # characters of a name in a message
BITS = 4096  # of a numerator or denominator: room for a product of any two numbers that float64 holds


@dataclass
class Linear:
    """sum_j weights[j] b_j + constant in exact numbers; a name that was met keeps its entry, even at weight 0."""

    weights: dict[int, Fraction]
    constant: Fraction

    def add(self, other: Linear, sign: int = 1) -> None:
        """Add another one, or subtract it."""
        for j, weight in other.weights.items():
            self.weights[j] = self.weights.get(j, Fraction(0)) + sign * weight
        self.constant += sign * other.constant

    def scale(self, factor: Fraction) -> None:
        """Multiply by a number."""
        for j in self.weights:
            self.weights[j] *= factor
        self.constant *= factor


class Side(NamedTuple):
    """One side of a comparison, and where it stands."""

    value: Linear
    start: int
    stop: int


class SideReader:
    """The sides of one text, each a sum; the caller reads the comparisons between them."""

    def __init__(self, text: str, columns: Mapping[str, int]) -> None:
        self.text, self.columns = text, columns
        self.depth = 0
        self.tokens = tokens(text, columns)
        self.last = self.token = next(self.tokens)

    def side(self) -> Side:
        """Read one side of a comparison."""
        start = self.token.start
        value = self.sum()
        return Side(value, start, self.last.stop)

    def sum(self) -> Linear:
        """Read products that are added and subtracted."""
        total = self.product()
        while self.at("+", "-"):
            operator = self.take()
            term = self.product()
            total.add(term, 1 if operator.text == "+" else -1)
            self.keep_short(operator, total.constant, *[total.weights[j] for j in term.weights])
        return total

    def product(self) -> Linear:
        """Read factors; one of them may hold names."""
        found, scale = self.signed(), Fraction(1)
        while self.at("*", "/"):
            operator = self.take()
            factor = self.signed()
            if operator.text == "*" and not found.weights:
                found, factor = factor, found
            if factor.weights:
                what = "division by a name" if operator.text == "/" else "a product of two names"
                self.refuse(operator, f"{what} is not linear.")
            if operator.text == "/" and not factor.constant:
                self.refuse(operator, "division by zero.")
            scale = scale * factor.constant if operator.text == "*" else scale / factor.constant
            self.keep_short(operator, scale)
        found.scale(scale)
        self.keep_short(self.last, found.constant, *found.weights.values())
        return found

    def signed(self) -> Linear:
        """Read signs before an atom; a loop, since there may be many."""
        sign = 1
        while self.at("+", "-"):
            sign = -sign if self.take().text == "-" else sign
        found = self.atom()
        if sign < 0:
            found.scale(Fraction(-1))
        return found

    def atom(self) -> Linear:
        """Read a number, a name, or a sum in parentheses."""
        token = self.take()
        if token.kind == "number":
            return Linear({}, exact(self.text, token))
        if token.kind == "name":
            return Linear({self.column(token): Fraction(1)}, Fraction(0))
        if (token.kind, token.text) != ("symbol", "("):
            missing = "a side is" if token.kind in ("compare", "end") else "a number or a name is"
            self.refuse(token, f"{missing} missing here.")
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(token, f"more than {DEEPEST} parentheses stand in each other.")
        found = self.sum()
        if not self.at(")"):
            self.refuse(self.token, f'expected ")" for the parenthesis at character {token.start + 1}.')
        self.take()
        self.depth -= 1
        return found

    def column(self, token: Token) -> int:
        """Find the column of a name."""
        column = naming.place_of(token.text, self.columns)
        if column is None:
            self.refuse(token, self.unknown(token))
        return column

    def unknown(self, token: Token) -> str:
        """Say why a name has no column."""
        name = token.text
        if self.at("("):
            return "functions cannot be called; a row is made of numbers, names, + - * / and parentheses."
        if name.casefold() in ("intercept", "(intercept)"):
            return "the intercept cannot be limited, only the coefficients of features."
        shown = shortened(visible(name), LONGEST_NAME)
        return f'unknown name "{shown}". {self.backticks(token)}{suggest(name, self.columns)}'

    def backticks(self, token: Token) -> str:
        """Say how a known name is written that stands here without its backticks, or has this name as a word."""
        if self.text[token.start] in '`"':
            return ""
        spread = [name for name in self.columns if not name.isidentifier() and token.text in name]
        here = [name for name in spread if self.text.startswith(name, token.start - name.index(token.text))]
        words = [name for name in spread if token.text in re.split(r"\W+", name)]
        whole = max(here, key=len) if here else next(iter(words), None)
        if whole is None:
            return ""
        written = "`" + whole.replace("`", "``") + "`"
        return f"A name with blanks or signs stands in backticks: {shortened(visible(written), LONGEST_NAME)}. "

    def at(self, *symbols: str) -> bool:
        """Whether one of these symbols comes next (a quoted name may look like one)."""
        return self.token.kind == "symbol" and self.token.text in symbols

    def misplaced(self) -> str:
        """Say why nothing can stand here but an operator."""
        if self.at(")"):
            return "this parenthesis was never opened."
        if self.last.kind == "number":
            return (
                'an operator is missing before this. Write "2*a" for products, and `2a` for a name with a digit first.'
            )
        return "an operator is missing before this. A name with blanks or signs stands in backticks: `mean age`."

    def keep_short(self, place: Token, *numbers: Fraction) -> None:
        """Refuse exact numbers that have grown too long to go on with."""
        if any(max(abs(n.numerator), n.denominator) >> BITS for n in numbers):
            self.refuse(place, "the numbers become too long to be added and multiplied exactly.")

    def take(self) -> Token:
        """Step over one token, and return it."""
        self.last, self.token = self.token, next(self.tokens, self.token)
        return self.last

    def refuse(self, place: Token, why: str) -> NoReturn:
        """Raise an InputError that marks the place."""
        refuse(self.text, place.start, place.stop, why)
