"""The way back: the command that puts right what did not land. Printed, never run.

Commands are those of the AWS CLI, `aws cloudfront-keyvaluestore` (docs.aws.amazon.com/cli/latest/reference/
cloudfront-keyvaluestore). The ETag is read first and sent as If-Match, so that a change made in between fails loudly
instead of being lost. A plain redeploy does not heal: Pulumi's state says that all is well, and SST compares with the
state, not with the store (facts: sst-output 4.5 S1, S4).
"""

from __future__ import annotations

from shlex import quote

import polars as pl

_BROKEN = ("dropped", "errored", "lost", "mismatched", "unfinished")
_AWS = "aws cloudfront-keyvaluestore"
_ETAG = f'ETAG="$({_AWS} describe-key-value-store --kvs-arn "$KVS" --query ETag --output text)"'


def remedies(concluded: pl.DataFrame) -> pl.DataFrame:
    """`write, remedy`: a command to copy for each write that did not land and whose store is known.

    Args:
        concluded: what `conclude.conclude` gives.
    """
    broken = concluded.filter(pl.col("verdict").is_in(_BROKEN)).select(
        "id", "action", "key", "pattern", "entry", "value", store=pl.coalesce("store", "anchor")
    )
    commands = [
        _command(action, store, key, entry, value, pattern=pattern)
        for action, store, key, entry, value, pattern in zip(
            *(broken[column] for column in ("action", "store", "key", "entry", "value", "pattern")),
            strict=True,
        )
    ]
    return broken.select(write="id").with_columns(remedy=pl.Series(commands, dtype=pl.String))


def _command(  # noqa: PLR0913 - what a write is
    action: str, store: str | None, key: str, entry: str | None, value: str | None, *, pattern: bool
) -> str | None:
    if store is None:
        return None
    if pattern:
        return _look(store, key)
    lines = [f"KVS={quote(store)}", *_change(action, key, entry, value)]
    return " &&\n".join(lines) if len(lines) > 1 else None


def _change(action: str, key: str, entry: str | None, value: str | None) -> list[str]:
    """The commands that make the change to the store `$KVS`; none where the log does not have the value."""
    if action == "delete":
        return [_ETAG, f'{_AWS} delete-key --kvs-arn "$KVS" --key {quote(key)} --if-match "$ETAG"']
    if action == "put":
        return [] if value is None else [_ETAG, _put(key, quote(value))]
    return [] if entry is None else _routes(key, entry, adds=action == "append")


def _put(key: str, value: str) -> str:
    return f'{_AWS} put-key --kvs-arn "$KVS" --key {quote(key)} --if-match "$ETAG" --value {value}'


def _routes(key: str, entry: str, *, adds: bool) -> list[str]:
    """Reads the list, changes one entry, writes it back.

    A list that cannot be read is not taken for an empty one: that mistake is what some of these writes were lost by.
    """
    change = "if index($e) then . else . + [$e] end" if adds else "map(select(. != $e))"
    parts = 'error("the list is cut into parts: change the route and deploy")'
    program = f'$r | if type == "array" then {change} else {parts} end'
    return [
        _ETAG,
        f'{{ ROUTES="$({_AWS} get-key --kvs-arn "$KVS" --key {quote(key)} --query Value --output text 2>&1)" ||\n'
        '  case "$ROUTES" in *ResourceNotFoundException*) ROUTES=\'[]\' ;; *) echo "$ROUTES" >&2; false ;; esac; }',
        f'ROUTES="$(jq -cn --argjson r "$ROUTES" --arg e {quote(entry)} {quote(program)})"',
        _put(key, '"$ROUTES"'),
    ]


def _look(store: str, key: str) -> str:
    """Where the key itself is not known: a listing of what is there under the pattern."""
    prefix, _, suffix = key.partition("*")
    test = f"starts_with(Key, '{prefix}')" if prefix else f"ends_with(Key, '{suffix}')"
    return f"{_AWS} list-keys --kvs-arn {quote(store)} --query {quote(f'Items[?{test}]')}"
