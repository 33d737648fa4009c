"""One loss that is open, as sentences and as the command that puts it right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analyzer.audit.reports.words import deploy_name, length, several, short_store, spaced, time
from analyzer.commands.words import plain
from analyzer.reports.clean import clean, no_command
from analyzer.reports.names import short_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_IS: Final = {
    "put": "is missing",
    "append": "is missing",
    "delete": "is still there",
    "remove": "is still there",
}
_ODD: Final = "the catalogue's command has characters that no command of this program has: it is not shown"


def thing(row: Mapping[str, Any]) -> str:
    """`Key 7c62:a`, `Entry site,50f6,,/ of key 7c62:routes`."""
    key = row["key"] or "unknown"
    return f"Entry {row['entry']} of key {key}" if row["entry"] else f"Key {key}"


def key_cell(row: Mapping[str, Any]) -> str:
    """The key, and the entry behind it."""
    return f"{row['key'] or 'unknown'} {row['entry']}" if row["entry"] else str(row["key"] or "unknown")


def sentence(row: Mapping[str, Any], now: datetime | None) -> str:
    """What users see, and for how long.

    Args:
        row: of `words.with_deploys`.
        now: where the audit's time ends.
    """
    what = (
        "does not hold what was meant"
        if row["verdict"] == "mismatched"
        else _IS.get(row["action"], "is missing")
    )
    since = row["missing_since"]
    span = "" if since is None or now is None else f" ({length(now - since)})"
    when = ", nobody knows since when" if since is None else f" since {time(since)}{span}"
    of = f"{short_name(row['name'])}, {deploy_name(row)}, store {short_store(row['store'])}"
    return f"{thing(row)} ({of}) {what}{when}"


def why(row: Mapping[str, Any]) -> str:
    """The verdict, how sure it is, the cause, and who took it away."""
    by = f", taken away by {row['taken_by']}" if row["taken_by"] else ""
    return f"{row['verdict']} ({row['confidence'] or 'unknown'}): {spaced(row['cause'])}{by}"


def missed_by(row: Mapping[str, Any]) -> str:
    """The last deploy that missed it, and how many did before."""
    version = f", version {row['tool_version']}" if row["tool_version"] else ""
    last = f"{row['deploy']}, {time(row['deployed_at'])}{version}"
    before = len(row["deploys"]) - 1
    return f"{last}; and by {several(before, 'deploy')} before it" if before > 0 else last


def with_safe_remedy(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row, without a command that is none of this program's: a catalogue is a folder that others may write."""
    if row["remedy"] is None or _ours(str(row["remedy"])):
        return dict(row)
    return {**row, "remedy": None, "remedy_needs": None, "remedy_note": _ODD}


def _ours(command: str) -> bool:
    """Whether it has only characters that commands of this program have, and no line that a job would obey."""
    try:
        lines = plain(command).split("\n")
    except ValueError:
        return False
    return all(clean(line) == line == no_command(line) for line in lines)
