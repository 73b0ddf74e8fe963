"""The pages of docs/: all that looks like code runs, links lead somewhere, and nothing public is left out.

Sphinx is not needed here; `make docs` builds the site and checks what only Sphinx can.
"""

import ast
import re
from pathlib import Path

import pytest

import thalweg as tw
from thalweg import testing

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
RUN = {"pycon", "console", "python"}
SHOWN = {"text", "toml", "sh"}  # output, pictures of trees, set-up
DOCSTRINGS = "{eval-rst}"  # a directive, not code: what it shows is run with the docstrings
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PARTS_OF_AN_ERROR = ["What happened", "Why", "What to do", "Examples", "In the reference"]


def without_code(text: str) -> str:
    """Return the text without fenced blocks, whose brackets are not links."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchor(heading: str) -> str:
    """Return the anchor that GitHub and MyST give a heading."""
    plain = re.sub(r"[`*]", "", heading).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


@pytest.fixture(scope="module")
def reference():
    """Return the text of all reference pages."""
    return "\n".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES if "/reference/" in page)


@pytest.mark.parametrize("page", PAGES)
def test_code_of_a_page_runs_from_top_to_bottom(page, folder, find_blocks, run_block):
    namespace: dict = {}
    for block in find_blocks(page):
        if block.info == DOCSTRINGS:
            continue
        assert block.language in RUN | SHOWN, f"{block} is in {block.language or 'no language'}; nothing runs it"
        assert (block.language == "python") == bool(block.info), f"{block} does not say in which file it belongs"
        run_block(block, namespace)


@pytest.mark.parametrize("page", PAGES)
def test_scripts_are_run_by_the_page(page, find_blocks):
    commands = "".join(block.text for block in find_blocks(page, "console"))
    for block in find_blocks(page, "python"):
        assert block.info in commands, f"{block}: no shell session runs {block.info}"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = without_code((ROOT / page).read_text(encoding="utf-8"))
    for target, fragment in LINK.findall(text):
        found = ((ROOT / page).parent / target) if target else ROOT / page
        assert found.exists(), f"{page} links to {target}"
        if fragment:
            headings = HEADING.findall(without_code(found.read_text(encoding="utf-8")))
            assert fragment in map(anchor, headings), f"{page} links to {target}#{fragment}; no such heading"


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_in_a_table_of_contents(page):
    path = ROOT / page
    if page == "docs/index.md":
        return
    above = path.parent.parent if path.stem == "index" else path.parent
    name = f"{path.parent.name}/index" if path.stem == "index" else path.stem
    entries = (above / "index.md").read_text(encoding="utf-8").splitlines()
    assert name in entries, f"{page} is not in the table of contents of {above.name}/index.md"


@pytest.mark.parametrize("module", [tw, testing], ids=lambda module: module.__name__)
def test_reference_names_everything_public(module, reference):
    described = set(re.findall(r"^\.\. auto\w+:: (\S+)$", reference, re.MULTILINE))
    wanted = {f"{module.__name__}.{name}" for name in module.__all__}
    assert wanted <= described, f"not in docs/reference: {sorted(wanted - described)}"


def test_reference_names_every_figure(reference):
    for path in (ROOT / "src/thalweg/plotting").glob("*.py"):
        for name in re.findall(r"^def (plot_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert f"thalweg.plotting.{path.stem}.{name}\n" in reference, f"{name} is not in docs/reference"


def test_every_error_has_its_page():
    tree = ast.parse((ROOT / "src/thalweg/errors.py").read_text(encoding="utf-8"))
    names = {node.name for node in tree.body if isinstance(node, ast.ClassDef)} - {"ThalwegError"}
    pages = [path for path in (ROOT / "docs/reference/errors").glob("*.md") if path.stem != "index"]
    titles = {}
    for path in pages:
        title, *parts = HEADING.findall(without_code(path.read_text(encoding="utf-8")))
        titles[title] = path
        assert parts == PARTS_OF_AN_ERROR, f"{path.name} has the headings {parts}"
    assert set(titles) == names


def test_the_picture_can_be_read_by_those_who_do_not_see_it():
    picture = (ROOT / "docs/explanation/architecture.svg").read_text(encoding="utf-8")
    assert 'role="img"' in picture
    assert "<title" in picture
    assert "<desc" in picture
    assert "prefers-color-scheme: dark" in picture
