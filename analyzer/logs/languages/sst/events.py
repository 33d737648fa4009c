"""Lines of SST's terminal as events: steps, the frame, errors."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.languages.sst.names import full_name, seconds_of, told_by, took_of, word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

_DONE: Final = {
    "Created": "create",
    "Updated": "update",
    "Deleted": "delete",
    "Imported": "import",
    "Refreshed": "refresh",
}
_STARTED: Final = {"Creating": "create", "Updating": "update", "Deleting": "delete", "Refreshing": "refresh"}
_PLANNED: Final = {"+": "create", "*": "update", "-": "delete"}
_NOT_DONE: Final = {"ui_doing": "started", "ui_change": "summary"}
_ACTIONS: Final = {"deploy": "update", "remove": "destroy", "refresh": "refresh", "diff": "preview"}
_FACTS: Final = pl.DataFrame(
    [
        ("ui_header", "tool"),
        ("ui_header", "tool_version"),
        ("ui_app", "app"),
        ("ui_stage", "stage"),
        ("ui_console", "console"),
        ("ui_command", "command"),
        ("ui_permalink", "permalink"),
        ("ui_trailer", "permalink"),
    ],
    schema=["form", "fact"],
    orient="row",
)
"""The facts that a line reports."""
_RESULTS: Final = pl.DataFrame(
    [
        ("ui_done", "done", "result", "succeeded"),
        ("ui_unchanged", "done", "result", "succeeded"),
        ("ui_failed", "failed", "result", "failed"),
        ("ui_locked", "failed", "result", "failed"),
        ("ui_locked", None, "locked", "true"),
        ("ui_exit", "failed", "result", "failed"),
        ("ui_interrupted", "interrupted", "result", "interrupted"),
    ],
    schema=["form", "outcome", "fact", "value"],
    orient="row",
)
"""How the deploy ended, by the line that says so."""
_FRAME: Final = pl.DataFrame(
    [
        ("ui_building", "console", None),
        ("ui_routed", "console", None),
        ("ui_log", "console", None),
        ("ui_rule", "summary", None),
        ("ui_property", "summary", None),
        ("ui_warning", "diagnostic", "warning"),
        ("ui_info", "diagnostic", "info"),
    ],
    schema=["form", "kind", "severity"],
    orient="row",
)
"""The lines that say something by their text alone."""
TABLES: Final = (_FACTS, _RESULTS, _FRAME)
FRAME_CAPTURES: Final = (
    *("version", "app", "stage", "url", "mark", "path", "key", "count", "leaked", "leaked_type"),
)
_LEAKS: Final = (
    "ui_promises",
    "ui_promise_text",
    "ui_leak",
    "ui_leak_at",
    "ui_leak_of",
    "ui_leak_context",
)
_FALSE: Final = "✕  Interrupted (before v4.1.3 SST also printed this for deploys that had completed)"

# A request id that a pasted terminal has broken in two; it is one where the halves make a whole one.
_BROKEN_ID: Final = r"(RequestID: [0-9a-f-]{0,36})\n([0-9a-f-]{1,36}, )"
_WHOLE_ID: Final = r"RequestID: [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}, "

# What stands before the message of a line of the form `ui_error_line`.
_RESOURCE: Final = r"^\|  Error +(?:[^→]* → )?[^ →:]+ +[^ :→]+(?::[^ :→]+)+ "

_form = pl.col("form")


def step_events(form: str, lines: pl.DataFrame) -> pl.DataFrame:
    """What is done, under way, or listed by `sst diff`.

    `Created` is `create`, also of a replacement: the text is the same. Under `sst refresh` every step is a
    `refresh`, since only the state changes. What a footer says gives one event in a deploy. A change that `sst diff`
    lists is a `summary`: its step stands above.

    Args:
        form: of all lines; those that are neither `ui_doing` nor `ui_change` are of steps that are done.
        lines: `line`, `run`, `mode`, and `verb`, `name` and `type` as they stand.
    """
    kind = _NOT_DONE.get(form, "done")
    outcome = None if form == "ui_change" else kind
    row, took, verb = pl.col("type"), pl.col("took"), pl.col("verb")
    steps = lines.with_columns(verb.str.strip_chars_end(" "), took_of(row).alias("took"))
    steps = steps.with_columns(word_of(row, took).alias("word"))
    words = steps.select(pl.col("word").unique()).select("word", *told_by(pl.col("word")))
    op = verb.replace_strict(_DONE | _STARTED | _PLANNED, default=None, return_dtype=pl.String)
    refreshed = (pl.col("mode") == "refresh") & (op != "import")
    once = pl.concat_str(pl.lit("started "), verb, "name", row, separator=" ")
    return steps.join(words, on="word", how="left", maintain_order="left").select(
        "line",
        pl.col("token").alias("type"),
        full_name(pl.col("name"), pl.col("rest")).alias("name"),
        pl.lit(kind).alias("kind"),
        pl.when(refreshed).then(pl.lit("refresh")).otherwise(op).alias("op"),
        pl.lit(outcome, pl.String).alias("outcome"),
        seconds_of(took).alias("seconds"),
        *(["run", once.alias("once")] if form == "ui_doing" else []),
        *([pl.lit(value=True).alias("planning")] if form == "ui_change" else []),
    )


def frame_events(lines: pl.DataFrame) -> list[pl.DataFrame]:
    """The header, the end, what the program says of routes, and leaks; outputs by name alone.

    Args:
        lines: `line`, `form`, `mode`, `text` and `FRAME_CAPTURES`.
    """
    makers: tuple[tuple[Iterable[str], Callable[[pl.DataFrame], pl.DataFrame]], ...] = (
        (_FACTS["form"], _facts),
        (_RESULTS["form"], _ends),
        (_FRAME["form"], _frame_events),
        (("ui_output",), _outputs),
        (_LEAKS, _leaks),
    )
    present = set(lines["form"].unique())
    return [make(lines) for forms, make in makers if not present.isdisjoint(forms)]


def _facts(lines: pl.DataFrame) -> pl.DataFrame:
    """`header` events with a fact of the deploy; the header is two: the tool and its version."""
    return lines.join(_FACTS, on="form", maintain_order="left_right").select(*_fact())


@cache
def _fact() -> list[pl.Expr]:
    fact, command = pl.col("fact"), pl.col("mode").replace("", None)
    value = (
        pl.when(fact == "tool")
        .then(pl.lit("sst"))
        .when(fact == "command")
        .then(command)
        .otherwise(pl.coalesce("version", "app", "stage", "url"))
    )
    op = command.replace_strict(_ACTIONS, default=None, return_dtype=pl.String)
    return [
        pl.col("line"),
        pl.lit("header").alias("kind"),
        pl.when(fact == "command").then(op).alias("op"),
        pl.when(fact == "stage").then("stage").alias("name"),
        pl.col("text").alias("message"),
        fact,
        value.alias("value"),
    ]


def _ends(lines: pl.DataFrame) -> pl.DataFrame:
    """`summary` events with how the deploy ended."""
    message = pl.when(pl.col("outcome") == "interrupted").then(pl.lit(_FALSE)).otherwise("text")
    ends = lines.join(_RESULTS, on="form", maintain_order="left_right")
    generated = (_form == "ui_done") & pl.col("text").str.ends_with("Generated")  # by `sst diff` alone
    planning = pl.when(generated).then(pl.lit(value=True))
    return ends.select(
        "line", "outcome", "fact", "value", kind=pl.lit("summary"), message=message, planning=planning
    )


def _frame_events(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines that say something by their text alone; a property's value is not kept."""
    bare = (
        pl.when(_form == "ui_property")
        .then(pl.concat_str(pl.lit("   "), "mark", "path"))
        .otherwise(pl.col("text").str.replace(r"^\|  (?:Log {9}|Log$|Warning +|Info +)", ""))
    )
    frame = lines.join(_FRAME, on="form", maintain_order="left")
    return frame.select("line", "kind", "severity", message=bare)


