"""``thalweg completion``: the script that lets a shell complete commands, options, files and columns."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from thalweg.cli._help import FAILURES, HERE, Page, manual
from thalweg.cli._output import debug_option

SECTION = HERE
EXAMPLES = """
Bash: write it where bash-completion looks for it (new shells complete)
$ mkdir -p ~/.local/share/bash-completion/completions
$ thalweg completion bash > ~/.local/share/bash-completion/completions/thalweg
Zsh: put it into a folder of $fpath, before compinit runs
$ mkdir -p ~/.zfunc && thalweg completion zsh > ~/.zfunc/_thalweg
Fish
$ mkdir -p ~/.config/fish/completions
$ thalweg completion fish > ~/.config/fish/completions/thalweg.fish
"""


@click.command(
    cls=Page,
    short_help="Print the script for completion in a shell.",
    epilog=manual(EXAMPLES, {0: "the script is on stdout", **FAILURES}),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@debug_option
def command(shell: str) -> None:
    """Print the script that completes commands, options, file names and columns when Tab is pressed.

    For this shell only, without writing a file: source <(thalweg completion bash).
    """
    from thalweg.cli._group import group

    kind = get_completion_class(shell)
    assert kind is not None, shell
    click.echo(kind(group, {}, "thalweg", "_THALWEG_COMPLETE").source())
