"""Pages to look at: of samples and of made-up reports; and what a reader of HTML finds in them."""

from __future__ import annotations

import shlex
from contextlib import chdir
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.api import check
from analyzer.reports.registry import render

if TYPE_CHECKING:
    from analyzer.reports.report import Report

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
_ALONE = {"meta", "img", "input", "br", "wbr", "link", "hr"}


@cache
def sample(name: str) -> Report:
    """What the command of a sample finds."""
    words = shlex.split((SAMPLES / name / "command").read_text())[1:]
    options: dict[str, list[str]] = {}
    logs = []
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            options.setdefault(word, []).append(words.pop(0))
        else:
            logs.append(word)
    times = {
        name: datetime.fromisoformat(options[f"--{name}"][0])
        for name in ("since", "until")
        if f"--{name}" in options
    }
    with chdir(SAMPLES / name):
        return check(
            logs,
            trail=options.get("--trail", []),
            keys=options.get("--keys", []),
            since=times.get("since"),
            until=times.get("until"),
        )


@cache
def page_of(name: str) -> str:
    """The page of a sample."""
    return render(sample(name), "html")


class Reader(HTMLParser):
    """Reads a page as a browser would: what it says, which elements it has, and where they lie.

    Attributes:
        elements: tag and attributes of each, in order.
        text: all that is said outside of style and script.
        open: elements that were never closed.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self._said: list[str] = []
        self.feed(page)
        self.close()

    @property
    def text(self) -> str:
        """What is said, each run of blanks as one."""
        return " ".join("".join(self._said).split())

    @property
    def lines(self) -> list[str]:
        """The same, a line for each element that is not within a line."""
        return [line.rstrip() for line in "".join(self._said).split("\n") if line.strip()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _ALONE:
            self.open.append(tag)
        if tag not in ("wbr", "code", "strong", "a", "b", "span"):
            self._said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()
        if tag not in ("wbr", "code", "strong", "a", "b", "span"):
            self._said.append("\n")

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self._said.append(data)

    def looks(self, tag: str) -> list[str]:
        """The classes of all elements of a tag."""
        return [attributes.get("class") or "" for name, attributes in self.elements if name == tag]
