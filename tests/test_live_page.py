"""docs/live.md says what is true: its runs are run, against an endpoint that answers as a store would.

`REGOLD=1 .venv/bin/pytest tests/test_live_page.py -n 0` writes the runs into the page.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import lostwrite
from tests.ministack import aws
from tests.store.rude import http, rude

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.cli.conftest import Outcome
    from tests.store.rude import Answer

__all__ = ["aws", "lostwrite"]

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")
RUNS = re.findall(
    r"<!-- run: lostwrite (?P<arguments>.*?) -->\n"
    r"<!-- the store holds: (?P<held>.*?) -->\n"
    r"<!-- exit code: (?P<code>\d+) -->\n"
    r"```text\n(?P<output>.*?)```",
    PAGE,
    re.DOTALL,
)
OF_SAMPLE = {"d119:metadata", "d119:/favicon.ico", "d119:/robots.txt"}


def held_by(words: str) -> dict[str, str]:
    """The keys of the sample, as its log meant them, and the list of routes that a page names."""
    log = (ROOT / "samples" / "first-route-never-written" / "deploy" / "eventlog.json").read_text()
    for line in log.splitlines():
        state = (json.loads(line).get("resOutputsEvent") or {}).get("metadata", {}).get("new") or {}
        entries = (state.get("inputs") or {}).get("entries")
        if entries:
            keys = {f"d119:{key}": str(value) for key, value in entries.items()}
            assert keys.keys() == OF_SAMPLE
            return {**keys, **json.loads(words)}
    raise AssertionError("the sample has no keys")


def store(held: Mapping[str, str]) -> Answer:
    """A store whose server's clock says a time soon after the deploy."""
    date = "Date: Fri, 21 Mar 2025 15:41:02 GMT"

    def answer(target: str, _: int) -> bytes:
        if "/keys" in target:
            return http({"Items": [{"Key": key, "Value": value} for key, value in held.items()]}, date)
        state = {"ItemCount": len(held), "TotalSizeInBytes": 9, "KvsARN": "a", "Created": 1}
        return http(state, "ETag: E1", date)

    return answer


def _write(arguments: str, held: str, old: str, new: str) -> None:
    """Puts a new output into the page, cut after the same line as the old one."""
    *_, last, mark = ["", *old.splitlines(keepends=True)]
    cut = new[: new.index(last) + len(last)] + mark if mark == "…\n" else new
    page = ROOT / "docs" / "live.md"
    text = page.read_text(encoding="utf-8")
    head = f"<!-- run: lostwrite {arguments} -->\n<!-- the store holds: {held} -->\n"
    start = text.index(head)
    page.write_text(text[:start] + text[start:].replace(old, cut, 1), encoding="utf-8")


def test_there_are_runs() -> None:
    assert len(RUNS) == 3


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(("arguments", "held", "code", "output"), RUNS)
def test_a_run_prints_what_the_page_shows(  # noqa: PLR0913, PLR0917 - what the page says of a run
    lostwrite: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
    arguments: str,
    held: str,
    code: str,
    output: str,
) -> None:
    monkeypatch.chdir(ROOT)
    with rude(store(held_by(held))) as url:
        outcome = lostwrite(*shlex.split(arguments), "--endpoint-url", url)
    if os.environ.get("REGOLD"):
        _write(arguments, held, output, outcome.out)
        return
    shown = output.rpartition("…\n")[0] or output
    assert outcome.out.startswith(shown) if "…\n" in output else outcome.out == output
    assert (outcome.code, outcome.err) == (int(code), "")
