"""What a resource's state tells the rules about a log alone: which thing in the cloud it is, and what was not done.

The tables below say which kinds are looked at, and where. Nothing else of a state is kept: values may be secrets.
Sources: docs/facts/sst-resources.md (sections 1 to 3), docs/facts/sst-output.md#s1-shadowed-error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from analyzer.redaction.masks import BLINDED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_NAMES: Final = 10_000
"""Names of things of one resource: a set of files may be of any size."""

INVALIDATION: Final = ".sst.aws.DistributionInvalidation"
"""How the name of an invalidation of a site's CDN ends."""

_PROVIDER: Final = "__provider"
_WRITES: Final = ("create", "create-replacement", "update")
_DELETES: Final = ("delete", "delete-replaced")
_FILES: Final = ".sst.aws.BucketFiles"
_KEYS: Final = ".sst.aws.KvKeys"
_KEY_KINDS: Final = (_KEYS, ".sst.aws.KvRoutesUpdate")
_EXISTED: Final = (".sst.vercel.DnsRecord", "recordId", "existing-record")
_FUNCTION: Final = "aws:lambda/function:Function"
_CODE: Final = frozenset({"code", "codeSha256", "imageUri", "s3Key", "s3ObjectVersion", "sourceCodeHash"})
"""The properties of a Lambda function that are its code."""


class _Kind(NamedTuple):
    """How the thing that a resource stands for is named.

    Attributes:
        name: the name, with the properties in braces. Two resources of one name are one thing.
        each: the list whose items are one thing each, and the property of an item that the name says as `{item}`.
        optional: properties that may be missing; each is then empty.
    """

    name: str
    properties: tuple[str, ...]
    each: tuple[str, str] | None = None
    optional: tuple[str, ...] = ()


_BY_SUFFIX: Final[Mapping[str, _Kind]] = {
    _KEYS: _Kind("the keys {namespace}:* of store {store}", ("namespace", "store")),
    ".sst.aws.KvRoutesUpdate": _Kind(
        "entry {entry} of key {namespace}:{key} of store {store}", ("entry", "namespace", "key", "store")
    ),
    _FILES: _Kind("s3://{bucketName}/{item}", ("bucketName",), each=("files", "key")),
}
"""By the end of the resource's name: SST's own resources all have the same type."""

