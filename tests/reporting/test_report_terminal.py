"""The report in a terminal, as rich shows it."""

import io

import pytest
from rich.console import Console


def shown(solution, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(solution)
    return console.file.getvalue()


def test_every_verdict_is_shown_in_a_frame(solution, verdict):
    text = shown(solution)
    assert f" {verdict} ─" in text
    assert "What this does not prove" in text


@pytest.mark.parametrize("width", [40, 80, 200])
def test_names_are_text_and_fit_the_width(hostile, width):
    text = shown(hostile, width)
    text.encode("utf-8")
    assert "[bold]markup[/bold] [/]" in text or width == 40
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= width


def test_assumptions_stand_in_the_frame(every_verdict):
    assert "Assuming: rye < 10 & wheat > 2." in shown(every_verdict["WITHIN_TOLERANCE"])
