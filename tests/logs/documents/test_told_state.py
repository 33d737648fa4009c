"""What a resource's state tells: which thing it is, what was not written, what of a site changed. Nothing else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from analyzer.logs.documents.told_state import MOST_NAMES, Step, Told, told

STACK = "urn:pulumi:prod::shop::"
DYNAMIC = "pulumi-nodejs:dynamic:Resource"
KEYS = f"{STACK}sst:aws:Astro${DYNAMIC}::SiteKvKeys.sst.aws.KvKeys"
ROUTE = f"{STACK}sst:aws:Astro${DYNAMIC}::SiteRoutesUpdate.sst.aws.KvRoutesUpdate"
FILES = f"{STACK}sst:aws:Astro${DYNAMIC}::SiteAssetFiles.sst.aws.BucketFiles"
VERCEL = f"{STACK}{DYNAMIC}::Www.sst.vercel.DnsRecord"
OTHER = f"{STACK}{DYNAMIC}::Oac.sst.aws.OriginAccessControl"
FUNCTION = "aws:lambda/function:Function"


def tell(  # noqa: PLR0913 - the parts of a step
    op: str,
    urn: str,
    new: Any = None,
    old: Any = None,
    *,
    of: str = DYNAMIC,
    did: str = "done",
    diffs: Any = None,
) -> Told | None:
    raw = [msgspec.Raw(json.dumps(value).encode()) for value in (diffs, new, old)]
    return told(Step(did, op, urn, of, *raw))


def names(said: Told | None) -> list[str | None] | None:
    return json.loads(said.identity) if said and said.identity else None


@pytest.mark.parametrize(
    ("of", "properties", "name"),
    [
        ("aws:s3/bucketObjectv2:BucketObjectv2", {"bucket": "b", "key": "k/1"}, "s3://b/k/1"),
        (
            "aws:route53/record:Record",
            {"type": "A", "fqdn": "www.example.com", "zoneId": "Z1"},
            "record A www.example.com of zone Z1",
        ),
        (
            "aws:route53/record:Record",
            {"type": "A", "fqdn": "www.example.com", "zoneId": "Z1", "setIdentifier": "blue"},
            "record A www.example.com of zone Z1 blue",
        ),
        (
            "aws:lambda/permission:Permission",
            {"statementId": "s", "function": "f"},
            "permission s of function f",
        ),
        ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b"}, "the policy of bucket b"),
        (
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": "r", "policyArn": "arn:p"},
            "policy arn:p of role r",
        ),
    ],
)
def test_a_thing_is_named_by_what_makes_it_that_thing(of: str, properties: dict[str, str], name: str) -> None:
    state = {"id": "x", "inputs": {}, "outputs": properties}
    assert names(tell("create", f"{STACK}{of}::R", state, of=of)) == [name]
    assert names(tell("delete", f"{STACK}{of}::R", None, state, of=of, did="started")) == [name]


def test_a_mapping_is_the_same_only_by_its_id() -> None:
    of = "aws:lambda/eventSourceMapping:EventSourceMapping"
    state = {"id": "uuid-1", "inputs": {"functionName": "f", "eventSourceArn": "a"}, "outputs": {}}
    assert names(tell("create", f"{STACK}{of}::R", state, of=of)) == ["event source mapping uuid-1"]


def test_keys_and_entries_are_named_by_store_and_namespace() -> None:
    keys = {"id": "entries", "outputs": {"store": "arn:s", "namespace": "7c62", "entries": {"a": "secret"}}}
    assert names(tell("create", KEYS, keys)) == ["the keys 7c62:* of store arn:s"]
    route = {"outputs": {"store": "arn:s", "namespace": "7c62", "key": "routes", "entry": "e"}}
    assert names(tell("delete", ROUTE, None, route)) == ["entry e of key 7c62:routes of store arn:s"]


def test_what_is_deleted_is_named_by_its_outputs_alone() -> None:
    """SST makes no call where the outputs lost the store (docs/facts/sst-output.md#42-calls-per-operation)."""
    inputs = {"store": "arn:s", "namespace": "7c62", "entries": {}}
    assert names(tell("create", KEYS, {"inputs": inputs, "outputs": {}})) == [
        "the keys 7c62:* of store arn:s"
    ]
    assert names(tell("delete", KEYS, None, {"inputs": inputs, "outputs": {"__provider": "x"}})) is None


@pytest.mark.parametrize("keeps", ["retainOnDelete", "external"])
def test_a_delete_that_keeps_the_thing_names_none(keeps: str) -> None:
    state = {"outputs": {"store": "arn:s", "namespace": "7c62"}, keeps: True}
    assert names(tell("delete", KEYS, None, state)) is None


def test_what_stands_for_a_secret_is_no_name() -> None:
    blinded = {"outputs": {"store": "arn:s", "namespace": "[secret]"}}
    wrapped = {"outputs": {"store": "arn:s", "namespace": {"4dabf18193072939515e22adb298388d": "x"}}}
    assert names(tell("create", KEYS, blinded)) is None
    assert names(tell("create", KEYS, wrapped)) is None


def test_files_are_named_one_by_one_and_their_number_is_bounded() -> None:
    files = [{"key": f"{number}.js", "source": "/home/me"} for number in range(MOST_NAMES + 2)]
    few = {"outputs": {"bucketName": "b", "files": files[:2]}}
    assert names(tell("create", FILES, few)) == ["s3://b/0.js", "s3://b/1.js"]
    cut = names(tell("create", FILES, {"outputs": {"bucketName": "b", "files": files}}))
    assert cut is not None
    assert (len(cut), cut[-2:]) == (MOST_NAMES + 1, [f"s3://b/{MOST_NAMES - 1}.js", None])


@pytest.mark.parametrize(
    ("urn", "op", "new", "old", "shown"),
    [
        (ROUTE, "update", {"outputs": {"__provider": "c"}}, {"outputs": {}}, "no_outputs"),
        (ROUTE, "update", {"outputs": {"__provider": "c", "store": "s"}}, {"outputs": {}}, None),
        (ROUTE, "create", {"id": "", "outputs": {"store": "s"}}, None, "no_id"),
        (OTHER, "update", {"outputs": {"__provider": "c"}}, {"outputs": {"etag": "E"}}, "no_outputs"),
        (OTHER, "update", {"outputs": {"__provider": "c"}}, {"outputs": {"__provider": "c"}}, None),
        (OTHER, "create", {"id": "i", "outputs": {"__provider": "c"}}, None, None),
        (VERCEL, "update", {"outputs": {"recordId": "existing-record"}}, {"outputs": {}}, "existed"),
        (VERCEL, "create", {"outputs": {"recordId": "rec_1"}}, None, None),
        (f"{STACK}{DYNAMIC}::Mine", "update", {"id": "", "outputs": {}}, {"outputs": {"a": 1}}, None),
    ],
)
def test_a_state_shows_that_nothing_was_written(
    urn: str, op: str, new: Any, old: Any, shown: str | None
) -> None:
    said = tell(op, urn, new, old)
    assert (said.unwritten if said else None) == shown


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ({"key": "a", "hash": "1", "source": "/ci/a"}, None),  # built on another machine
        ({"key": "a", "hash": "1", "cacheControl": "no-store"}, None),
        ({"key": "a", "hash": "2"}, "files"),
        ({"key": "b", "hash": "1"}, "files"),
    ],
)
def test_files_changed_where_a_key_or_a_hash_did(after: dict[str, str], changed: str | None) -> None:
    before = {"inputs": {"files": [{"key": "a", "hash": "1", "source": "/me/a"}]}, "outputs": {}}
    said = tell("update", FILES, {"inputs": {"files": [after]}, "outputs": {}}, before)
    assert said is not None
    assert said.changed == changed


@pytest.mark.parametrize(
    ("diffs", "changed"), [(["s3Key"], "code"), (["environment"], None), (None, None), ({}, None)]
)
def test_code_changed_where_the_function_says_so(diffs: Any, changed: str | None) -> None:
    said = tell("update", f"{STACK}{FUNCTION}::SiteServer", {}, {}, of=FUNCTION, diffs=diffs)
    assert said is not None
    assert said.changed == changed


@pytest.mark.parametrize(
    "state", [None, 1, "x", [], [1], {"inputs": 1, "outputs": [2]}, {"outputs": {"files": "x"}}]
)
@pytest.mark.parametrize("urn", [KEYS, ROUTE, FILES, VERCEL])
@pytest.mark.parametrize("op", ["create", "update", "delete"])
def test_no_state_is_an_error(op: str, urn: str, state: Any) -> None:
    assert names(tell(op, urn, state, state)) is None


@pytest.mark.parametrize("op", ["same", "read", "refresh", "replace", None])
def test_nothing_is_decoded_of_a_step_that_writes_nothing(op: Any) -> None:
    assert told(Step("done", op, KEYS, DYNAMIC, *[msgspec.Raw(b"{broken")] * 3)) is None
