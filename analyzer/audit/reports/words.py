"""Numbers, times, names and the first sentences of an audit's reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from analyzer.audit.report import AuditReport
    from analyzer.audit.trends import Trends

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
HOW: Final = {
    "deploy": "by a later deploy",
    "call": "by somebody's call",
    "listing": "by whom nobody knows, a listing shows it",
    "removal": "not wanted any more",
}
"""What ended a loss, by `healed_how`."""


def several(value: int, one: str) -> str:
    """`1 deploy`, `10,000 deploys`, `2 losses`."""
    plural = "es" if one.endswith("s") else "s"
    return f"{value:,} {one if value == 1 else one + plural}"


def time(at: datetime | None) -> str:
    """A time in UTC, to the second; `unknown`."""
    return "unknown" if at is None else f"{at:%Y-%m-%d %H:%M:%SZ}"


def length(span: timedelta) -> str:
    """`40 s`, `12 min`, `22 h`, `201 days`, rounded down."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // 60} min"
    return f"{seconds // _HOUR} h" if seconds < 2 * _DAY else f"{seconds // _DAY:,} days"


def rate(value: float | None) -> str:
    """A number in 1,000 as a share in percent, with one digit; a dash where there is none."""
    return "-" if value is None else f"{value / 10:.1f} %"


def between(low: float | None, high: float | None) -> str:
    """`35.4 to 84.8 %` of two numbers in 1,000; a dash where there is none."""
    return "-" if low is None or high is None else f"{low / 10:.1f} to {high / 10:.1f} %"


def role(row: Mapping[str, object]) -> str:
    """What files of a row of `AuditReport.read` were read as; the trail's parts say none of their own."""
    return str(row["role"] or ("trail" if str(row["kind"]).startswith("cloudtrail") else "input"))


def percent(value: float | None) -> str:
    """A share as `61 %`; a dash where there is none."""
    return "-" if value is None else f"{100 * value:.0f} %"


def deploy_name(row: Mapping[str, object]) -> str:
    """`shop/prod`; the id where neither app nor stage is known."""
    return "/".join(str(part) for part in (row["app"], row["stage"]) if part) or str(row["deploy"])


def short_store(arn: object) -> str:
    """The first letters of the store's id, which tell the stores of one account apart."""
    return "unknown" if arn is None else str(arn).rpartition("/")[2][:8]


def spaced(word: object) -> str:
    """`never attempted` of `never_attempted`; `unknown`."""
    return str(word or "unknown").replace("_", " ")


def headline(trends: Trends) -> str:
    """`headline_of`, and since when the oldest of the open losses is missed."""
    counts = whole(trends)
    since = opened(trends)["missing_since"].drop_nulls().min() if counts["open"] else None
    when = "" if since is None else f", since {time(since)}"  # type: ignore[arg-type] # a time
    return f"{headline_of(counts)}{when}"


def headline_of(counts: Mapping[str, int]) -> str:
    """How many deploys lost writes that nobody has put right: the answer, in a sentence without a full stop.

    Args:
        counts: the row of TREND of all deploys.
    """
    if not counts["deploys"]:
        return "No deploy was found"
    if not counts["judged"]:
        return _nothing_judged(counts)
    if counts["open"]:
        lost = "lost a write" if counts["open"] == 1 else "lost writes"
        return f"{several(counts['open'], 'deploy')} {lost} that nobody has put right"
    if counts["maybe"]:
        was = "was" if counts["maybe"] == 1 else "were"
        return f"No lost write is surely open; those of {several(counts['maybe'], 'deploy')} {was} perhaps put right"
    if counts["doubt"]:
        are = "is" if counts["doubt"] == 1 else "are"
        return f"No lost write is known to be open, but {several(counts['doubt'], 'deploy')} {are} in doubt"
    return "No lost write is open"


def _nothing_judged(counts: Mapping[str, int]) -> str:
    if not counts["doubt"]:
        return "No write to a key-value store is in what was read"
    only = counts["deploys"] == 1
    return "The only deploy cannot be judged" if only else "None of the deploys can be judged"


def facts(trends: Trends) -> list[str]:
    """The numbers behind it, a sentence each; a share says of how many it is."""
    counts = whole(trends)
    told = [f"{several(counts['deploys'], 'deploy')} looked at, {counts['judged']:,} could be judged."]
    if counts["lost"]:
        share = rate(counts["in_1000"])
        told.append(f"{counts['lost']:,} of these lost a write ({share}): {_ends(counts)}.")
        missing = sure_losses(trends)
        still = missing.filter(pl.col("state") == "open").height
        losses = several(missing.height, "loss")
        told.append(
            f"{losses} of one key or entry each, {still:,} still open; several deploys can have missed the same."
        )
    if counts["doubt"]:
        told.append(f"{several(counts['doubt'], 'deploy')} with a write in doubt.")
    return told


def _ends(counts: Mapping[str, int]) -> str:
    words = {"open": "open", "maybe": "perhaps put right", "healed": "healed"}
    return ", ".join(f"{counts[name]:,} {word}" for name, word in words.items() if counts[name])


def whole(trends: Trends) -> dict[str, int]:
    """The row of TREND of all deploys; zeros where there are none."""
    row: dict[str, int] = next(
        trends.trend.filter(pl.col("by") == "all").iter_rows(named=True),
        dict.fromkeys(trends.trend.columns, 0),
    )
    return row


def sure_losses(trends: Trends) -> pl.DataFrame:
    """The losses that are more than likely."""
    return trends.losses.filter(pl.col("verdict") != "unverifiable")


def opened(trends: Trends, state: str = "open") -> pl.DataFrame:
    """LOSSES of that state, the oldest first, those of an unknown time last."""
    found = sure_losses(trends).filter(pl.col("state") == state)
    return found.sort("missing_since", nulls_last=True, maintain_order=True)


def with_deploys(lost: pl.DataFrame, report: AuditReport) -> pl.DataFrame:
    """LOSSES with what their last write and its deploy say: app, stage, tool_version, deployed_at, remedy, ..."""
    of_write = report.writes.select(
        "deploy",
        "app",
        "stage",
        "tool_version",
        "deployed_at",
        "action",
        "pattern",
        "name",
        "source",
        "line",
        "remedy",
        "remedy_note",
        "remedy_needs",
        "redeploy",
        latest="id",
    )
    return lost.join(of_write, on="latest", how="left", maintain_order="left")


def doubts(report: AuditReport) -> pl.DataFrame:
    """`cause, writes, deploys` of the writes in doubt that nothing healed, the most first."""
    healed = report.followed.filter(pl.col("state") == "healed").select(id="write")
    return (
        report.writes.filter(pl.col("verdict") == "unverifiable")
        .join(healed, on="id", how="anti")
        .group_by("cause")
        .agg(writes=pl.len(), deploys=pl.col("deploy").n_unique())
        .sort("writes", "cause", descending=[True, False], nulls_last=True)
    )