_OBJECT: Final = _Kind("s3://{bucket}/{key}", ("bucket", "key"))
_OF_BUCKET: Final = {
    f"aws:s3/{name[0].lower()}{name[1:]}:{name}": _Kind(f"the {what} of bucket {{bucket}}", ("bucket",))
    for name, what in (
        ("BucketNotification", "notifications"),
        ("BucketPolicy", "policy"),
        ("BucketPublicAccessBlock", "public access block"),
        ("BucketCorsConfiguration", "CORS rules"),
        ("BucketCorsConfigurationV2", "CORS rules"),
    )
}
_BY_TYPE: Final[Mapping[str, _Kind]] = {
    "aws:s3/bucketObject:BucketObject": _OBJECT,
    "aws:s3/bucketObjectv2:BucketObjectv2": _OBJECT,
    "aws:route53/record:Record": _Kind(
        "record {type} {fqdn} of zone {zoneId} {setIdentifier}",
        ("type", "fqdn", "zoneId"),
        optional=("setIdentifier",),
    ),
    # AWS refuses a second mapping or permission of the same names, so only the same id is the same thing.
    "aws:lambda/eventSourceMapping:EventSourceMapping": _Kind("event source mapping {id}", ("id",)),
    "aws:lambda/permission:Permission": _Kind(
        "permission {statementId} of function {function} {qualifier}",
        ("statementId", "function"),
        optional=("qualifier",),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _Kind(
        "policy {policyArn} of role {role}", ("policyArn", "role")
    ),
    "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey": _Kind(
        "key {key} of store {keyValueStoreArn}", ("key", "keyValueStoreArn")
    ),
    **_OF_BUCKET,
}


_ALL_KINDS: Final = (*_BY_SUFFIX.values(), *_BY_TYPE.values())
STATE_NAMES: Final = frozenset(
    {_EXISTED[1], *(name for kind in _ALL_KINDS for name in (*kind.properties, *kind.optional))}
)
"""The properties whose values are looked at; of all others only whether there are any."""
STATE_LISTS: Final = {kind.each[0]: (kind.each[1], "hash", "source") for kind in _ALL_KINDS if kind.each}
"""The properties that are lists, and which members of their items are looked at."""


class Told(NamedTuple):
    """The columns `identity`, `unwritten` and `changed` of EVENTS."""

    identity: str | None = None
    unwritten: str | None = None
    changed: str | None = None


class Step(NamedTuple):
    """What an engine event says of a step."""

    did: str
    op: str | None
    urn: str
    type: str | None
    diffs: msgspec.Raw
    new: msgspec.Raw
    old: msgspec.Raw


def told(step: Step) -> Told | None:
    """What the states of a step tell; None where nothing is looked at. Whatever a state holds, nothing is raised.

    What a step makes is told when it is done; what it takes away when it begins, too: its end may be missing.
    """
    if step.op not in _WRITES and step.op not in _DELETES:
        return None
    kind = _kind_of(step.type or "", step.urn)
    if kind is None and ".sst." not in step.urn and step.type != _FUNCTION:
        return None
    if step.op in _DELETES:
        old = _decoded(step.old)
        kept = old.get("retainOnDelete") is True or old.get("external") is True
        return Told(_identity(kind, {**old, "inputs": None})) if kind and not kept else None
    if step.did != "done":
        return None
    new = _decoded(step.new)
    old = _decoded(step.old) if step.op == "update" else {}
    identity = _identity(kind, new) if kind else None
    return Told(identity, _unwritten(step, new, old), _changed(step, new, old))


def _kind_of(of_type: str, urn: str) -> _Kind | None:
    if kind := _BY_TYPE.get(of_type):
        return kind
    for suffix, kind in _BY_SUFFIX.items():
        if urn.endswith(suffix):
            return kind
    return None


def _decoded(raw: msgspec.Raw) -> dict[str, object]:
    state = msgspec.json.decode(raw)
    return state if isinstance(state, dict) else {}


def _part(state: Mapping[str, object], name: str) -> dict[str, object]:
    value = state.get(name)
    return value if isinstance(value, dict) else {}


def _identity(kind: _Kind, state: Mapping[str, object]) -> str | None:
    """The JSON list of the names of what the resource stands for, with null at its end where some are left out.

    What is deleted is named by its outputs alone: these are what its provider gets.
    """
    values = {name: _text(state, name) for name in (*kind.properties, *kind.optional)}
    if any(values[name] == "" for name in kind.properties):
        return None
    if kind.each is None:
        names = [kind.name.format(**values).strip()]
    else:
        names = [kind.name.format(**values, item=item) for item, _ in _items(state, *kind.each)]
    if not names:
        return None
    left_out = [None] if len(names) > MOST_NAMES else []
    return msgspec.json.encode([*names[:MOST_NAMES], *left_out]).decode()


def _text(state: Mapping[str, object], name: str) -> str:
    """A property, of the outputs, else of the inputs; empty where it is no text, or stands for a secret."""
    parts = [state] if name == "id" else [_part(state, part) for part in ("outputs", "inputs")]
    found = (part.get(name) for part in parts)
    return next((text for text in found if isinstance(text, str) and text and text != BLINDED), "")


def _items(state: Mapping[str, object], of: str, name: str) -> Iterator[tuple[str, object]]:
    """The name and the content of each item of a list, the content by its hash."""
    lists = (_part(state, part).get(of) for part in ("outputs", "inputs"))
    items = next((value for value in lists if isinstance(value, list)), [])
    for item in items:
        if isinstance(item, dict) and isinstance(key := item.get(name), str):
            yield key, item.get("hash", item.get("source"))


def _unwritten(step: Step, new: Mapping[str, object], old: Mapping[str, object]) -> str | None:
    """How the state of an operation that is done shows that nothing was written: one of UNWRITTEN."""
    if ".sst." not in step.urn:
        return None
    outputs, before = _part(new, "outputs"), _part(old, "outputs")
    suffix, name, value = _EXISTED
    if step.urn.endswith(suffix):
        return "existed" if outputs.get(name) == value else None
    if new.get("id") == "":
        return "no_id"
    gave_some = bool(before.keys() - {_PROVIDER}) or step.urn.endswith(_KEY_KINDS)
    is_empty = isinstance(new.get("outputs"), dict) and outputs.keys() <= {_PROVIDER}
    return "no_outputs" if is_empty and gave_some else None


def _changed(step: Step, new: Mapping[str, object], old: Mapping[str, object]) -> str | None:
    """What of a site an update changed: one of CHANGED."""
    if step.op != "update":
        return None
    if step.type == _FUNCTION:
        diffs = msgspec.json.decode(step.diffs)
        return (
            "code"
            if isinstance(diffs, list) and any(each in _CODE for each in diffs if isinstance(each, str))
            else None
        )
    after, before = ({"inputs": _part(state, "inputs")} for state in (new, old))
    if step.urn.endswith(_FILES):
        files = [
            sorted((key, str(what)) for key, what in _items(of, "files", "key")) for of in (after, before)
        ]
        return "files" if files[0] != files[1] else None
    if step.urn.endswith(_KEYS):
        return "entries" if after["inputs"].get("entries") != before["inputs"].get("entries") else None
    return None
