"""The evidence for each verdict: lines that a person can open, `path:line` of a log or `path#eventID` of a trail.

In come FINAL_VERDICTS, FAILED_ATTEMPTS and CALLS. Out goes EVIDENCE: for each write its lines in the order of the
story, each with a place and a sentence.
"""

from __future__ import annotations

import polars as pl

from analyzer.tables import EVIDENCE, conform, empty
from analyzer.verdicts.closing import is_listing
from analyzer.verdicts.deleters import WITH_TERRAFORM, with_terraform
from analyzer.verdicts.doubts import doubt
from analyzer.verdicts.lines import Line, row
from analyzer.verdicts.matching.attempts import MOST_SHOWN
from analyzer.verdicts.signs import in_a_gap, never_set

_EVENT_COLUMNS = (
    "event_id",
    "failed_read",
    "absent_read",
    "near_attempt",
    "near_event",
    "last_event",
    "loss_event_id",
    "threat",
    "gap_event",
    "last_behind_gap",
    "before",
    "after",
)


def evidence(
    concluded: pl.DataFrame, failed: pl.DataFrame, calls: pl.DataFrame, chain: pl.DataFrame
) -> pl.DataFrame:
    """EVIDENCE of every write, in the order of the story: log, calls, listing, chain, coverage.

    Args:
        concluded: FINAL_VERDICTS.
        failed: FAILED_ATTEMPTS.
        calls: CALLS.
        chain: CHAIN, with the listings that close it.
    """
    if concluded.is_empty():
        return empty(EVIDENCE)
    named = pl.concat([failed["event_id"], *(concluded[name].rename("event_id") for name in _EVENT_COLUMNS)])
    by_event = (
        calls.lazy()
        .filter(pl.col("event_id").is_in(named.drop_nulls().unique().implode()))
        .select(
            "event_id",
            "at",
            "api",
            "caller",
            "error_code",
            "error_message",
            "if_match",
            "etag",
            "source",
            "user_agent",
        )
        .unique("event_id", keep="first", maintain_order=True)
        .collect()
    )
    parts = [
        _intents(concluded),
        _never_set(concluded),
        _failed(failed, by_event),
        _named(concluded, by_event, "failed_read", "failed_read", _read_failed()),
        _named(concluded, by_event, "absent_read", "absent_read", pl.lit("GetKey found no such key")),
        _named(concluded, by_event, "event_id", "answer", _succeeded()),
        _named(concluded, by_event, "near_attempt", "near_attempt", _near_attempt()),
        _named(concluded, by_event, "near_event", "near_miss", _unclaimed()),
        _named(concluded, by_event, "last_event", "last_change", _before()),
        _listing_lines(concluded),
        _named(concluded, by_event, "loss_event_id", "loss", _loss()),
        _named(concluded.filter(_in_doubt()), by_event, "threat", "threat", _threat()),
        _named(concluded.filter(_in_doubt() & in_a_gap()), by_event, "gap_event", "gap", _gap()),
        _named(concluded.filter(_in_doubt()), by_event, "last_behind_gap", "gap", _gap_before()),
        _order_of_loss(concluded, by_event),
        _either(concluded),
        _bracket(concluded, by_event),
        _listed_ends(concluded, chain),
        doubt(concluded),
    ]
    numbered = (
        pl.concat(part for part in parts if not part.is_empty())
        .join(concluded.select("number", write="id"), on="write")
        .sort("number", "rank", "at", "source", maintain_order=True)
    )
    order = pl.int_range(pl.len()).over("write")
    return conform(numbered.with_columns(order=order), EVIDENCE)


def _place() -> pl.Expr:
    """Where a call can be opened."""
    return pl.format("{}#{}", "source", "event_id")


def _intents(concluded: pl.DataFrame) -> pl.DataFrame:
    """What the log says was meant, and how it says it ended."""
    action = pl.col("action").replace_strict(
        {"put": "put", "append": "add a route to", "remove": "remove a route from", "delete": "delete"}
    )
    entry = (
        pl.when(pl.col("entry").is_not_null()).then(pl.format(" (entry {})", "entry")).otherwise(pl.lit(""))
    )
    error = (
        pl.when(pl.col("error_message").is_not_null())
        .then(pl.format(": {}", _first_line(300)))
        .otherwise(pl.lit(""))
    )
    detail = pl.format(
        "{} of {} was to {} {}{}; the log says it {}{}",
        # SST's terminal names no operation of a resource that failed, and a text may name no key.
        pl.col("op").fill_null("an operation"),
        pl.col("name").fill_null("an unknown resource"),
        action,
        pl.col("key").fill_null("an unknown key"),
        entry,
        pl.col("reported").replace("unfinished", "never finished"),
        error,
    )
    return concluded.select("id", *row("intent", "log", _logged_at(), _logged(), detail)).rename(
        {"id": "write"}
    )


def _logged() -> pl.Expr:
    """The line of the log where the operation ends, or begins."""
    return pl.format("{}:{}", "source", "line")


