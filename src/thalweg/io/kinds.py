"""What a file seems to be, by its first bytes and its name: to choose its reader, or to say what was handed over.

Nothing is decided here about what a file is worth; its reader looks at all of it.
"""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from thalweg.errors import InputError
from thalweg.io import files
from thalweg.io.files import PathLike

PROGRAMS = (".mps", ".qps", ".lp", ".mps.gz", ".qps.gz", ".lp.gz")
COLUMNAR = (".parquet", ".pq", ".arrow", ".arrows", ".feather", ".ipc")
TABLES = (".csv", ".tsv", ".txt", ".csv.gz", *COLUMNAR)
_TELLING = {
    *PROGRAMS,
    *COLUMNAR,
    ".csv",
    ".tsv",
    ".npz",
    ".npy",
    ".json",
    ".sol",
    ".html",
    ".gz",
    ".pdf",
    ".png",
    ".svg",
}
_TELLING |= {".pkl", ".pickle", ".joblib", ".xlsx", ".md"}  # suffixes that promise something
_SOLUTION = re.compile(rb"Model status\s|Columns\s+Index\s+Status\s")  # how HiGHS begins its solution files
_MODEL = re.compile(rb'\{\s*"thalweg"')  # how a model file begins


class Kind(Enum):
    """What a file is called in messages, and what it is good for."""

    ARCHIVE = ("a saved problem or answer", "tw.load reads it, thalweg check and thalweg explain judge it.")
    MODEL = (
        "a fitted model",
        "It holds no data to judge anything by; tw.load gives the estimator back, thalweg predict uses it, and "
        "thalweg explain shows it.",
    )
    JSON = (
        "JSON text",
        "If it is an answer, judge it beside its problem: thalweg check PROBLEM {path}, or "
        'tw.certify(problem, "{path}").',
    )
    SOLUTION = (
        "a solver's solution file",
        'Judge it beside its program: thalweg check PROBLEM {path}, or tw.certify(problem, "{path}").',
    )
    PROGRAM = (
        "a linear, quadratic or mixed-integer program",
        "tw.read reads it, thalweg solve and thalweg explain solve it.",
    )
    TABLE = ("a table", "Fit a model to it: thalweg fit {path} --target COLUMN.")
    PAGE = ("an HTML page", "Open it in a browser.")

    def __init__(self, told: str, use: str) -> None:
        self.told, self.use = told, use


def program_suffix(place: Path) -> str:
    """Return the suffix that tells the format of a program, as it is written: that before .gz."""
    return Path(place.stem).suffix if place.suffix.lower() == ".gz" else place.suffix


def kind_of(path: PathLike) -> Kind | None:
    """Return what a file seems to be, or None if nothing tells."""
    name = files.readable(path).name.lower()
    head = files.first_bytes(path).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"PK\3\4"):
        return Kind.ARCHIVE if b"meta.json.npy" in head or name.endswith(".npz") else None
    if name.endswith(PROGRAMS):
        return Kind.PROGRAM
    if name.endswith(TABLES):
        return Kind.TABLE
    if name.endswith(".sol") or _SOLUTION.match(head):
        return Kind.SOLUTION
    if head.startswith(b"{"):
        return Kind.MODEL if _MODEL.match(head) else Kind.JSON
    if head[:14].lower().startswith((b"<!doctype html", b"<html")):
        return Kind.PAGE
    return {".npz": Kind.ARCHIVE, ".json": Kind.JSON}.get(Path(name).suffix)


def expect(path: PathLike, wanted: str, *kinds: Kind) -> None:
    """Raise if a file is there and seems to be of another kind than those; ``wanted`` says what is needed."""
    found = kind_of(path)
    if found is not None and found not in kinds:
        raise mismatch(path, found, wanted)


def mismatch(path: PathLike, found: Kind, wanted: str) -> InputError:
    """Return the error that says what a file is, what is needed, and where the file belongs."""
    return InputError(f"{path} is {found.told}, not {wanted}. {found.use.format(path=path)}")


def check_suffix(path: PathLike, suffix: str, content: str) -> None:
    """Refuse to write something under a name that promises something else; other names are the user's affair."""
    given = Path(path).suffix.lower()
    if given != suffix and given in _TELLING:
        raise InputError(f"{path} would hold {content}, which is not what {given} says. End the name in {suffix}.")
