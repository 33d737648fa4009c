"""The keys of a configuration, each once: name, values, default, and whether a file may have it.

A configuration file is found upward from the current folder, so it may be of the repository that is checked. It can
therefore name nothing that runs, no evidence (logs, trails, listings), no file that is written, and nothing of the
machine; the one path is the baseline, which is only read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analyzer.reports.registry import names
from analyzer.severities import LEAST_CONFIDENT, SEVERITIES

Value = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Attributes:
        name: in a file, and with `--` as an option.
        kind: one of some words, true or false, a path, or a number from 1 on.
        default: what holds where nothing was said.
        about: what it does, for the documentation.
        choices: the words, of a choice.
        in_file: whether a configuration file may have it.
    """

    name: str
    kind: Literal["choice", "switch", "path", "count"]
    default: Value
    about: str
    choices: tuple[str, ...] = ()
    in_file: bool = True

    @property
    def variable(self) -> str:
        """The environment variable of the same meaning."""
        return f"LOSTWRITE_{self.name.upper().replace('-', '_')}"

    @property
    def wanted(self) -> str:
        """What a value must be, as the end of a sentence."""
        if self.kind == "choice":
            return f"must be one of {', '.join(self.choices)}"
        return {
            "switch": "must be true or false",
            "path": "must be a path",
            "count": "must be a number from 1 on",
        }[self.kind]


KEYS: tuple[Key, ...] = (
    Key(
        "fail-on",
        "choice",
        "error",
        "the lowest severity of a finding that makes the exit code 1",
        SEVERITIES,
    ),
    Key(
        "min-confidence",
        "choice",
        "low",
        "the lowest confidence of a finding that makes the exit code 1; others stay in the report",
        LEAST_CONFIDENT,
    ),
    Key("fail-on-doubt", "switch", False, "a write that is `unverifiable` makes the exit code 1"),
    Key("baseline", "path", None, "findings that were there before, and do not count for the exit code"),
    Key("format", "choice", "text", "the format of the report", names()),
    Key("jobs", "count", None, "processes that read the trail; not in a file", in_file=False),
)


def key_of(name: str) -> Key | None:
    """The key of this name."""
    return next((key for key in KEYS if key.name == name), None)
