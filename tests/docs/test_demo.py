"""The demonstration runs, refuses what is false, and ends with the path of a report that is there."""

import subprocess
import sys
from pathlib import Path


def test_demo_runs_and_its_last_word_is_a_report(root, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    run = subprocess.run(
        [sys.executable, "-W", "error", str(root / "examples" / "demo.py")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert not run.stderr
    assert run.stdout.count("PROVED") >= 7
    assert "Both are refused" in run.stdout
    name, path = run.stdout.rstrip().splitlines()[-1].split()
    assert name == "report:"
    assert Path(path).is_relative_to(tmp_path)
    assert Path(path).read_text(encoding="utf-8").startswith("<!doctype html>")
