"""The story of one write that is not in place: what was meant, what was recorded, and what proves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

MEANT, RECORDED, PROOF = "meant", "recorded", "proof"
LABELS = {MEANT: ("log",), RECORDED: ("call",), PROOF: ("keys", "chain", "coverage")}
"""The kinds of evidence that each line of the story tells."""

_NOTHING = {
    RECORDED: "no call for it is available",
    PROOF: "none is available",
}
_MEANT = {
    "put": "to write {key}",
    "append": "to add the entry {entry} to {key}",
    "remove": "to remove the entry {entry} from {key}",
    "delete": "to delete {key}",
}
_REPORTED = {
    "succeeded": "the deploy says that it did",
    "failed": "the deploy says that it failed",
    "unfinished": "the deploy does not say how it ended",
}


@dataclass(frozen=True, slots=True)
class Story:
    """One write, in words.

    Attributes:
        title: what was meant, and by which resource.
        lines: under each label of LABELS, texts with the place where each can be seen ("" for none).
    """

    title: str
    lines: dict[str, list[tuple[str, str]]]


def story(write: Mapping[str, object], evidence: pl.DataFrame) -> Story:
    """The story of a row of `Report.writes`, from the whole table of evidence."""
    mine = evidence.filter(pl.col("write") == write["id"]).sort("order", maintain_order=True)
    lines = {label: _lines(mine, kinds) for label, kinds in LABELS.items()}
    lines[MEANT] = lines[MEANT] or [(_reported(write), _place(write))]
    for label, nothing in _NOTHING.items():
        lines[label] = lines[label] or [(nothing, "")]
    return Story(f"{short_name(write['name'])}: {_meant(write)}", lines)


def short_name(name: object) -> str:
    """A resource's name without the class that SST appends to it."""
    return str(name or "unknown resource").partition(".sst.aws.")[0]


def _lines(evidence: pl.DataFrame, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    rows = evidence.filter(pl.col("kind").is_in(kinds)).select(
        pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%SZ").fill_null(""),
        pl.col("detail", "source").fill_null(""),
    )
    return [(f"{at} {detail}".strip(), source) for at, detail, source in rows.iter_rows()]


def _meant(write: Mapping[str, object]) -> str:
    key = write["key"] or "an unknown key"
    if write["pattern"]:
        key = f"a key like {key}"
    text = _MEANT.get(str(write["action"]), "to change {key}")
    return text.format(key=key, entry=write["entry"] or "(not named)")


def _reported(write: Mapping[str, object]) -> str:
    return _REPORTED.get(str(write["reported"]), "the deploy does not say how it ended")


def _place(write: Mapping[str, object]) -> str:
    source, line = write["source"], write["line"]
    return "" if source is None else str(source) if line is None else f"{source}:{line}"
