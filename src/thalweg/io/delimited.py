"""Tables as text: fields between separators, one row per line, read by pandas.

What a file seems to be, where it is not what was said (semicolons, tabs, another encoding, a workbook), is named in
the error with the exact cure; nothing is guessed silently.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thalweg.errors import InputError, MissingExtra
from thalweg.io import files
from thalweg.io.files import PathLike

_BEGINNING = 10_000_000  # characters in which the first line ends
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True)
class Layout:
    """How a table is written as text.

    Attributes
    ----------
    separator : str
        The character between fields.
    decimal : str
        The character before the decimals, "." or ",".
    """

    separator: str = ","
    decimal: str = "."


def read_delimited(path: PathLike, layout: Layout) -> Any:
    """Read a text file, also compressed (.gz), as a pandas DataFrame; names and rows are checked, values are not."""
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtra("pandas", "tables", "reading CSV files") from None
    blank, text = _without_blank_ends(_text(path), layout.separator)
    _check_header(_names(text, layout.separator), text, path, layout)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # lines longer than the first would be cut
            frame = pd.read_csv(
                io.StringIO("\n" * blank + text),  # so that the parser counts lines as the file does
                skiprows=blank,
                sep=layout.separator,
                decimal=layout.decimal,
                skipinitialspace=layout.separator != "\t",
                index_col=False,
                low_memory=False,
                skip_blank_lines=False,  # a blank line is a row without values; without it, all later rows would shift
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError) as error:
        reason = " ".join(str(error).removeprefix("Error tokenizing data. C error: ").rstrip(". \n").split())
        raise InputError(
            f"{path} is not a table: {reason}. Every line needs as many {_plural(layout.separator)} as the first; "
            "a field that holds one itself (a decimal comma?) stands in double quotes."
        ) from None
    frame.columns = [str(name).strip() for name in frame.columns]
    _check_rows(frame, path)
    return frame


def check_names(names: Iterable[str], path: Any) -> None:
    """Refuse repeated and empty column names, which nobody could address."""
    names = list(names)
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if "" in names:
        raise InputError(
            f"{path}: column {names.index('') + 1} of {len(names)} has no name. Name it in the first line, "
            "or write the table without its index, e.g. frame.to_csv(path, index=False)."
        )
    if repeated:
        raise InputError(f'{path} has more than one column "{repeated[0]}". Column names must differ: rename one.')


def _without_blank_ends(text: str, separator: str) -> tuple[int, str]:
    """Return the number of blank lines before the first line, and the text without those and the ones at its end."""
    blanks = " \t\r\n".replace(separator, "")
    body = text.lstrip(blanks)
    before = text[: len(text) - len(body)]
    kept = body.rstrip(blanks)
    rest_of_line = re.split(r"[\r\n]", body[len(kept) :], maxsplit=1)[0]
    return len(re.findall(r"\r\n?|\n", before)), kept + rest_of_line


def _check_rows(frame: Any, path: Any) -> None:
    """Refuse rows without a single value: blank lines between the others."""
    empty = frame.isna().all(axis=1).to_numpy().nonzero()[0]
    if len(empty):
        rows = "1 row" if len(empty) == 1 else f"{len(empty)} rows"
        raise InputError(
            f"{path} has {rows} without any value, first row {empty[0] + 1}: a blank line, or missing values only. "
            "thalweg neither skips nor imputes: delete the line or fill it in."
        )


def _check_header(names: list[str], text: str, path: Any, layout: Layout) -> None:
    """Refuse what the first line says cannot be right: another separator, repeated or empty names."""
    if len(names) == 1 or not all(names):  # decimal commas may split a line of names without any
        other = [mark for mark in SEPARATORS if mark != layout.separator and mark in names[0]]
        counts = {mark: len(_names(text, mark)) for mark in other}
        likely = max(counts, key=counts.__getitem__, default="")
        if len(names) == 1 and counts.get(likely, 0) > 1:
            raise InputError(
                f"{path} seems to be separated by {_plural(likely)}, not {_plural(layout.separator)}. "
                f"Pass {_option(likely)}{_decimal_hint(text, likely, layout)}, or export it with commas."
            )
    check_names(names, path)


def _decimal_hint(text: str, separator: str, layout: Layout) -> str:
    """Where the lines behind the first hold decimal commas, the other option is needed, too."""
    if separator == "," or layout.decimal == ",":
        return ""
    fields = (field for row in _rows(text, separator, 50)[1:] for field in row)
    return " --decimal ," if any(_has_decimal_comma(field) for field in fields) else ""


def _has_decimal_comma(field: str) -> bool:
    whole, comma, decimals = field.strip().partition(",")
    return bool(comma) and decimals.isdigit() and whole.lstrip("+-").isdigit()


def _names(text: str, separator: str) -> list[str]:
    """Names in the first line that is not blank."""
    return [name.strip() for name in next(iter(_rows(text, separator, 1)), [""])]


def _rows(text: str, separator: str, most: int) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text[:_BEGINNING], newline=""), delimiter=separator, skipinitialspace=separator != "\t"
    )
    found: list[list[str]] = []
    try:
        for row in reader:
            if len(row) > 1 or "".join(row).strip():
                found.append(row)
            if len(found) == most:
                break
    except csv.Error:  # a field beyond the size that the module allows; pandas will say what is wrong
        return found
    return found


def _plural(separator: str) -> str:
    return SEPARATORS.get(separator, f"{separator!r}")


def _option(separator: str) -> str:
    return "--separator tab" if separator == "\t" else f"--separator {shlex.quote(separator)}"


def _text(path: PathLike) -> str:
    """Return the text of a UTF-8 file; another encoding is named, with the line that converts it."""
    place = files.readable(path)
    head = b"" if place.suffix.lower() == ".gz" else files.first_bytes(place)
    if head.startswith(b"PK\3\4"):
        raise InputError(f"{path} is a binary file, perhaps a workbook (.xlsx, .ods). Export the sheet as CSV.")
    wide = _wide_encoding(head)
    if wide:
        raise InputError(f"{path} is {wide} text; thalweg reads UTF-8. Convert it: {_conversion(place, wide)}")
    data = files.read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(_not_utf8(place, data, error.start)) from None


def _wide_encoding(head: bytes) -> str:
    """Name the encoding of text with two or four bytes per character; "" for anything else."""
    for mark, name in (
        (b"\xff\xfe\0\0", "UTF-32"),
        (b"\0\0\xfe\xff", "UTF-32"),
        (b"\xff\xfe", "UTF-16"),
        (b"\xfe\xff", "UTF-16"),
    ):
        if head.startswith(mark):
            return name
    even, odd = head[0::2], head[1::2]
    if len(odd) > 1 and not any(odd) and all(even):
        return "UTF-16LE"
    return "UTF-16BE" if len(odd) > 1 and not any(even) and all(odd) else ""


def _not_utf8(place: Path, data: bytes, position: int) -> str:
    """Say where text stops being UTF-8, what the byte would be in the usual other encoding, and how to convert it."""
    try:
        character, encoding = data.decode("cp1252")[position], "WINDOWS-1252"
    except UnicodeDecodeError:
        character, encoding = data.decode("latin-1")[position], "ISO-8859-1"
    line = data.count(b"\n", 0, position) + 1
    return (
        f"{place} is not UTF-8 text: byte 0x{data[position]:02x} at position {position} (line {line}; "
        f'"{character}" in {encoding}). Convert it: {_conversion(place, encoding)}'
    )


def _conversion(place: Path, encoding: str) -> str:
    """Return the line for a shell that writes the same text as UTF-8 beside the file."""
    source = shlex.quote(str(place))
    target = shlex.quote(str(place.with_name(f"{place.name.split('.')[0]}-utf8.csv")))
    if place.suffix.lower() == ".gz":
        return f"gunzip -c {source} | iconv -f {encoding} -t UTF-8 > {target}"
    return f"iconv -f {encoding} -t UTF-8 {source} > {target}"
