"""Lines of SST's terminal as events: steps, the frame, errors."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.text_sst_names import full_name, seconds_of, told_by, took_of, word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

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
_RESULTS: Final = {
    "ui_done": "done",
    "ui_unchanged": "done",
    "ui_failed": "failed",
    "ui_locked": "failed",
    "ui_exit": "failed",
    "ui_interrupted": "interrupted",
}
_VALUES: Final = {"done": "succeeded"} | {word: word for word in ("failed", "interrupted")}
_FACTS: Final = {
    "ui_header": [("tool", "version"), ("tool_version", "version")],
    "ui_app": [("app", "app")],
    "ui_stage": [("stage", "stage")],
    "ui_console": [("console", "url")],
    "ui_command": [("command", "mode")],
    "ui_permalink": [("permalink", "url")],
    "ui_trailer": [("permalink", "url")],
}
"""The facts that a line tells, each with the capture that holds it."""
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
_FALSE: Final = "✕  Interrupted (before v4.1.3 SST said so of deploys that were whole, too)"

# A request id that a pasted terminal has broken in two; it is one where the halves make a whole one.
_BROKEN_ID: Final = r"(RequestID: [0-9a-f-]{0,36})\n([0-9a-f-]{1,36}, )"
_WHOLE_ID: Final = r"RequestID: [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}, "

_form = pl.col("form")


def step_events(form: str, lines: pl.DataFrame) -> pl.DataFrame:
    """What is done, under way, or listed by `sst diff`.

    `Created` is `create`, be it a replacement's or not: the text does not say. Under `sst refresh` every step is a
    `refresh`, since only the state changes. What a footer says is told once in a deploy. A change that `sst diff`
    lists is a `summary`: its step stands above.

    Args:
        form: of all lines; those that are neither `ui_doing` nor `ui_change` are of steps that are done.
        lines: `line`, `run`, `mode`, and `verb`, `name` and `type` as they stand.
    """
    kind = _NOT_DONE.get(form, "done")
    outcome = None if form == "ui_change" else kind
    shown, took, verb = pl.col("type"), pl.col("took"), pl.col("verb")
    steps = lines.with_columns(verb.str.strip_chars_end(" "), took_of(shown).alias("took"))
    steps = steps.with_columns(word_of(shown, took).alias("word"))
    words = steps.select(pl.col("word").unique()).select("word", *told_by(pl.col("word")))
    op = verb.replace_strict(_DONE | _STARTED | _PLANNED, default=None, return_dtype=pl.String)
    refreshed = (pl.col("mode") == "refresh") & (op != "import")
    once = pl.concat_str(pl.lit("started "), verb, "name", shown, separator=" ")
    return steps.join(words, on="word", how="left", maintain_order="left").select(
        "line",
        pl.col("token").alias("type"),
        full_name(pl.col("name"), pl.col("rest")).alias("name"),
        pl.lit(kind).alias("kind"),
        pl.when(refreshed).then(pl.lit("refresh")).otherwise(op).alias("op"),
        pl.lit(outcome, pl.String).alias("outcome"),
        seconds_of(took).alias("seconds"),
        *(["run", once.alias("once")] if form == "ui_doing" else []),
    )


def frame_events(lines: pl.DataFrame) -> list[pl.DataFrame]:
    """The header, the end, what the program says of routes, and leaks; outputs by name alone.

    Args:
        lines: `line`, `form`, `mode`, `text` and `FRAME_CAPTURES`.
    """
    makers: tuple[tuple[Collection[str], Callable[[pl.DataFrame], pl.DataFrame]], ...] = (
        (_FACTS, _facts),
        (_RESULTS, _ends),
        (("ui_building", "ui_routed", "ui_log"), partial(_said, kind="console")),
        (("ui_rule", "ui_property"), partial(_said, kind="summary")),
        (("ui_warning",), partial(_said, kind="diagnostic", severity="warning")),
        (("ui_info",), partial(_said, kind="diagnostic", severity="info")),
        (("ui_output",), lambda mine: mine.select("line", kind=pl.lit("output"), name="key")),
        (_LEAKS, _leaks),
    )
    present = set(lines["form"].unique())
    return [
        make(lines.filter(_form.is_in(list(forms))))
        for forms, make in makers
        if not present.isdisjoint(forms)
    ]


def _facts(lines: pl.DataFrame) -> pl.DataFrame:
    """`header` events with a fact of the deploy; the header is two: the tool and its version."""
    command = pl.col("mode").replace("", None)
    found = []
    for form in lines["form"].unique(maintain_order=True):
        of_form = lines.filter(_form == form)
        for fact, said in _FACTS[form]:
            value = {"tool": pl.lit("sst"), "command": command}.get(fact, pl.col(said))
            op = command.replace_strict(_ACTIONS, default=None, return_dtype=pl.String)
            found.append(
                of_form.select(
                    "line",
                    kind=pl.lit("header"),
                    op=op if fact == "command" else pl.lit(None, pl.String),
                    name=value if fact == "stage" else pl.lit(None, pl.String),
                    message="text",
                    fact=pl.lit(fact),
                    value=value,
                )
            )
    return pl.concat(found)


def _ends(lines: pl.DataFrame) -> pl.DataFrame:
    """`summary` events with how the deploy ended."""
    locked = _form == "ui_locked"
    outcome = _form.replace_strict(_RESULTS, default=None, return_dtype=pl.String)
    result = outcome.replace_strict(_VALUES, default=None, return_dtype=pl.String)
    ended = lines.with_columns(outcome.alias("outcome"), result.alias("value")).filter(
        pl.col("outcome").is_not_null()
    )
    interrupted = pl.col("outcome") == "interrupted"
    ends = ended.select(
        "line",
        "outcome",
        "value",
        kind=pl.lit("summary"),
        message=pl.when(interrupted).then(pl.lit(_FALSE)).otherwise("text"),
        fact=pl.lit("result"),
    )
    return pl.concat(
        [
            ends,
            ended.filter(locked).select(
                "line",
                pl.lit(None, pl.String).alias("outcome"),
                pl.lit("true").alias("value"),
                kind=pl.lit("summary"),
                message="text",
                fact=pl.lit("locked"),
            ),
        ]
    )


def _said(lines: pl.DataFrame, kind: str, severity: str | None = None) -> pl.DataFrame:
    """Lines that say something by their text alone; a property's value is not kept."""
    text = pl.col("text")
    bare = (
        pl.when(_form == "ui_property")
        .then(pl.concat_str(pl.lit("   "), "mark", "path"))
        .otherwise(text.str.replace(r"^\|  (?:Log {9}|Log$|Warning +|Info +)", ""))
    )
    return lines.select("line", kind=pl.lit(kind), severity=pl.lit(severity, pl.String), message=bare)


