"""A live listing, against a real service: all pages, and never two states of a store as one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

from analyzer.cli.main import run
from analyzer.errors import InputError, UsageError
from analyzer.store import live
from analyzer.store.endpoint import kvs_client
from analyzer.store.listing import read_listings

if TYPE_CHECKING:
    from pathlib import Path

ARN = "arn:aws:cloudfront::111122223333:key-value-store/0f1e2d3c"
pytestmark = pytest.mark.usefixtures("credentials")


class Store:
    """A store of the service, and the one who writes it."""

    def __init__(self, endpoint: str) -> None:
        control = boto3.client("cloudfront", region_name="us-east-1", endpoint_url=endpoint)
        self.arn: str = control.create_key_value_store(Name=f"s{uuid4().hex}")["KeyValueStore"]["ARN"]
        self.client = kvs_client(endpoint, "us-east-1")

    def put(self, held: dict[str, str]) -> None:
        pairs = [{"Key": key, "Value": value} for key, value in held.items()]
        for start in range(0, len(pairs), 50):
            etag = self.client.describe_key_value_store(KvsARN=self.arn)["ETag"]
            self.client.update_keys(KvsARN=self.arn, IfMatch=etag, Puts=pairs[start : start + 50], Deletes=[])


@pytest.fixture
def store(endpoint: str) -> Store:
    return Store(endpoint)


def test_every_page_is_listed_and_can_be_read_back(endpoint: str, store: Store, tmp_path: Path) -> None:
    held = {f"7c62:/{number}": f"välue {number}" for number in range(120)}
    store.put(held)
    output = tmp_path / "keys.json"
    assert run(["keys", store.arn, "--endpoint-url", endpoint, "--output", str(output)]) == 0
    listed = read_listings([output])
    assert dict(listed.keys.select("key", "value").iter_rows()) == held
    wanted = {"store": store.arn, "store_by": "file", "at_by": "file", "items": 120, "problem": None}
    assert listed.table.select(*wanted).row(0, named=True) == wanted


def test_an_empty_store_is_listed(endpoint: str, store: Store, tmp_path: Path) -> None:
    (tmp_path / "k.json").write_bytes(live.list_store(store.arn, endpoint_url=endpoint))
    assert read_listings([tmp_path / "k.json"]).table.select("items", "problem").row(0) == (0, None)


def writes_between(client: Any, store: Store, times: int) -> None:
    """Lets another writer change the store while the first `times` listings are made."""
    pages = client.get_paginator
    left = iter(range(times))

    def disturbed(name: str) -> Any:
        if (number := next(left, None)) is not None:
            store.put({"late": str(number)})
        return pages(name)

    client.get_paginator = disturbed


def test_a_store_that_changes_meanwhile_is_listed_again(
    endpoint: str, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    client = kvs_client(endpoint, "us-east-1")
    writes_between(client, store, 2)
    monkeypatch.setattr(live, "kvs_client", lambda *_: client)
    (tmp_path / "k.json").write_bytes(live.list_store(store.arn, endpoint_url=endpoint))
    assert read_listings([tmp_path / "k.json"]).keys["value"].to_list() == ["1"]


def test_a_store_that_never_rests_is_not_listed(
    endpoint: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = kvs_client(endpoint, "us-east-1")
    writes_between(client, store, 99)
    monkeypatch.setattr(live, "kvs_client", lambda *_: client)
    with pytest.raises(InputError, match="changed during each of 5 listings"):
        live.list_store(store.arn, endpoint_url=endpoint)


def test_a_store_that_is_not_there(endpoint: str, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", f"{store.arn}x", "--endpoint-url", endpoint]) == 3
    assert "cannot be listed: ResourceNotFoundException" in capsys.readouterr().err


@pytest.mark.parametrize("arn", ["shop", "arn:aws:s3:::bucket", ARN + "/x", ""])
def test_what_is_no_arn_of_a_store(arn: str) -> None:
    with pytest.raises(UsageError, match="no ARN of a key-value store"):
        live.list_store(arn)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "nonsense",
            "file:///etc/hunter2",
            "ftp://hunter2",
            "http://",
            "http://[hunter2",
            "http://hunter2:99999",
        ),
        *("http://user:hunter2@127.0.0.1:9", "http://hunter2@127.0.0.1:9", "http://127.0.0.1:9/?key=hunter2"),
    ],
)
def test_an_endpoint_that_is_none(url: str) -> None:
    """The sentence does not repeat it: a password may be in it."""
    with pytest.raises(UsageError, match=r"^--endpoint-url: (is no URL|must have no user)") as caught:
        live.list_store(ARN, endpoint_url=url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("module", ["boto3", "botocore.exceptions"])
def test_without_the_extra_one_sentence_tells_what_to_install(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert run(["keys", ARN]) == 2
    said = capsys.readouterr().err
    assert "pip install 'lostwrite[aws]'" in said
    assert said.count("\n") == 1