def _logged_at() -> pl.Expr:
    """Its time. Where the log has no times, the window is the user's, and no time of the log."""
    return pl.when("exact").then(pl.coalesce("end", "start"))


def _never_set(concluded: pl.DataFrame) -> pl.DataFrame:
    """That the log itself shows of a dropped write that no call was made for it."""
    shown = concluded.filter(never_set() & (pl.col("verdict") == "dropped"))
    detail = pl.lit("the operation's outputs were never set: its provider returned before it wrote")
    return shown.select("id", *row("never_set", "log", _logged_at(), _logged(), detail)).rename(
        {"id": "write"}
    )


def _failed(failed: pl.DataFrame, by_event: pl.DataFrame) -> pl.DataFrame:
    """The failed write calls, the first few of each write."""
    if failed.is_empty():
        return failed
    described = (
        failed.sort("at", "event_id")
        .with_columns(nth=pl.int_range(pl.len()).over("write"))
        .filter(pl.col("nth") < MOST_SHOWN)
    )
    more = (
        pl.when((pl.col("nth") == MOST_SHOWN - 1) & (pl.col("total") > MOST_SHOWN))
        .then(pl.format(" (and {} more)", pl.col("total") - MOST_SHOWN))
        .otherwise(pl.lit(""))
    )
    again = pl.when("resolved").then(pl.lit("; tried again")).otherwise(pl.lit(""))
    detail = pl.format("{} failed: {}{}{}", "api", _error(), again, more)
    return (
        described.select("write", "event_id", "resolved", "nth", "total")
        .join(by_event, on="event_id")
        .select(
            "write",
            *row("failed_attempt", "call", pl.col("at"), _place(), detail),
        )
    )


def _error() -> pl.Expr:
    message = _first_line(200)
    text = pl.when(message.is_not_null()).then(pl.format(" ({})", message)).otherwise(pl.lit(""))
    return pl.concat_str(pl.col("error_code").fill_null("no error code"), text)


def _first_line(most: int) -> pl.Expr:
    """The first line of the error's message, with `…` where it is cut: an ARN that lacks its end is no ARN."""
    line = pl.col("error_message").str.split("\n").list.first()
    return pl.when(line.str.len_chars() > most).then(line.str.slice(0, most) + "…").otherwise(line)


def _read_failed() -> pl.Expr:
    return pl.format("GetKey failed: {}; no write followed", _error())


def _succeeded() -> pl.Expr:
    by = pl.col("caller").fill_null("an unknown caller")
    etag = pl.when(pl.col("etag").is_not_null()).then(pl.format(", ETag {}", "etag")).otherwise(pl.lit(""))
    return pl.format("{} succeeded, by {}{}", "api", by, etag)


def _unclaimed() -> pl.Expr:
    return pl.format(
        "{} by {} {}: no operation claims it, and it could be this write at another time",
        "api",
        pl.col("caller").fill_null("an unknown caller"),
        _outcome(),
    )


def _near_attempt() -> pl.Expr:
    return pl.format(
        "{} by {} {}, within the operation's time",
        "api",
        pl.col("caller").fill_null("an unknown caller"),
        _outcome(),
    )


def _outcome() -> pl.Expr:
    failed = pl.col("error_code").is_not_null() | pl.col("error_message").is_not_null()
    return (
        pl.when(failed)
        .then(pl.lit("failed"))
        .when(pl.col("etag").is_not_null())
        .then(pl.lit("succeeded"))
        .otherwise(pl.lit("has an unknown outcome"))
    )


def _in_doubt() -> pl.Expr:
    return (pl.col("verdict") == "landed") & (pl.col("confidence") == "low")


def _loss() -> pl.Expr:
    tool = pl.when(with_terraform()).then(pl.lit(WITH_TERRAFORM)).otherwise(pl.lit(""))
    return pl.format("{}{}", "loss_detail", tool)


def _threat() -> pl.Expr:
    return pl.format(
        "{} by {} {}",
        "api",
        pl.col("caller").fill_null("an unknown caller"),
        pl.col("threat_detail").fill_null(""),
    )


def _gap() -> pl.Expr:
    return pl.format(
        "{} by {} replaced an ETag that no available call made: the call that is missing before it may have taken this "
        "write away",
        "api",
        pl.col("caller").fill_null("an unknown caller"),
    )


def _gap_before() -> pl.Expr:
    return pl.format(
        "{} by {} replaced an ETag that no available call made, and this write's call is the last of the store: where "
        "one record is missing, a later one may be too, which took this write away",
        "api",
        pl.col("caller").fill_null("an unknown caller"),
    )


def _before() -> pl.Expr:
    return pl.format("before the operation the key was last changed by this {} ({})", "api", "last_effect")


