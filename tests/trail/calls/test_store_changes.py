"""`store_changes`: stores that were created, imported and deleted, by the control plane's records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.trail.cloudtrail import STORE, log, read, record
from tests.trail.forms.forms import CERTAIN, LOSSLESS

IMPORT = {"sourceType": "S3", "sourceARN": "arn:aws:s3:::shop/keys.json"}
CALLER = "arn:aws:sts::111122223333:assumed-role/ci/run"


def creation(event: str = "b1", api: str = "CreateKeyValueStore", **fields: Any) -> dict[str, Any]:
    """A record as CloudFront writes it: names in lower camel case, an ETag of the control plane."""
    answer = {
        "keyValueStore": {"name": "shop", "id": "x", "aRN": STORE, "status": "PROVISIONING"},
        "eTag": "KVC",
    }
    return record(
        event,
        api,
        **{
            "eventSource": "cloudfront.amazonaws.com",
            "requestParameters": {"name": "shop", "importSource": IMPORT},
            "responseElements": answer,
            "resources": None,
            "eventCategory": "Management",
        }
        | fields,
    )


def test_a_store_that_was_imported() -> None:
    (change,) = read(log(creation(), record())).store_changes
    at = datetime(2026, 6, 10, 0, 5, 2, tzinfo=UTC)
    assert change == (STORE, "shop", at, "created", IMPORT["sourceARN"], CALLER, "b1", "f0")


def test_a_deletion_is_of_the_store_that_was_created_under_the_name() -> None:
    end = creation(
        "b2",
        "DeleteKeyValueStore",
        eventTime="2026-06-11T00:00:00Z",
        requestParameters={"name": "shop", "ifMatch": "KVC"},
        responseElements=None,
    )
    created, deleted = read(
        log(end, record()), log(creation(), record()), log(creation(), record())
    ).store_changes
    assert (created.kind, deleted.kind) == ("created", "deleted")
    assert (deleted.store, deleted.imported) == (STORE, None)
    (alone,) = read(log(end, record())).store_changes
    assert (alone.store, alone.name) == (None, "shop")


@pytest.mark.parametrize(
    "fields",
    [
        {"errorCode": "EntityAlreadyExists"},
        {"eventSource": "edgekeyvaluestore.amazonaws.com"},
        {"eventName": "UpdateKeyValueStore"},
        {"eventTime": None},
    ],
)
def test_what_created_no_store(fields: dict[str, Any]) -> None:
    assert read(log(creation(**fields), record())).store_changes == ()


@pytest.mark.parametrize("form", CERTAIN)
def test_in_every_form_that_says_it_for_certain(form: str) -> None:
    (expected,) = read(log(creation(), record("e1"))).store_changes
    (found,) = read(LOSSLESS[form]([creation(), record("e1")])).store_changes
    assert found[:5] == expected[:5]


@pytest.mark.parametrize("form", sorted(set(LOSSLESS) - set(CERTAIN)))
def test_a_rendering_that_could_be_read_in_two_ways_tells_nothing(form: str) -> None:
    assert read(LOSSLESS[form]([creation(), record("e1")])).store_changes == ()


def test_a_change_of_a_store_is_no_call() -> None:
    assert read(log(creation(), record())).calls["event_id"].to_list() == ["e1"]


def test_the_lives_of_stores() -> None:
    """A store that was created again under its name is another one; of the third, a call alone is available."""
    again = STORE.replace("a1b2", "f1f2")
    third = STORE.replace("a1b2", "e1e2").replace("111122223333", "999988887777")
    answer = {"keyValueStore": {"name": "shop", "aRN": again}}
    gone = creation(
        "b2",
        "DeleteKeyValueStore",
        eventTime="2026-06-11T00:00:00Z",
        requestParameters={"name": "shop"},
        responseElements=None,
    )
    new = creation(
        "b3",
        eventTime="2026-06-11T00:01:00Z",
        requestParameters={"name": "shop"},
        responseElements=answer,
    )
    stranger = record("e2", requestParameters={"kvsARN": third, "puts": [{"key": "a"}]})
    lives = read(log(creation(), record(), gone, new, stranger)).store_lives
    columns = ("store", "account", "name", "created_at", "deleted_at", "imported", "first_at")
    assert lives.select(columns).rows() == [
        (STORE, "111122223333", "shop", time(10, 0, 5, 2), time(11), True, time(10, 0, 5, 2)),
        (again, "111122223333", "shop", time(11, 0, 1), None, False, None),
        (third, "999988887777", None, None, None, None, time(10, 0, 5, 2)),
    ]


def time(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, second, tzinfo=UTC)
