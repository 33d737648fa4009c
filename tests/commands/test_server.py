"""The commands against a real server that enforces ETags: the value that arrives is the one that was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

from analyzer.commands.kvs import Delete, Edit, Put, Step, update
from analyzer.store.endpoint import kvs_client
from tests.commands.lasting_jq import LastingJq
from tests.commands.shells import SHELLS, require, run
from tests.commands.stores import Real
from tests.ministack import credentials, endpoint

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["credentials", "endpoint"]

HOSTILE = ("it's $(touch hit) `x` !! \\", "\n\ttwo\n\n", "file:///etc/passwd", "😀\u200d\u202e\x1b[2J", "é")


class Store:
    """A store of the server."""

    def __init__(self, endpoint: str, held: dict[str, str]) -> None:
        control = boto3.client("cloudfront", region_name="us-east-1", endpoint_url=endpoint)
        self.arn: str = control.create_key_value_store(Name=f"s{uuid4().hex}")["KeyValueStore"]["ARN"]
        self.client = kvs_client(endpoint, "us-east-1")
        for key, value in held.items():
            self.put(key, value)

    def put(self, key: str, value: str) -> None:
        etag = self.client.describe_key_value_store(KvsARN=self.arn)["ETag"]
        self.client.put_key(KvsARN=self.arn, IfMatch=etag, Key=key, Value=value)

    @property
    def held(self) -> dict[str, str]:
        found: list[dict[str, str]] = self.client.list_keys(KvsARN=self.arn, MaxResults=50)["Items"]
        return {item["Key"]: item["Value"] for item in found}

    def command(self, *steps: Step) -> str:
        text = update(self.arn, steps)
        assert text is not None
        return text


class Late(Real):
    """A server on which somebody else writes right after each read of a key."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.client)
        self._store = store

    def answer(self, words: Any) -> Any:
        """The answer of the server; then the other's write."""
        answer = super().answer(words)
        if words[1] == b"get-key":
            self._store.put("theirs", uuid4().hex)
        return answer


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("shell", SHELLS)
def test_what_arrives_is_what_was_meant(shell: str, endpoint: str, tmp_path: Path) -> None:
    require("jq")
    old = {f"old{number}": value for number, value in enumerate(HOSTILE)}
    store = Store(endpoint, {"l": '["a"]', "newer": "x", **old})
    puts = [store.command(Put(f"k{number}", value)) for number, value in enumerate(HOSTILE)]
    whole = store.command(
        Edit("l", add=HOSTILE, remove=("a",)),
        *(Put(f"old{number}", "v", (value,)) for number, value in enumerate(HOSTILE[:3])),
        *(Delete(f"old{number + 3}", (value,)) for number, value in enumerate(HOSTILE[3:])),
    )
    refused = [store.command(Put("newer", "v")), store.command(Delete("newer", ("y",)))]
    with LastingJq() as jq:
        ran = run(shell, [*puts, whole, *refused], Real(store.client), tmp_path, jq)
    assert [bool(status) for status in ran.statuses] == [False] * (len(puts) + 1) + [True] * 2, ran.err
    entries = '["it\'s $(touch hit) `x` !! \\\\","\\n\\ttwo\\n\\n","file:///etc/passwd","😀\u200d\u202e\\u001b[2J","é"]'
    assert store.held == {
        "l": entries,
        "newer": "x",
        **{f"k{number}": value for number, value in enumerate(HOSTILE)},
        **{f"old{number}": "v" for number in range(3)},
    }


@pytest.mark.usefixtures("credentials")
def test_a_change_in_between_is_refused_by_the_server(endpoint: str, tmp_path: Path) -> None:
    store = Store(endpoint, {"l": '["a"]'})
    with LastingJq() as jq:
        ran = run("dash", [store.command(Edit("l", add=("b",)))], Late(store), tmp_path, jq)
    assert ran.statuses != [0]
    assert store.held["l"] == '["a"]'
