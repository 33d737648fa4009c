"""What is compared by a bar each: causes, apps, stages, versions; and how long it took until losses were healed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.audit.reports.page.section import WIDTH, Bar, Cell, Head, Section, bar, cut
from analyzer.audit.reports.page.words import UNKNOWN, about, cause, number, share
from analyzer.audit.reports.words import several
from analyzer.audit.trend_tables import BUCKETS

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 15  # lines of a comparison
_HOW: Final = {
    "deploy": "a later deploy",
    "call": "a call outside of the deploys",
    "listing": "nobody knows whose call, a listing shows it",
    "removal": "their removal, as nobody wants them any more",
}
_BUCKET: Final = {"not yet": "not healed yet", "unknown": "healed, and nobody knows when"}
_MAYBE: Final = "perhaps put right"


def healing(table: pl.DataFrame) -> Section:
    """How long losses lasted, and what ended them."""
    if table.is_empty():
        return Section("healing", "How long until it was healed", ["Nothing was lost."], half=True)
    sums: dict[str, int] = dict.fromkeys((*BUCKETS[:-1], _MAYBE, BUCKETS[-1]), 0)
    for bucket, state, losses in table.select("bucket", "state", "losses").iter_rows():
        sums[{"maybe_repaired": _MAYBE, "open": BUCKETS[-1]}.get(state, bucket)] += losses
    looks = {_MAYBE: "maybe", BUCKETS[-1]: "open"}
    most = max(sums.values())
    lines: list[list[Cell | Bar]] = [
        [
            Cell(_BUCKET.get(name, name), look="strong" if name == BUCKETS[-1] else ""),
            Cell(number(losses), look="number"),
            bar([(losses, looks.get(name, "healed"))], most),
        ]
        for name, losses in sums.items()
        if losses or name not in ("unknown", _MAYBE)
    ]
    words = ["One loss is one key or entry of a store, however many deploys in a row failed to write it."]
    return Section(
        "healing",
        "How long until it was healed",
        words,
        [Head("Time"), Head("Losses", "number"), Head("Bar", "bar wide")],
        lines,
        _healed_by(table),
        half=True,
    )


def _healed_by(table: pl.DataFrame) -> list[str]:
    found = (
        table.filter(pl.col("state") == "healed")
        .group_by("how")
        .agg(pl.col("losses").sum())
        .sort("losses", "how", descending=[True, False], nulls_last=True)
    )
    told = [
        f"{_HOW.get(how or '', 'nobody knows what')} {number(losses)}" for how, losses in found.iter_rows()
    ]
    return [f"Healed by: {'; '.join(told)}."] if told else []


def causes(table: pl.DataFrame) -> Section:
    """Deploys that lost a write, by cause."""
    found = _of(table, "cause")
    lines: list[list[Cell | Bar]] = [
        [
            Cell(cause(row["name"]) + (f": {about(row['name'])}" if about(row["name"]) else "")),
            Cell(number(row["lost"]), look="number"),
            _parts(row, found),
            Cell(number(row["open"]), look="number"),
        ]
        for row in found
    ]
    shown, after = cut(lines, _MOST, "causes")
    heads = [Head("Cause"), Head("Deploys", "number"), Head("Bar", "bar wide"), Head("Open", "number")]
    words = [] if lines else ["Nothing was lost."]
    if sum(row["lost"] for row in found) > int(table.filter(pl.col("by") == "all")["lost"].sum()):
        words.append("A deploy with several causes is counted under each.")
    return Section("causes", "By cause", words, heads, shown, after, half=True)


def places(table: pl.DataFrame, by: str, title: str) -> Section:
    """Deploys that lost a write, by app or by stage."""
    found = _of(table, by)
    lines: list[list[Cell | Bar]] = [
        [
            Cell(row["name"] or "not known"),
            Cell(number(row["lost"]), look="number"),
            _parts(row, found),
            Cell(number(row["judged"]), look="number wide"),
            Cell(number(row["open"]), look="number"),
        ]
        for row in found
    ]
    shown, after = cut(lines, _MOST, f"{by}s that lost a write")
    all_of = table.filter(pl.col("by") == by).height
    words = [f"{number(len(found))} of {several(all_of, by)} lost a write."] if all_of else []
    heads = [
        Head(by.capitalize()),
        Head("With a loss", "number"),
        Head("Bar", "bar wide"),
        Head("Of deploys", "number wide"),
        Head("Open", "number"),
    ]
    return Section(f"{by}s", title, words, heads, shown, after, half=True)


def versions(table: pl.DataFrame) -> Section:
    """Deploys that lost a write in 1,000 that could be judged, by version, with the interval."""
    most = max((row["high"] or 0 for row in table.iter_rows(named=True)), default=0)
    lines = [_version(row, most) for row in table.iter_rows(named=True)]
    shown, after = cut(lines, 60, "versions")
    joined = [
        f"{_named(row)} joins {', '.join(row['versions'])}."
        for row in table.iter_rows(named=True)
        if len(row["versions"] or []) > 1
    ]
    if joined:
        after += ["Versions with fewer than 200 deploys are joined with their neighbours.", *joined]
    heads = [
        Head("Version"),
        Head("Lost in 1,000", "number"),
        Head("Between", "number"),
        Head("Bar", "bar wide"),
        Head("With a loss", "number wide"),
        Head("Of deploys", "number wide"),
        Head("Open", "number"),
    ]
    words = [
        "Deploys that lost a write, in 1,000 that could be judged. “Between” has the true share in 95 of 100 cases; "
        "the thin line through the end of a bar is the same."
    ]
    return Section("versions", "By version", words if lines else ["No deploy was read."], heads, shown, after)


def _version(row: Mapping[str, object], most: float) -> list[Cell | Bar]:
    rate, low, high = (_number(row[name]) for name in ("in_1000", "low", "high"))
    drawn = bar([(rate or 0, "plain")], most)
    if low is not None and high is not None and most > 0:
        drawn = drawn._replace(low=round(low / most * WIDTH, 1), high=round(high / most * WIDTH, 1))
    return [
        Cell(
            _named(row) + (", more than the others" if row["worse"] else ""),
            look="strong" if row["worse"] else "",
        ),
        Cell(UNKNOWN if rate is None else share(rate), look="number"),
        Cell(
            UNKNOWN if low is None or high is None else f"{math.floor(low)} and {math.ceil(high)}",
            look="number",
        ),
        drawn,
        *(Cell(f"{row[name]:,}", look=look) for name, look in _OF_VERSION),
    ]


_OF_VERSION: Final = (("lost", "number wide"), ("judged", "number wide"), ("open", "number"))


def _named(row: Mapping[str, object]) -> str:
    return f"{row['tool'] or ''} {row['name'] or 'not known'}".strip()


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _of(table: pl.DataFrame, by: str) -> list[dict[str, Any]]:
    """The rows by this that lost a write, the worst first."""
    found = table.filter(pl.col("by") == by, pl.col("lost") > 0)
    return list(found.sort("lost", "open", "name", descending=[True, True, False]).iter_rows(named=True))


def _parts(row: Mapping[str, Any], beside: list[dict[str, Any]]) -> Bar:
    most = max(other["lost"] for other in beside)
    return bar([(row["open"], "open"), (row["maybe"], "maybe"), (row["healed"], "healed")], most)
