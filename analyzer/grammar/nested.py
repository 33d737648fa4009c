"""What stands inside a message: SDK errors, the console lines of a router, the list of changed properties.

Distinct texts are parsed once, by Lark's LALR parser, after a literal test has put the others aside. Most logs hold
none of this: Lark and the grammars are loaded when the first text needs them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from analyzer.grammar.files import read_grammar

if TYPE_CHECKING:
    from lark import Lark

    from analyzer.grammar.line import LineGrammar
    from analyzer.grammar.oracle import Oracle

SDK_MARKS = ("operation error ", "status code: ", ", https response error StatusCode: ")
"""Texts; each message with an SDK error holds one of them."""
_KV_MARKS = ("kv namespace for ", "entry: ")
_SDK = ("api", "status", "request_id", "error_code", "error_text")
_KV = ("kv_namespace", "kv_entry")
_DIFF = ("added", "deleted", "updated")
_DIFF_LIST = r"\[diff: [^\]]*\]"


def sdk_errors(messages: pl.Series) -> pl.DataFrame:
    """The first AWS SDK error in each message (`grammars/sdk.lark`).

    Returns:
        One row per message, in order: `message`, `api` (the operation that failed; null in SDK v1), `status` (HTTP,
        Int64), `request_id`, `error_code`, `error_text`; null where the message has none.
    """
    return _beside(messages, "message", distinct_sdk_errors(messages))


def distinct_sdk_errors(messages: pl.Series) -> pl.DataFrame:
    """A row for each distinct message that has an SDK error, with the columns of `sdk_errors`."""
    texts = messages.cast(pl.String)
    distinct = texts.filter(texts.str.contains("|".join(SDK_MARKS))).unique().to_frame("message")
    if distinct.is_empty():
        return _no_rows("message", _SDK, status=pl.Int64())
    errors = pl.coalesce(pl.col("message").str.extract(form.search, 0) for form in _lines("sdk").forms)
    distinct = distinct.with_columns(errors.alias("error")).drop_nulls("error")
    parsed = _parsed(distinct["error"].unique())
    return distinct.join(parsed, on="error", how="inner").select("message", *_SDK)


def console_lines(messages: pl.Series) -> pl.DataFrame:
    """What an SST router prints of its routes (`grammars/kv.lark`).

    Returns:
        One row per message, in order: `message`, `kv_namespace` (the route that a namespace is built for) and
        `kv_entry` (`TYPE,NAMESPACE,HOST,PATH`, the entry of a routes key); null where the message is another.
    """
    texts = pl.DataFrame({"message": messages.cast(pl.String)})
    if not texts.select(_holds("message", _KV_MARKS).any()).item():
        return texts.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in _KV)
    parsed = _lines("kv").parse(texts["message"].str.replace(f"^{_DIFF_LIST}; ", ""))
    return texts.with_columns(parsed[name] for name in _KV)


def diff_keys(info: pl.Series) -> pl.DataFrame:
    """The properties that a row says have changed: its `[diff: +a,b-c~d]` (`grammars/diff.lark`).

    Returns:
        One row per text, in order: `info`, and `added`, `deleted`, `updated` (lists of String); null without a list.
    """
    distinct = pl.DataFrame({"info": info.cast(pl.String)}).unique()
    distinct = distinct.with_columns(pl.col("info").str.extract(_DIFF_LIST, 0).alias("list")).drop_nulls(
        "list"
    )
    texts = distinct["list"].unique().to_list()
    schema = {"list": pl.String()} | {name: pl.List(pl.String()) for name in _DIFF}
    parsed = pl.DataFrame([{"list": text, **_changed(text)} for text in texts], schema=schema)
    per_text = distinct.join(parsed, on="list", how="inner").drop("list")
    return _beside(info, "info", per_text)


def _lines(name: str) -> LineGrammar:
    from analyzer.grammar.line import load

    return load(name)


def _no_rows(key: str, columns: tuple[str, ...], **other: pl.DataType) -> pl.DataFrame:
    text: dict[str, pl.DataType] = dict.fromkeys((key, *columns), pl.String())
    return pl.DataFrame(schema=text | other)


def _holds(column: str, marks: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal(pl.col(column).str.contains(mark, literal=True) for mark in marks)


def _beside(texts: pl.Series, name: str, per_text: pl.DataFrame) -> pl.DataFrame:
    """`texts` as column `name`, in order, with the rows of `per_text` that are about them."""
    return pl.DataFrame({name: texts.cast(pl.String)}).join(
        per_text, on=name, how="left", maintain_order="left"
    )


def _parsed(errors: pl.Series) -> pl.DataFrame:
    oracle = _sdk_parser()
    schema = {"error": pl.String()} | {name: pl.String() for name in _lines("sdk").captures}
    rows = [{"error": text, **captures[1]} for text in errors if (captures := oracle.parse(text))]
    code = (
        pl.coalesce("error_code", "bare_code", "v1_code")
        .str.strip_prefix(", ")
        .str.strip_prefix("api error ")
    )
    text = pl.coalesce(pl.coalesce("error_text", "bare_text").str.strip_chars_start(", :"), pl.col("v1_text"))
    return pl.DataFrame(rows, schema=schema).select(
        "error",
        pl.coalesce("api", pl.col("bare").str.extract("^[^:]+: ([A-Za-z0-9]+)")),
        pl.coalesce("status", pl.coalesce("response", "bare").str.extract("StatusCode: ([0-9]+)"))
        .cast(pl.Int64, strict=False)
        .alias("status"),
        pl.coalesce("request_id", "bare_request_id"),
        code.str.strip_suffix(": ").alias("error_code"),
        text.alias("error_text"),
    )


@cache
def _sdk_parser() -> Oracle:
    from analyzer.grammar.oracle import Oracle

    return Oracle(_lines("sdk"))


@cache
def _diff_parser() -> Lark:
    from analyzer.grammar.lalr import parser  # loads Lark

    return parser("diff", read_grammar("diff"))


def _changed(text: str) -> dict[str, list[str]]:
    from lark import Token
    from lark.exceptions import UnexpectedInput

    try:
        tree = _diff_parser().parse(text)
    except UnexpectedInput:
        return {}
    keys: dict[str, list[str]] = {name: [] for name in _DIFF}
    for group in tree.find_pred(lambda node: node.data in _DIFF):
        keys[group.data] += [str(key) for key in group.children if isinstance(key, Token)]
    return keys
