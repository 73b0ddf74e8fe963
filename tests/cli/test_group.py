"""The group of commands: one file each, loaded when called; what goes wrong becomes one line."""

import sys
import types
from importlib import metadata

import click
import pytest

from thalweg import __version__, cli
from thalweg.cli._group import debug_switch, group
from thalweg.errors import InputError


def test_help_lists_every_command(thalweg):
    result = thalweg("--help")
    assert result.code == 0
    for name in group.list_commands(None):
        assert f"  {name} " in result.stdout
        assert thalweg(name, "--help").code == 0


def test_commands_stand_under_what_they_are_for(thalweg):
    text = thalweg("--help").stdout
    places = [text.index(f"\n{word}") for word in ("Find an answer:", "  fit", "Look at an answer:", "  check")]
    assert places == sorted(places)
    assert "Further commands" not in text


def test_version(thalweg):
    lines = thalweg("--version").stdout.splitlines()
    assert lines[0] == f"thalweg {__version__}"
    assert f"NumPy {metadata.version('numpy')}" in lines
    assert f"HiGHS {metadata.version('highspy')}" in lines


def test_a_file_is_a_command(thalweg, tmp_path, monkeypatch):
    (tmp_path / "greet.py").write_text(
        "import click\n\n\n@click.command(short_help='Say hello.')\n@click.argument('name')\n"
        "def command(name):\n    click.echo(f'hello {name}')\n"
    )
    (tmp_path / "_private.py").write_text("raise AssertionError('never imported')\n")
    monkeypatch.setattr(cli, "__path__", [*cli.__path__, str(tmp_path)])
    assert "Further commands:\n  greet  Say hello." in thalweg("--help").stdout
    assert "private" not in thalweg("--help").stdout
    assert thalweg("greet", "you").stdout == "hello you\n"
    monkeypatch.delitem(sys.modules, "thalweg.cli.greet")
    monkeypatch.delattr(cli, "greet")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["slove"], ['No such command "slove"', 'Did you mean "solve"?']),
        (["solve"], ["Missing argument 'FILE'"]),
        (["solve", "a.mps", "--jsn"], ["No such option", "--json"]),
        (["solve", "a.mps", "--tol", "small"], ["'small' is not a valid"]),
        (["fit", "a.csv"], ["Missing option '--target'"]),
        (["fit", "a.csv", "--target", "y", "--loss", "poison"], ['"poison" is no loss', "poisson"]),
        (["fit", "a.csv", "--target", "y", "--loss", "poisson=2"], ["takes no number"]),
        (["fit", "a.csv", "--target", "y", "--loss", "huber=wide"], ["'wide' is not a valid"]),
        (["fit", "a.csv", "--target", "y", "--offset", "z", "--exposure", "z"], ["--offset and --exposure"]),
        (["fit", "a.csv", "--target", "y", "--offset", "y"], ["--target and --offset"]),
        (["fit", "a.csv", "--target", "y", "--alpha", "-1"], ["--alpha", "x>=0"]),
        (["check"], ["Missing argument 'FILE'"]),
        (["predict", "m.json"], ["Missing argument 'NEW'"]),
        (["fit", "a.csv", "--target", "y", "--separator", "ab"], ["'ab' cannot separate columns"]),
        (["fit", "a.csv", "--target", "y", "--separator", "."], ["'.' cannot separate columns"]),
        (["fit", "a.csv", "--target", "y", "--decimal", ";"], ["'--decimal'"]),
        (["fit", "a.csv", "--target", "y", "--save", "model.txt"], ["end it in .json or .npz"]),
        (["solve", "a.mps", "--save", "answer.sol"], ["end it in .npz or .json"]),
        (["solve", ""], ["the name of the file is empty"]),
        (["solve", "-"], ['"-" stands for no file here', "thalweg check"]),
        (["predict", "m.json", "a.csv", "--out", "-"], ["'--out'", '"-" stands for no file here']),
        (["completion", "powershell"], ["'powershell'", "fish"]),
    ],
)
def test_usage_errors_have_their_own_code(thalweg, arguments, words):
    result = thalweg(*arguments)
    assert result.code == 2
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr


def test_what_would_steer_a_terminal_is_escaped(thalweg, failing):
    failing(InputError("a\x1b[31m \u202e name\nnext \U0001f469\u200d\U0001f4bb \udcff"))
    result = thalweg("fail")
    assert result.stderr == "error: a\\x1b[31m \\u202e name\nnext \U0001f469\u200d\U0001f4bb \\udcff\n"


class Failing:
    """A command that raises."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __call__(self) -> None:
        raise self.error


@pytest.fixture
def failing(monkeypatch):
    """Return a function that puts a command called "fail" into the group."""

    def failing(error):
        command = click.Command(
            "fail",
            callback=Failing(error),
            params=[click.Option(["--debug"], is_flag=True, expose_value=False, callback=debug_switch)],
        )
        module = types.SimpleNamespace(command=command)
        monkeypatch.setitem(sys.modules, "thalweg.cli.fail", module)
        monkeypatch.setattr(group, "list_commands", lambda ctx: ["fail"])

    return failing


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (InputError("the shoe does not fit"), 1, "error: the shoe does not fit\n"),
        (ZeroDivisionError("by zero"), 1, "error: an error inside thalweg (ZeroDivisionError: by zero)."),
        (OSError(28, "No space left on device"), 1, "could not be written: No space left on device"),
        (BrokenPipeError(32, "Broken pipe"), 1, ""),
        (MemoryError(), 1, "error: the memory does not suffice"),
        (KeyboardInterrupt(), 130, "interrupted: no answer yet.\n"),
    ],
)
def test_failures_become_one_line(thalweg, failing, error, code, message):
    failing(error)
    result = thalweg("fail")
    assert result.code == code
    assert message in result.stderr
    assert result.stderr.count("\n") == (1 if message else 0)
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [["--debug", "fail"], ["fail", "--debug"]])
def test_debug_lets_the_traceback_through(failing, arguments):
    failing(InputError("the shoe does not fit"))
    with pytest.raises(InputError):
        group(arguments, standalone_mode=False)


def test_warnings_are_lines_on_stderr(thalweg, failing, monkeypatch):
    failing(InputError("unused"))

    def warn(self):
        import warnings

        warnings.warn("this looks odd", stacklevel=1)
        warnings.warn("not for users", DeprecationWarning, stacklevel=1)

    monkeypatch.setattr(Failing, "__call__", warn)
    result = thalweg("fail")
    assert (result.code, result.stderr) == (0, "warning: this looks odd\n")
