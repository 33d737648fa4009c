"""What GitHub's runner makes of the lines that a step prints.

Source: actions/runner, src/Runner.Common/ActionCommand.cs: a line that begins with `::` behind blanks; else one with
`##[` anywhere; the agent of Azure Pipelines takes `##vso[`, and TeamCity `##teamcity[`. Which names are commands does
not matter here: what looks like one is taken for one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NEW = re.compile(r"\s*::(?P<name>[^ ]*?)(?: (?P<properties>.*?))?::(?P<data>.*)", re.DOTALL)
_OLD = re.compile(r"##[A-Za-z]*\[(?P<name>[^ \]]*)(?: (?P<properties>[^\]]*))?\](?P<data>.*)", re.DOTALL)


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    data: str


def commands(text: str) -> list[Command]:
    """The commands in what was printed; a carriage return ends a line, too."""
    found = (_NEW.match(line) or _OLD.search(line) for line in re.split("[\r\n]", text))
    return [_command(match) for match in found if match]


def _command(match: re.Match[str]) -> Command:
    parts = (match["properties"] or "").split(",")
    pairs = (part.strip().partition("=") for part in parts if part)
    properties = {name: _unescaped(value, ("%3A", ":"), ("%2C", ",")) for name, _, value in pairs}
    return Command(match["name"], properties, _unescaped(match["data"]))


def _unescaped(text: str, *more: tuple[str, str]) -> str:
    for escaped, character in (("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")):
        text = text.replace(escaped, character)
    return text