def _leaks(lines: pl.DataFrame) -> pl.DataFrame:
    """`diagnostic` events of promises that the program left; each begins with a fact, and may name a resource."""
    begins = pl.col("text").str.starts_with("Promise leak")
    return lines.select(
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


def message_lines(
    lines: pl.DataFrame, *, heads: Collection[str], sections: Collection[str], nameable: str
) -> pl.DataFrame:
    """SAID of errors.

    Args:
        lines: those of messages.
        heads: the forms with which a message begins.
        sections: those in which a message goes on.
        nameable: the section in which the bare name of a resource begins one.
    """
    inside = pl.col("section").is_in(sections)
    names = (_form == "ui_of") & (pl.col("section") == nameable)
    resource = _form.is_in(("ui_error_of", "ui_what", "ui_failed")) | names
    text = pl.col("text").str.replace(r"^\|  (?:(?:Build )?Error(?: +|$))?", "").str.replace(r"^✕  ", "")
    return lines.select(
        "line",
        "at",
        "run",
        "planning",
        pl.when(inside).then(pl.col("group_type").replace("", None)).alias("type"),
        pl.when(inside).then(pl.col("group_name").replace("", None)).alias("name"),
        pl.lit("error").alias("severity"),
        (_form.is_in(heads) | names | ~inside).fill_null(value=False).alias("head"),
        pl.when(resource.fill_null(value=False)).then(pl.lit(None, pl.String)).otherwise(text).alias("text"),
    )


def whole_messages(messages: pl.DataFrame) -> pl.DataFrame:
    """A `diagnostic` per error, and before it a `failed` for the resource that it names, if any.

    SST says each error twice, below `Error` and below `Failed`: both are told once, by resource and first line.
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
    told = errors.with_columns(once=pl.concat_str(pl.lit("error "), key))
    return pl.concat([failed, told], how="diagonal")
