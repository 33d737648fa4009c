"""Commands that change a CloudFront key-value store by the AWS CLI and jq, without ever overwriting what is newer.

A change is a list of steps, as data. Its command reads the store's ETag, then the keys, checks that each still is what
the step may replace, and sends all as one `update-keys` under that ETag: a change in between is refused by the service
(If-Match). A step that is done already is left out, and where none is left nothing is sent; where one finds something
else nothing is sent either. Values go from JSON to JSON, so that they arrive exactly: `$(...)` and the CLI's text
output would drop line feeds at the end, and `--value` would open `file://` and `https://`.

Sources: AWS CLI reference, cloudfront-keyvaluestore (get-key, describe-key-value-store, update-keys) and "Loading a
parameter from a file" (a value that begins with `file://`); CloudFront quotas, "Quotas on key value stores".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from analyzer.commands.words import as_json, plain, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH: Final = 50  # keys in one UpdateKeys (CloudFront quotas)
LARGEST_KEY: Final = 512  # bytes (CloudFront quotas)
LARGEST_VALUE: Final = 1024  # bytes (CloudFront quotas: 1 KB)
LARGEST_PLAN: Final = 100_000  # characters; Linux takes 128 KiB in one argument of a command

NEEDS: Final = (
    "AWS CLI v2, with credentials that may read and change the store",
    "jq 1.6 or later",
    "bash, dash or zsh",
    "your check of the values, which come from the log",
)
NEEDS_TO_LOOK: Final = ("AWS CLI v2, with credentials that may list the keys of the store",)

_STORE: Final = re.compile(r"arn:aws[a-z-]*:cloudfront::[0-9]{12}:key-value-store/[0-9A-Za-z-]{1,100}")


@dataclass(frozen=True, slots=True)
class Put:
    """A value for a key that is absent, or holds one of `instead_of`."""

    key: str
    value: str
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """The end of a key that holds one of `instead_of`."""

    key: str
    instead_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """Entries to add to a list of routes and to remove from it; its other entries stay as they are."""

    key: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


Step = Put | Delete | Edit


def is_store(arn: str) -> bool:
    """Whether `arn` names a key-value store. A call goes to a host that is named after the account in it."""
    return _STORE.fullmatch(arn) is not None


def update(store: str, steps: Sequence[Step]) -> str | None:
    """The command that takes all `steps` in one call; None if they are too large for one.

    Args:
        store: ARN, one that `is_store`.
        steps: no two on one key; each text one that `words.why_not` has nothing against.

    Raises:
        ValueError: `store` is no store (a defect of this project).
    """
    if not is_store(store):
        raise ValueError(f"no key-value store: {store!r}")
    plan = as_json([_planned(step) for step in steps])
    if len(steps) > BATCH or len(plan) > LARGEST_PLAN:
        return None
    edits = [isinstance(step, Edit) for step in steps]
    program = _program(lists=any(edits), plains=not all(edits))
    reads = " &&\n".join(f"lw_get {quote(as_json({'Key': step.key}))}" for step in steps)
    return plain(
        _UPDATE.format(
            aws=_AWS, options=_OPTIONS, store=store, reads=reads, plan=quote(plan), program=program
        )
    )


def look(store: str, start: str, end: str) -> str:
    """The command that lists the keys of a store that begin with `start` and end with `end`; it changes nothing.

    Raises:
        ValueError: `store` is no store (a defect of this project).
    """
    if not is_store(store):
        raise ValueError(f"no key-value store: {store!r}")
    sides = (("starts_with", start), ("ends_with", end))
    tests = " && ".join(f"{name}(Key, `{as_json(text)}`)" for name, text in sides if text)
    query = f" --query {quote(f'Items[?{tests}]')}" if tests else ""
    return plain(
        f"AWS_PAGER= AWS_CLI_AUTO_PROMPT=off {_AWS} list-keys --kvs-arn {store} {_OPTIONS}{query} </dev/null"
    )


def _planned(step: Step) -> dict[str, object]:
    """The step as `_PROGRAM` reads it. `name` is what its messages call the key: they go to a terminal."""
    shown = as_json(step.key)[1:-1]
    named = {"Key": step.key} | ({} if shown == step.key else {"name": shown})
    if isinstance(step, Edit):
        return named | {"add": step.add, "remove": step.remove}
    value = {"Value": step.value} if isinstance(step, Put) else {}
    return named | value | {"old": step.instead_of}


_AWS = "aws cloudfront-keyvaluestore"
_OPTIONS = "--region us-east-1 --output json"

# A subshell, so that nothing of it outlives it, and an error ends it alone. stdin is closed to the CLI, and its pager
# and prompts are off: they would take a text that was pasted behind. `get-key` is called again where it fails, for its
# reason alone: a warning beside the value must not become a part of it, and only the code that the CLI itself
# prints first says that the key is absent.
# What the person's shell and CLI are set to must not change it: `set -e` would end it where a key is absent, and what
# `set -x` traces, or `--debug` logs, holds the key: only a line that begins as the CLI's errors do is one. The format
# of errors is that of all versions (cli_error_format). In the locale's encoding a value might be read as another one.
_UPDATE = """\
( set +ex; export AWS_PAGER= AWS_CLI_AUTO_PROMPT=off AWS_CLI_ERROR_FORMAT=legacy \\
AWS_CLI_OUTPUT_ENCODING=utf-8 PYTHONUTF8=1
lw_nl=$(printf '\\n.'); lw_nl=${{lw_nl%.}}
lw_kvs() {{ {aws} "$1" --kvs-arn {store} {options} --cli-input-json "$2" </dev/null; }}
lw_get() {{ lw_kvs get-key "$1" 2>/dev/null || {{ lw_why=$(lw_kvs get-key "$1" 2>&1 >/dev/null) || :
case $lw_nl$lw_why in
(*"${{lw_nl}}An error occurred (ResourceNotFoundException) "* | \
*"${{lw_nl}}aws: [ERROR]: An error occurred (ResourceNotFoundException) "*) echo null ;;
(*) printf %s "$lw_why" | jq -aRs . >&2; false ;; esac; }}; }}
lw_tag=$(lw_kvs describe-key-value-store '{{}}') &&
lw_now=$(
{reads}
) &&
lw_edit=$(printf '%s\\n' "$lw_tag" "$lw_now" | jq -Macs --argjson plan \\
{plan} \\
{program}
) &&
if test -z "$lw_edit"; then echo 'nothing to do: it is as it should be'; else
lw_kvs update-keys "$lw_edit"; fi )"""

# From the ETag, what each key holds and the plan: the input of update-keys, or nothing, or an error.
_HEAD: Final = r"""
def text: if type == "string" and (index("\ufffd") | not) then . else error("an answer cannot be read") end;
(.[0].ETag | text) as $etag | .[1:] as $now |
if ($now | length) == ($plan | length) then . else error("a key could not be read") end |
[range($plan | length) as $n | $plan[$n] as $p | ($p.name // $p.Key) as $name |
($now[$n] | if . == null then null else (.Value | text) end) as $held |
"""
_LIST: Final = r"""
if $p | has("add") then
  (($held // "[]") | try fromjson catch null) as $list |
  if ($list | type) == "array" and [$list[] | strings] == $list then . else
    error($name + " is no list in one piece: change the route and deploy; nothing was changed") end |
  ($list - $p.remove) as $kept | ($kept + ($p.add - $kept)) as $new | ($new | tojson | text) as $json |
  if $new == $list then empty elif ($json | utf8bytelength) <= 1000 then {Key: $p.Key, Value: $json} else
    error($name + " would be cut into parts: change the route and deploy; nothing was changed") end else
"""
_PLAIN: Final = r"""
if $held == $p.Value then empty
elif $held == null or any($p.old[]; . == $held) then $p | if has("Value") then {Key, Value} else {Key} end
else error($name + " holds another value, which may be newer; nothing was changed") end
"""
_TAIL: Final = r"""
] | {IfMatch: $etag, Puts: map(select(has("Value"))), Deletes: map(select(has("Value") | not))} |
with_entries(select(.value == [] | not)) | if .Puts or .Deletes then . else empty end
"""


@cache
def _program(*, lists: bool, plains: bool) -> str:
    """The words of the jq program: what no step needs is left out.

    Args:
        lists: whether a step edits a list.
        plains: whether a step puts or deletes a key.
    """
    parts = (_HEAD, _LIST if lists else "", _PLAIN if plains else "empty", "end" if lists else "", _TAIL)
    lines = [line for part in parts for line in part.strip().split("\n") if line]
    return "\\\n".join(quote(f"{line} ") for line in lines)
