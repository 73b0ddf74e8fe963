"""Everything in README.md that looks like code runs, and prints what README.md says it prints."""

import re

LANGUAGES = {"pycon", "console", "sh"}


def test_no_block_escapes(find_blocks):
    for block in find_blocks("README.md"):
        assert block.language in LANGUAGES, f"{block} is in {block.language or 'no language'}; nothing runs it"


def test_python_sessions(pycon_block, folder, run_block):
    run_block(pycon_block, {})


def test_shell_sessions(console_block, folder, run_block):
    run_block(console_block, {})


def test_setup_commands_name_what_exists(sh_block, root):
    """Cloning and installing cannot run here; what they name must exist."""
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    extras = (root / "pyproject.toml").read_text(encoding="utf-8")
    for line in filter(None, sh_block.text.splitlines()):
        command, *arguments = line.split("#")[0].split()
        assert command in {"git", "cd", "make", "pip", "."}, f"{sh_block}: {line}"
        if command == ".":
            assert arguments == [".venv/bin/activate"], f"{sh_block}: {line}"
        if command == "make":
            assert set(arguments) <= targets, f"{sh_block}: {line}"
        for extra in re.findall(r"\[([a-z,]+)\]", line):
            assert all(f"\n{name} = [" in extras for name in extra.split(",")), f"{sh_block}: {line}"


def test_links_lead_somewhere(root):
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md"):
        folder = (root / name).parent
        for target in re.findall(r"\]\(([^)#]+)\)", (root / name).read_text(encoding="utf-8")):
            assert target.startswith("https://") or (folder / target).exists(), f"{name} links to {target}"
