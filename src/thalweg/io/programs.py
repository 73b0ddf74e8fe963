"""Linear, quadratic and mixed-integer programs from MPS, QPS and LP files.

What would be dropped or misread without a word is refused here: an answer proved for another problem than the one in
the file is worse than an error.
"""

from __future__ import annotations

from pathlib import Path

from thalweg.errors import InputError, ThalwegError, suggest
from thalweg.io import files, kinds, mps
from thalweg.io.files import PathLike
from thalweg.problems.linear import LinearProgram
from thalweg.problems.mixed_integer import MixedIntegerProgram
from thalweg.problems.quadratic import QuadraticProgram

_FORMATS = {".mps": ".mps", ".qps": ".mps", ".lp": ".lp"}  # suffix -> the format's own


def read(path: PathLike) -> LinearProgram | QuadraticProgram | MixedIntegerProgram:
    r"""Read a linear, quadratic or mixed-integer program from an MPS, QPS or LP file, also compressed (.gz).

    Names of rows and columns are kept if they differ from each other. A small matrix (up to 40,000 rows x columns)
    becomes a NumPy array, a larger one a SciPy sparse array. Bounds and signs follow the file's format, whose
    variables are >= 0 unless the file says otherwise; the objective's constant becomes ``constant``. With integer
    variables it is a `MixedIntegerProgram`, which rounds their bounds inwards.

    MPS and QPS (fixed or free format) are read by thalweg itself, LP files by HiGHS. Of several N rows the first is the
    objective. ``thalweg.io.mps`` lists the conventions in which readers differ.

    Raises
    ------
    InputError
        No such file, empty, truncated, binary, unknown format, semi-continuous variables, integer variables beside
        squares, binary ones with bounds beyond 0 and 1, or content that cannot be taken as it stands: unknown rows,
        repeated entries, words in the place of numbers; with the line.
    ProblemError
        lower > upper, or no whole number between those of an integer variable, with the names.

    Warns
    -----
    UserWarning
        For content that is read but looks like a slip, such as a variable without any coefficient.

    Examples
    --------
    >>> import pathlib, tempfile, thalweg as tw
    >>> path = pathlib.Path(tempfile.mkdtemp(), "bread.lp")
    >>> _ = path.write_text("max\n profit: 3 rye + 5 wheat\nst\n oven: rye + wheat <= 4\nend\n")
    >>> problem = tw.read(path)
    >>> problem.names, tw.solve(problem).objective
    (('rye', 'wheat'), 20.0)
    """
    place, suffix = _format(path)
    data = files.read_bytes(place)
    if suffix == ".mps":
        parsed = mps.parse(data, str(place))
    else:
        from thalweg.io import lp_by_highs  # its reader alone needs HiGHS

        parsed = lp_by_highs.parse(data, place)
    try:
        return parsed.problem(str(place))
    except ThalwegError as error:
        if str(error).startswith(str(place)):
            raise
        raise type(error)(f"{place}: {error}") from None


def _format(path: PathLike) -> tuple[Path, str]:
    """Return the path of an existing file and the suffix of its format."""
    place = files.readable(path)
    suffix = kinds.program_suffix(place)
    if suffix.lower() not in _FORMATS:
        kinds.expect(place, "a program (MPS, QPS or LP)")
        raise InputError(f'{place} has the unknown suffix "{suffix}". {suggest(suffix, kinds.PROGRAMS)}')
    return place, _FORMATS[suffix.lower()]
