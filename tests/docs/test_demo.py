"""The demonstration runs, and says what it is meant to say."""

import subprocess
import sys


def test_demo_runs_and_its_last_word_is_a_refusal(root):
    run = subprocess.run(
        [sys.executable, "-W", "error", str(root / "examples" / "demo.py")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert not run.stderr
    assert run.stdout.count("PROVED") >= 5
    assert run.stdout.rstrip().splitlines()[-1].startswith("Both are refused")
