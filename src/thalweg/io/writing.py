"""Linear, quadratic and mixed-integer programs as MPS, QPS and LP files, which other solvers read."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

from thalweg.errors import InputError, suggest
from thalweg.io import files, kinds, lp_text, mps_text
from thalweg.io.files import PathLike
from thalweg.problems.linear import LinearProgram
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.problems.quadratic import QuadraticProgram

Programs: TypeAlias = LinearProgram | QuadraticProgram | MixedIntegerProgram


class _Format(NamedTuple):
    """Whether a name can stand in a file of this format (else what is wrong with it), and the text of a program."""

    title: str
    fault: Callable[[str], str]
    text: Callable[[Any, list[str], list[str]], str]
    others: str


_MPS = _Format("MPS", mps_text.fault, mps_text.text, "tw.save (.npz) keeps any name.")
_LP = _Format("LP", lp_text.fault, lp_text.text, "MPS files (.mps) hold more names; tw.save (.npz) keeps any.")
_FORMATS = {".mps": _MPS, ".qps": _MPS, ".lp": _LP}


def write(problem: Programs, path: PathLike, *, overwrite: bool = False) -> None:
    """Write a linear, quadratic or mixed-integer program to an MPS, QPS or LP file, compressed for ``.gz``.

    Every digit is kept: `read` gives the same program back, with names ``x0``, ``x1``, ... and ``row0``, ... where the
    program has none, and without a quadratic part that is 0. MPS is written in the free format, LP as HiGHS reads it.

    Parameters
    ----------
    problem : LinearProgram, QuadraticProgram or MixedIntegerProgram
    path : str or path
        Ends in ``.mps``, ``.qps`` or ``.lp``, or one of these and ``.gz``.
    overwrite : bool
        Whether an existing file is replaced.

    Raises
    ------
    InputError
        A name that the format cannot hold, an LP file for a program with two-sided rows or entries of A or P of 1e-12
        and less, which its reader drops, an unknown suffix; or the file cannot be written, or exists.

    Warns
    -----
    UserWarning
        A two-sided row whose limits MPS cannot hold to the last digit: it keeps one limit and the distance.

    Examples
    --------
    >>> import tempfile, os, thalweg as tw
    >>> path = os.path.join(tempfile.mkdtemp(), "bread.mps")
    >>> bread = tw.LinearProgram([3.0, 5.0], [[1, 1]], row_upper=[4], lower=0, maximize=True, names=["rye", "wheat"])
    >>> tw.write(bread, path)
    >>> tw.solve(tw.read(path)).objective
    20.0
    """
    if not isinstance(cast(object, problem), Programs):
        raise InputError(
            f"write() takes a LinearProgram, QuadraticProgram or MixedIntegerProgram; got {type(problem).__name__}. "
            "tw.save keeps fits, claims and solutions."
        )
    chosen = _format(path)
    files.check_free(path, overwrite=overwrite)
    m, n = problem.shape
    names = _names(problem.names, "x", n, chosen)
    row_names = _names(problem.row_names, "row", m, chosen)
    data = chosen.text(problem, names, row_names).encode("utf-8")
    compressed = Path(path).suffix.lower() == ".gz"
    files.write_bytes(path, gzip.compress(data, mtime=0) if compressed else data, overwrite=overwrite)


def _format(path: PathLike) -> _Format:
    if not isinstance(path, (str, Path)) and not hasattr(path, "__fspath__"):
        raise InputError(f"{path!r} is not a path; pass the name of a file.")
    place = Path(path)
    suffix = kinds.program_suffix(place)
    if suffix.lower() not in _FORMATS:
        raise InputError(f'{place} has the suffix "{suffix}", of no format to write. {suggest(suffix, kinds.PROGRAMS)}')
    return _FORMATS[suffix.lower()]


def _names(given: Any, symbol: str, size: int, chosen: _Format) -> list[str]:
    """Return the names to write; one that the format cannot hold is refused."""
    if given is None:
        return [f"{symbol}{j}" for j in range(size)]
    for j, name in enumerate(given):
        fault = chosen.fault(name)
        if fault:
            noun = "row" if symbol == "row" else "variable"
            raise InputError(
                f"{chosen.title} files cannot hold the name {name!r:.80} of {noun} {j}: {fault}. Rename it, e.g. "
                f"problem.replace({'row_names' if symbol == 'row' else 'names'}=[...]); {chosen.others}"
            )
    return list(given)