def _outputs(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.filter(_form == "ui_output").select("line", kind=pl.lit("output"), name="key")


def _leaks(lines: pl.DataFrame) -> pl.DataFrame:
    """`diagnostic` events of promises that the program left; each begins with a fact, and may name a resource."""
    begins = pl.col("text").str.starts_with("Promise leak")
    return lines.filter(_form.is_in(_LEAKS)).select(
        "line",
        kind=pl.lit("diagnostic"),
        severity=pl.when((_form == "ui_promises") | begins).then(pl.lit("error")).otherwise(pl.lit("info")),
        type="leaked_type",
        name="leaked",
        message="text",
        fact=pl.when((_form == "ui_promises") | begins | (_form == "ui_leak_of")).then(
            pl.lit("promise_leak")
        ),
        value=pl.when(_form == "ui_promises").then("count").when(_form == "ui_leak_of").then("leaked"),
    )


def error_lines(
    lines: pl.DataFrame,
    *,
    heads: Collection[str],
    sections: Collection[str],
    names: Collection[str],
    nameable: str,
) -> pl.DataFrame:
    """MESSAGE_LINES of errors.

    Args:
        lines: those of messages.
        heads: the forms with which a message begins.
        sections: those in which a message goes on.
        names: the forms of the bare name of a resource.
        nameable: the section in which such a name begins one.
    """
    inside = pl.col("section").is_in(sections)
    named = _form.is_in(names) & (pl.col("section") == nameable)
    resource = _form.is_in(("ui_error_of", "ui_failed")) | named
    own = pl.when(_form == "ui_error_line").then(pl.col("text").str.replace(_RESOURCE, "")).otherwise("text")
    text = own.str.replace(r"^\|  (?:(?:Build )?Error(?: +|$))?", "").str.replace(r"^[✕\u00d7]  ", "")
    return lines.select(
        "line",
        "at",
        "run",
        "planning",
        pl.when(inside).then(pl.col("group_type").replace("", None)).alias("type"),
        pl.when(inside).then(pl.col("group_name").replace("", None)).alias("name"),
        pl.lit("error").alias("severity"),
        (_form.is_in(heads) | named | ~inside).fill_null(value=False).alias("head"),
        pl.when(resource.fill_null(value=False)).then(pl.lit(None, pl.String)).otherwise(text).alias("text"),
    )


def whole_messages(messages: pl.DataFrame) -> pl.DataFrame:
    """A `diagnostic` per error, and before it a `failed` for the resource that it names, if any.

    SST says each error twice, below `Error` and below `Failed`: both give one event, by resource and first line.
    Nothing says what the operation was: `op` is null.
    """
    joined = pl.col("message").str.replace_all(_BROKEN_ID, "${1}${2}")
    whole = pl.when(joined.str.contains(_WHOLE_ID)).then(joined).otherwise(pl.col("message"))
    errors = messages.with_columns(whole.str.strip_chars().replace("", None).alias("message")).filter(
        pl.col("message").is_not_null() | pl.col("name").is_not_null()
    )
    first = pl.col("message").str.extract(r"^(.*)").fill_null("")
    key = pl.concat_str(pl.col("type").fill_null(""), pl.col("name").fill_null(""), first, separator=" ")
    failed = errors.filter(pl.col("name").is_not_null()).select(
        pl.exclude("kind", "severity"),
        kind=pl.lit("failed"),
        outcome=pl.lit("failed"),
        once=pl.concat_str(pl.lit("failed "), key),
    )
    with_fact = errors.with_columns(once=pl.concat_str(pl.lit("error "), key))
    return pl.concat([failed, with_fact], how="diagonal")
