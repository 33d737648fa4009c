"""The README says what is true: its run is run, its Python is run, and every command that it names exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUNS = re.findall(
    r"<!-- run: lostwrite (?P<arguments>.*?) -->\n```text\n(?P<output>.*?)```", README, re.DOTALL
)


def lostwrite(arguments: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "COLUMNS"}}
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *shlex.split(arguments)],
        cwd=ROOT,
        env=plain,
        check=False,
        capture_output=True,
        text=True,
    )


def test_there_is_a_run() -> None:
    assert RUNS


@pytest.mark.parametrize(("arguments", "output"), RUNS)
def test_a_run_prints_what_the_readme_shows(arguments: str, output: str) -> None:
    shown, cut, rest = output.partition("…\n")
    printed = lostwrite(arguments).stdout
    assert printed.startswith(shown)
    assert printed == shown if not cut else rest == ""


def test_it_begins_with_the_check_that_needs_no_trail_and_shows_what_the_page_of_it_shows() -> None:
    first = README.partition("\n## Right after a deploy\n")[2].partition("\n## ")[0]
    assert "lostwrite check .sst/pulumi/*/eventlog.json --live" in first
    assert README.index("--live\n") < README.index("--trail")
    (shown,) = re.findall(r"<!-- as in docs/live.md -->\n```text\n(.*?)```", first, re.DOTALL)
    assert shown in (ROOT / "docs" / "live.md").read_text(encoding="utf-8")


def test_it_stays_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= 260, "move what only some need to a page of docs/"


def test_its_python_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        subprocess.run([sys.executable, "-c", block], cwd=ROOT, check=True, capture_output=True)


def test_the_commands_it_names_exist() -> None:
    named = set(re.findall(r"^lostwrite ([\w-]+)", README, re.MULTILINE))
    assert {"check", "parse", "explain", "rules"} <= named
    for command in named:
        assert lostwrite(f"{command} --help").returncode == 0


def test_its_make_targets_exist() -> None:
    targets = set(re.findall(r"`?make (\w+)", README))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"demo", "test", "bench", "docs"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
