"""Names as they are shown: nothing in a name moves the cursor, turns the text round, or breaks a line."""

from __future__ import annotations

import unicodedata

# what is shown by its code: controls, halves of characters, and the separators of lines and paragraphs ...
_ESCAPED = {"Cc", "Cs", "Zl", "Zp"}
# ... and the characters that turn the direction of whatever follows them, digits included
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str, *, isolated: bool = False) -> str:
    r"""Return the text with its invisible characters written out.

    Parameters
    ----------
    text : str
        A name, or a sentence with names in it.
    isolated : bool
        The text stands alone (in its own cell), so that changes of direction may stay.

    Examples
    --------
    >>> from thalweg.visible import visible
    >>> print(visible("two\nlines"), visible("half \ud83d"))
    two\nlines half \ud83d
    """
    text = str(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character, isolated) for character in text)


def shortened(text: str, longest: int) -> str:
    """Return the text, or its ends with an ellipsis between them: both ends tell long names apart."""
    if len(text) <= longest:
        return text
    head = (longest - 1) * 2 // 3
    return f"{text[:head]}…{text[head - longest + 1 :]}"


def _shown(character: str, isolated: bool) -> str:
    escaped = unicodedata.category(character) in _ESCAPED or (character in _TURNING and not isolated)
    return character.encode("unicode_escape").decode("ascii") if escaped else character
