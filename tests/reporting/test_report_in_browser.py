"""The page as Chromium shows it: without errors, requests or sideways scrolling, and readable in every mode."""

import html
import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from thalweg.reporting.html import html_report

MEASURE = Path(__file__).with_name("measure.js")
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
]
PHONE = 360
READABLE = 4.5  # contrast, WCAG 2.2, success criterion 1.4.3


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """Return a function that runs Chromium and returns its stdout and stderr."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no Chromium found (looked for {', '.join(NAMES)})")
    profile = tmp_path_factory.mktemp("profile")

    def run(*arguments: str) -> tuple[str, str]:
        command = [found, *FLAGS, f"--user-data-dir={profile}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout, done.stderr

    return run


@pytest.fixture(scope="module")
def pages(every_verdict, hostile, hostile_fit) -> dict[str, str]:
    solutions = {**every_verdict, "hostile": hostile, "hostile fit": hostile_fit}
    return {name: html_report(solution, title=f"{name} \u202e{'w' * 100}") for name, solution in solutions.items()}


@pytest.fixture(scope="module")
def measured(pages, chromium, tmp_path_factory) -> list[dict]:
    """Every page in a frame as wide as a phone, once in each mode."""
    frames = [
        f'<iframe title="{name}" width="{PHONE}" height="640" style="border: 0; color-scheme: {mode}" '
        f'srcdoc="{html.escape(page)}"></iframe>'
        for name, page in pages.items()
        for mode in ("light", "dark")
    ]
    wrapper = tmp_path_factory.mktemp("browser") / "all.html"
    script = f"<script>{MEASURE.read_text(encoding='utf-8')}</script>"
    wrapper.write_text(f"<!doctype html><meta charset=utf-8><body>{''.join(frames)}{script}", encoding="utf-8")
    dom, _ = chromium("--dump-dom", wrapper.as_uri())
    found = json.loads(html.unescape(re.search(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)[1]))
    assert len(found) == 2 * len(pages)
    return found


def test_a_phone_needs_no_sideways_scrolling(measured):
    assert {page["name"]: page["width"] for page in measured if page["width"] > PHONE} == {}
    assert [page["outside"] for page in measured if page["outside"]] == []


def test_every_text_is_readable_in_both_modes(measured):
    assert {page["dark"] for page in measured} == {True, False}
    assert len({page["paper"] for page in measured}) == 2
    faint = [(page["name"], page["dark"], page["contrast"]) for page in measured if page["contrast"][0] < READABLE]
    assert faint == []
    assert all(page["unseen"] == [] for page in measured)


def test_everything_is_there_without_css(measured):
    assert all(page["bare"] == {"same": True, "unseen": []} for page in measured)


def test_headings_are_in_order(measured):
    for page in measured:
        levels = page["headings"]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_no_page_asks_for_anything(measured):
    assert [page["requests"] for page in measured if page["requests"]] == []


def test_no_page_complains(pages, chromium, tmp_path):
    """Opened by itself, from a file, with a policy that reports whatever it refuses."""
    path = tmp_path / "page.html"
    path.write_text(pages["hostile fit"], encoding="utf-8")
    dom, log = chromium("--enable-logging=stderr", "--v=0", "--dump-dom", path.as_uri())
    assert "What this does not prove" in dom
    assert "CONSOLE" not in log
    path.write_text(
        pages["hostile fit"].replace("</main>", '<img src="https://example.org/x.png"></main>'), encoding="utf-8"
    )
    _, log = chromium("--enable-logging=stderr", "--v=0", "--dump-dom", path.as_uri())
    assert "CONSOLE" in log
    assert "Content Security Policy" in log


def test_it_prints(pages, chromium, tmp_path):
    page, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(pages["PROVED"], encoding="utf-8")
    chromium(f"--print-to-pdf={pdf}", "--no-pdf-header-footer", page.as_uri())
    assert pdf.read_bytes().startswith(b"%PDF")
