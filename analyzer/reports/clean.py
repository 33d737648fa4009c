"""Makes text from an input safe for a terminal: control and direction characters become visible escapes.

Also for the log of a job: GitHub's runner obeys a line that begins with `::`, and `##[` anywhere in one
(actions/runner, src/Runner.Common/ActionCommand.cs); the agent of Azure Pipelines obeys `##vso[` anywhere in one
(microsoft/azure-pipelines-agent, src/Agent.Sdk/CommandStringConvertor.cs), and TeamCity obeys `##teamcity[`.
"""

from __future__ import annotations

import re

UNSEEN = (
    "\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Of a character class: controls behind ASCII, direction, zero width, fillers and tags. What emoji need stays."""

COMMAND = r"#(?=#[A-Za-z]*\[)"
"""The first character of what begins such a command (`##[`, `##vso[`, `##teamcity[`), wherever it stands in a line."""

_UNSAFE = re.compile(f"[\x00-\x1f{UNSEEN}\ud800-\udfff]|{COMMAND}")
_UNSAFE_IN_JSON = re.compile(f"[{UNSEEN}\ud800-\udfff]|{COMMAND}")


def clean(text: str) -> str:
    r"""`text` on one line, with `\n`, `\x1b`, `\u202e` and their like written out."""
    return _UNSAFE.sub(_escape, text)


def json_safe(text: str) -> str:
    r"""JSON text in which such characters are `\u` escapes: JSON allows them, but a terminal might obey them."""
    return _UNSAFE_IN_JSON.sub(_escape_in_json, text)


def no_command(line: str) -> str:
    r"""The line of a job's log so that it is no command: of one that begins with `::` the first colon is `\x3a`."""
    return line.replace(":", r"\x3a", 1) if line.lstrip().startswith("::") else line


def _escape_in_json(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _escape(found: re.Match[str]) -> str:
    return r"\x23" if found[0] == "#" else found[0].encode("unicode_escape").decode("ascii")
