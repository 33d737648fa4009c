"""The way back: the command that puts right what did not land. Printed, never run.

Commands are those of the AWS CLI, `aws cloudfront-keyvaluestore` (docs.aws.amazon.com/cli/latest/reference/
cloudfront-keyvaluestore). The ETag is read first and sent as If-Match, so that a change made in between fails loudly
instead of being lost. Where a listing holds the list, the command holds the list as it must be: the entries that are
there, with all that are missing and without all that should be gone, in parts as SST writes them; and it first looks
that the list is still as it was listed.

A plain redeploy heals only what failed openly: then the state does not have it, and it is tried anew. Where the deploy
reported success, Pulumi's state says that all is well, and SST compares with the state, not with the store (facts:
sst-output 4.5 S1, S4).
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import polars as pl
from msgspec import json

from analyzer.store.routes import BATCH, cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.store.routes import RouteList

_BROKEN = ("dropped", "errored", "lost", "mismatched", "unfinished")
_ONE_OF = ("lost_update", "deleted", "namespace_collision", "never_attempted", "interrupted")
"""What is certain of one of several writes; the command does no harm where it was another."""
_LISTED = ("missing", "still_there")
_LARGEST = 1024  # bytes of a value (CloudFront quotas: 1 KB)
_REDEPLOY = {
    "succeeded": "A plain redeploy does not heal it: the deploy's state says that all is well, and SST compares with "
    "that state, not with the store.",
    "failed": "Deploy again: the deploy's state does not count it as done, so that it is tried anew.",
    "unfinished": "Deploy again: the deploy's state holds it as a pending operation, which the next deploy settles.",
}
_AWS = "aws cloudfront-keyvaluestore"
_ETAG = f'ETAG="$({_AWS} describe-key-value-store --kvs-arn "$KVS" --query ETag --output text)"'
_SAME = (
    f'same() {{ test "$({_AWS} get-key --kvs-arn "$KVS" --key "$1" --query Value --output text)" = "$2" ||\n'
    '  { echo "$1 is not as it was listed: list the keys again" >&2; false; }; }'
)


def remedies(concluded: pl.DataFrame, lists: Mapping[tuple[str, str], RouteList]) -> pl.DataFrame:
    """`write, remedy, redeploy`: for each write that did not land, a command to copy and what a redeploy would do.

    The command is null where the store or the value is not known, where the value is larger than a store takes, and
    where a listing shows that nothing is to be done.

    Args:
        concluded: what `listed.listed` gives.
        lists: the lists that it found, by store and key.
    """
    broken = concluded.filter(
        (
            pl.col("verdict").is_in(_BROKEN)
            | ((pl.col("verdict") == "unverifiable") & pl.col("cause").is_in(_ONE_OF))
        )
        & pl.col("listed").ne_missing(pl.lit("there"))
    ).select(
        "id",
        "action",
        "key",
        "pattern",
        "entry",
        "value",
        "reported",
        "listed",
        store=pl.coalesce("store", "anchor"),
    )
    rewritten = _rewritten(broken, lists)
    commands = [
        rewritten.get((store, key))
        if listed in _LISTED and (store, key) in rewritten
        else _command(action, store, key, entry, value, pattern=pattern)
        for action, store, key, entry, value, pattern, listed in zip(
            *(broken[column] for column in ("action", "store", "key", "entry", "value", "pattern", "listed")),
            strict=True,
        )
    ]
    return broken.select(
        remedy=pl.Series(commands, dtype=pl.String),
        redeploy=pl.col("reported").replace_strict(_REDEPLOY, default=None, return_dtype=pl.String),
        write="id",
    )


def _rewritten(
    broken: pl.DataFrame, lists: Mapping[tuple[str, str], RouteList]
) -> dict[tuple[str, str], str | None]:
    """The command that puts each list right as a whole: one for all writes of a list, as one would undo another's."""
    wrong = broken.filter(pl.col("listed").is_in(_LISTED) & pl.col("action").is_in(["append", "remove"]))
    commands: dict[tuple[str, str], str | None] = {}
    for (store, key), writes in wrong.group_by("store", "key", maintain_order=True):
        found = lists.get((store, key))
        if found is None or found.entries is None:
            continue
        surplus = set(writes.filter(pl.col("action") == "remove")["entry"])
        added = writes.filter(pl.col("action") == "append")["entry"].unique(maintain_order=True)
        kept = [entry for entry in found.entries if entry not in surplus]
        commands[store, key] = _rewrite(store, key, found.stored, cut(key, [*kept, *added]))
    return commands


def _rewrite(store: str, key: str, stored: Mapping[str, str], wanted: Mapping[str, str] | None) -> str | None:
    """The commands that change `stored` into `wanted`, if it is still there; None where no one call can."""
    deletes = sorted(stored.keys() - (wanted or {}).keys())
    if wanted is None or len(wanted) + len(deletes) > BATCH:
        return None
    looks = [f"same {quote(name)} {quote(value)}" for name, value in stored.items()]
    return " &&\n".join(
        [
            f"KVS={quote(store)}",
            _ETAG,
            *([_SAME, *looks] if looks else [_absent(key)]),
            _update(wanted, deletes),
        ]
    )


def _update(wanted: Mapping[str, str], deletes: Sequence[str]) -> str:
    """One call for all keys: a list in parts is never half written."""
    if len(wanted) == 1 and not deletes:
        ((key, value),) = wanted.items()
        return _put(key, quote(value))
    puts = json.encode([{"Key": key, "Value": value} for key, value in wanted.items()]).decode()
    gone = json.encode([{"Key": key} for key in deletes]).decode()
    surplus = f" --deletes {quote(gone)}" if deletes else ""
    return f'{_AWS} update-keys --kvs-arn "$KVS" --if-match "$ETAG" --puts {quote(puts)}{surplus}'


def _absent(key: str) -> str:
    return (
        f'{{ NOW="$({_AWS} get-key --kvs-arn "$KVS" --key {quote(key)} 2>&1)"\n'
        '  case "$NOW" in *ResourceNotFoundException*) ;; *) echo "$NOW" >&2; false ;; esac; }'
    )


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
        return [] if value is None or len(value.encode()) > _LARGEST else [_ETAG, _put(key, quote(value))]
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