def _named(
    concluded: pl.DataFrame, by_event: pl.DataFrame, column: str, line: Line, detail: pl.Expr
) -> pl.DataFrame:
    """A line for the call that `column` names; of what was there before only where it decides about a delete."""
    calls = concluded.filter(pl.col(column).is_not_null() & _shows(column)).select(
        "last_effect", "loss_detail", "threat_detail", write="id", event_id=column
    )
    if calls.is_empty():
        return calls
    return calls.join(by_event, on="event_id").select(
        "write", *row(line, "call", pl.col("at"), _place(), detail)
    )


def _shows(column: str) -> pl.Expr:
    if column == "last_event":
        return (pl.col("action") == "delete") & pl.col("event_id").is_null()
    if column in {"failed_read", "absent_read"}:
        return pl.col("event_id").is_null()
    if column in {"near_event", "near_attempt"}:
        return pl.col("verdict") == "unverifiable"
    return pl.lit(value=True)


def _bracket(concluded: pl.DataFrame, by_event: pl.DataFrame) -> pl.DataFrame:
    """The two ends of the unbroken chain around the window of a write that no call made."""
    bracketed = concluded.filter(
        pl.col("verdict").is_in(["dropped", "errored"])
        & pl.col("sure").is_not_null()
        & pl.col("between").is_not_null()
    ).select("between", "before", "after", write="id")
    if bracketed.is_empty():
        return bracketed
    begins = pl.format("an unbroken chain begins with this write, which returned ETag {}", "etag")
    ends = pl.format("and ends with this one, made on ETag {}: {}", "if_match", _writes_between())
    lines: tuple[tuple[str, Line, pl.Expr], ...] = (
        ("before", "bracket_begin", begins),
        ("after", "bracket_end", ends),
    )
    return pl.concat(
        bracketed.select("write", "between", event_id=column)
        .join(by_event, on="event_id")
        .select("write", *row(line, "chain", pl.col("at"), _place(), detail))
        for column, line, detail in lines
    )


def _writes_between() -> pl.Expr:
    """How many writes the chain has between its ends, as a clause: none of them is by the operation."""
    between = pl.col("between")
    return (
        pl.when(between == 0)
        .then(pl.lit("no successful write is between them"))
        .when(between == 1)
        .then(pl.lit("1 successful write is between them, not by this operation"))
        .otherwise(pl.format("{} successful writes are between them, none by this operation", between))
    )


def _listed_ends(concluded: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """The listings that begin or end the unbroken chain around a write that no call made."""
    links = chain.filter(is_listing(pl.col("event_id")))
    if links.is_empty():
        return links
    links = links.unique("event_id", maintain_order=True)
    bracketed = concluded.filter(
        pl.col("verdict").is_in(["dropped", "errored"]) & pl.col("sure").is_not_null()
    ).select("after", "before", write="id")
    begins = pl.format(
        "an unbroken chain begins with a listing that bears ETag {}, as the next call found it", "etag"
    )
    ends = pl.format(
        "the listing bears the ETag of the last call ({}): nothing was written since", "if_match"
    )
    lines: tuple[tuple[str, Line, pl.Expr], ...] = (
        ("before", "bracket_begin", begins),
        ("after", "bracket_end", ends),
    )
    return pl.concat(
        bracketed.select("write", event_id=column)
        .join(links, on="event_id")
        .select("write", *row(line, "chain", pl.col("at"), pl.col("source"), detail))
        for column, line, detail in lines
    )


def _listing_lines(concluded: pl.DataFrame) -> pl.DataFrame:
    """What a listing of the store shows: after every call, because it shows what became of them all."""
    with_detail = concluded.filter(pl.col("listed_detail").is_not_null())
    detail = pl.format("a listing of the store: {}", "listed_detail")
    cells = row("listing", "keys", pl.col("listed_at"), pl.col("listed_source"), detail)
    return with_detail.select("id", *cells).rename({"id": "write"})


def _order_of_loss(concluded: pl.DataFrame, by_event: pl.DataFrame) -> pl.DataFrame:
    """That the chain, not the clock, puts the loss behind the write."""
    ordered = concluded.filter((pl.col("verdict") == "lost") & pl.col("loss_distance").is_not_null())
    if ordered.is_empty():
        return ordered
    detail = pl.format(
        "the unbroken chain of ETags puts that call {} {} after the one that landed",
        "loss_distance",
        pl.when(pl.col("loss_distance") == 1).then(pl.lit("write")).otherwise(pl.lit("writes")),
    )
    return (
        ordered.select("loss_distance", write="id", event_id="loss_event_id")
        .join(by_event, on="event_id")
        .select("write", *row("order_of_loss", "chain", pl.col("at"), _place(), detail))
    )


def _either(concluded: pl.DataFrame) -> pl.DataFrame:
    """That the calls of this write and of another cannot be distinguished, and one of the two was lost."""
    detail = pl.format(
        "this call or that of {}: each call fits each of these writes, one write was lost, and nothing shows which",
        "or_else",
    )
    cells = row("ambiguity", "chain", pl.lit(None), pl.lit("trail"), detail)
    return (
        concluded.filter(pl.col("ambiguous_cause").is_not_null()).select("id", *cells).rename({"id": "write"})
    )
