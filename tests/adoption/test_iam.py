"""docs/iam.md: each policy allows what the code calls, and no more; and every AWS command of the pages is in one."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from analyzer.collect.interface import Cloud
from analyzer.commands import evidence, kvs
from analyzer.setup.registry import setup_text
from analyzer.sources.find import find
from analyzer.store import live
from tests.build import STORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "iam.md").read_text(encoding="utf-8")
COMMAND = re.compile(
    r"(?<![\w-])aws (cloudtrail|cloudfront-keyvaluestore|cloudfront|s3|s3api|ssm) ([a-z][a-z-]+)"
)
COPIES = {"s3:GetObject", "s3:ListBucket"}
NOT_IN_THE_PAGES_POLICIES = {
    "cloudtrail:GetQueryResults",  # an export of CloudTrail Lake, which who has it made by other means
    "cloudtrail:LookupEvents",  # named where it is said that it proves nothing
    "cloudtrail:StartLogging",  # named for a trail that is stopped: a decision of its owner
}


def policies() -> dict[str, dict[str, Any]]:
    """The policy below each heading."""
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    found = {}
    for section in sections:
        for block in re.findall(r"```json\n(.*?)```", section, re.DOTALL):
            found[section.partition("\n")[0]] = json.loads(block)
    return found


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def actions(heading: str) -> set[str]:
    """The actions that the policy below a heading allows."""
    return {
        action for statement in policies()[heading]["Statement"] for action in listed(statement["Action"])
    }


def action(service: str, operation: str) -> set[str]:
    """The actions that a command of the AWS CLI needs."""
    if service == "s3":
        return {"s3:ListBucket"} if operation == "ls" else COPIES
    return {f"{service}:{''.join(word.capitalize() for word in operation.split('-'))}"}


def called(text: str) -> set[str]:
    """The actions of all commands in a text; one that only names `aws cloudtrail` on its own has none."""
    return set().union(*(action(*words) for words in COMMAND.findall(text)))


class Client:
    """Takes the calls of a listing, and keeps their names as IAM has them."""

    def __init__(self) -> None:
        self.calls: set[str] = set()

    def describe_key_value_store(self, **_: object) -> dict[str, object]:
        self.calls.add("cloudfront-keyvaluestore:DescribeKeyValueStore")
        return {"ETag": "KV1", "ItemCount": 1, "ResponseMetadata": {"HTTPHeaders": {}}}

    def get_paginator(self, name: str) -> Client:
        self.calls |= action("cloudfront-keyvaluestore", name.replace("_", "-"))
        return self

    def paginate(self, **_: object) -> Iterator[dict[str, object]]:
        yield {"Items": [{"Key": "a", "Value": "b"}]}


def test_the_policies_are_well_formed() -> None:
    assert len(policies()) >= 7
    for policy in policies().values():
        assert policy["Version"] == "2012-10-17"
        for statement in policy["Statement"]:
            assert {"Sid", "Effect", "Action", "Resource"} <= set(statement)
            assert statement["Effect"] == "Allow"
            assert not any("*" in name for name in listed(statement["Action"]))


def test_a_live_listing_calls_what_its_policy_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    monkeypatch.setattr(live, "kvs_client", lambda *_: client)
    live.list_store(STORE)
    assert actions("lostwrite keys and check --live") == client.calls


def test_inputs_in_s3_call_what_their_policy_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: set[str] = set()

    def made(*_: object) -> SimpleNamespace:
        def listed(**_: object) -> dict[str, object]:
            calls.add("s3:ListBucket")  # ListObjectsV2 (service authorization reference)
            at = datetime(2026, 5, 6, tzinfo=UTC)
            return {"Contents": [{"Key": "a/b", "Size": 1, "ETag": '"e"', "LastModified": at}]}

        def given(**_: object) -> dict[str, object]:
            calls.update({"s3:GetObject", "kms:Decrypt"})  # the second where a key of KMS encrypts
            return {"Body": BytesIO(b"x"), "ETag": '"e"'}

        return SimpleNamespace(list_objects_v2=listed, get_object=given)

    monkeypatch.setattr("analyzer.sources.s3.client._client", made)
    (source,) = find(["s3://bkt/a/"])[0]
    assert source.open().read() == b"x"
    assert actions("Inputs in S3") == calls


def test_collect_calls_what_its_policy_allows() -> None:
    """Its own calls, by the text of the one module that makes them; those on buckets and stores are the others'."""
    text = (ROOT / "analyzer" / "collect" / "calls.py").read_text(encoding="utf-8")
    calls = {f"{service}:{name}" for service, name in re.findall(r'_call\(\s*"(\w+)",\s*"(\w+)"', text)}
    calls |= {f"cloudtrail:{name}" for name in re.findall(r'_of_trail\("(\w+)"', text)}
    others = actions("Inputs in S3") | actions("lostwrite keys and check --live")
    assert len(calls) >= len([name for name in vars(Cloud) if not name.startswith("_")])
    assert actions("lostwrite collect and check --collect") == calls | others


def test_no_other_module_has_a_client_of_aws() -> None:
    """So that no call of the program is missing from the policies above."""
    made = re.compile(r"create_client\(|boto3\.client\(|\bclient_of\(|\bkvs_client\(")
    found = {
        str(path.relative_to(ROOT / "analyzer"))
        for path in (ROOT / "analyzer").rglob("*.py")
        if made.search(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "collect/calls.py",  # SSM, CloudTrail
        "sources/s3/client.py",  # S3
        "sources/s3/session.py",
        "store/endpoint.py",
        "store/live.py",  # keys of stores
    }
    called = re.findall(
        r'_call\("(\w+)"', (ROOT / "analyzer/sources/s3/client.py").read_text(encoding="utf-8")
    )
    assert set(called) == {"list_objects_v2", "get_object"}


def test_remedies_call_what_their_policy_allows() -> None:
    command = kvs.update(STORE, [kvs.Put("a", "b"), kvs.Delete("c", ("d",)), kvs.Edit("e", ("f",))]) or ""
    calls = set().union(
        *(action("cloudfront-keyvaluestore", name) for name in re.findall(r"lw_kvs ([a-z-]+)", command))
    )
    assert actions("Remedies") == calls | called(kvs.look(STORE, "a", "b"))


def test_the_script_of_setup_trail_calls_what_its_policy_allows() -> None:
    lines = [line for line in setup_text([], "cli").splitlines() if not line.startswith("#")]
    text = "\n".join(lines).replace("aws cloudtrail start-logging", "")
    assert actions("The script of setup-trail") == called(text)
    for name in actions("The script of setup-trail"):
        assert name.partition(":")[2] in setup_text([], "cli").partition("\nselector=")[0]


def test_evidence_is_fetched_by_what_the_policies_allow() -> None:
    assert called(evidence.list_keys(None)) == actions("Names of the stores")
    assert called(evidence.get_selectors()) < actions("Selectors and public keys")
    assert called(evidence.copy_of_state("eventlog", "a", "b", None)) < actions("Objects of SST's state")
    assert actions("Files of the trail") == COPIES


PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").glob("*.md") if page.name != "cli.md"),  # wrapped words
    *sorted((ROOT / "docs" / "rules").glob("*.md")),
    *sorted((ROOT / "docs" / "ci").glob("*.md")),
]


def test_every_aws_command_of_the_pages_is_in_a_policy() -> None:
    allowed = set().union(*map(actions, policies())) | NOT_IN_THE_PAGES_POLICIES
    missing = {
        page.name: left for page in PAGES if (left := called(page.read_text(encoding="utf-8")) - allowed)
    }
    assert missing == {}
