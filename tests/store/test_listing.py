"""Listing files: every form that the AWS CLI and `lostwrite keys` leave behind, and everything that can be cut off."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from analyzer.sources.source import Source
from analyzer.store.lister import LiveListings
from analyzer.store.listing import KIND, read_listings
from tests.build import NOON, STORE

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.store.listing import Listings


def aws(*keys: str, more: str | None = None) -> dict[str, object]:
    page: dict[str, object] = {"Items": [{"Key": key, "Value": f"v {key}"} for key in keys]}
    return page | ({"NextToken": more} if more else {})


def own(*keys: str, count: int | None = None) -> dict[str, object]:
    return {
        "schema": "lostwrite.keys/v1",
        "store": STORE,
        "listed_at": "2025-03-20T12:00:00Z",
        "etag": "KV1",
        "item_count": len(keys) if count is None else count,
        "items": [{"key": key, "value": f"v {key}"} for key in keys],
    }


def save(folder: Path, name: str, *values: object) -> str:
    path = folder / name
    path.write_text("\n".join(json.dumps(value, indent=4) for value in values))
    return str(path)


def rows(listings: Listings) -> list[tuple[int, str, str | None]]:
    found: list[tuple[int, str, str | None]] = listings.keys.select("listing", "key", "value").rows()
    return found


def test_a_masked_value_is_unknown_but_not_where_the_store_itself_says_it(tmp_path: Path) -> None:
    page = {"Items": [{"Key": key, "Value": "***"} for key in "ab"]}
    assert rows(read_listings([save(tmp_path, "keys.json", page)])) == [(1, "a", None), (1, "b", None)]
    said = own("a") | {"items": [{"key": "a", "value": "***"}]}
    live = LiveListings((Source(STORE, None, json.dumps(said).encode()),))
    assert rows(read_listings([], live=live)) == [(1, "a", "***")]


def test_the_clis_output_names_neither_store_nor_time(tmp_path: Path) -> None:
    path = save(tmp_path, "keys.json", aws("a", "b"))
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    read = read_listings([path])
    assert rows(read) == [(1, "a", "v a"), (1, "b", "v b")]
    wanted = {
        "source": path,
        "pages": 1,
        "store": None,
        "at": NOON,
        "at_by": "mtime",
        "items": 2,
        "problem": None,
    }
    assert read.table.select(*wanted).row(0, named=True) == wanted
    assert read.inputs.select("kind", "records").row(0) == (KIND, 2)


def test_the_user_says_store_and_time(tmp_path: Path) -> None:
    read = read_listings([f"{STORE}={save(tmp_path, 'k=1.json', aws('a'))}"], at=NOON)
    wanted = {"store": STORE, "store_by": "user", "at": NOON, "at_by": "user"}
    assert read.table.select(*wanted).row(0, named=True) == wanted


def test_our_own_form_says_all_itself(tmp_path: Path) -> None:
    read = read_listings([save(tmp_path, "keys.json", own("a"))], at=datetime(2020, 1, 1, tzinfo=UTC))
    wanted = {"store": STORE, "store_by": "file", "at": NOON, "at_by": "file", "items": 1, "problem": None}
    assert read.table.select(*wanted).row(0, named=True) == wanted


def test_pages_in_files_and_in_one_file_are_one_listing(tmp_path: Path) -> None:
    pages = [aws("a", more="t1"), aws("b", more="t2"), aws("c")]
    files = [save(tmp_path, f"{number}.json", page) for number, page in enumerate(pages)]
    for words in (files, [save(tmp_path, "all.txt", *pages)], [str(tmp_path / "[0-2].json")]):
        read = read_listings(words)
        assert [key for _, key, _ in rows(read)] == ["a", "b", "c"]
        assert read.table.select("pages", "items", "problem").rows() == [(3, 3, None)]


def test_two_listings_are_two(tmp_path: Path) -> None:
    read = read_listings([save(tmp_path, "a.json", aws("a")), save(tmp_path, "b.json", own("a"))])
    assert rows(read) == [(1, "a", "v a"), (2, "a", "v a")]


def test_an_empty_store_is_a_listing(tmp_path: Path) -> None:
    read = read_listings([save(tmp_path, "a.json", aws()), save(tmp_path, "b.json", own())])
    assert read.table.select("items", "problem").rows() == [(0, None), (0, None)]


def test_gzip_and_standard_input() -> None:
    data = gzip.compress(json.dumps(aws("a")).encode())
    read = read_listings(["-"], stdin=lambda: data)
    assert rows(read) == [(1, "a", "v a")]
    assert read.table.select("at", "at_by").row(0) == (None, None)


@pytest.mark.parametrize(
    ("text", "problem", "kind"),
    [
        (json.dumps(aws("a", "b"))[:-20], "its JSON is cut or damaged at character", "unusable"),
        (json.dumps(aws("a")) + '{"Items": [', "its JSON is cut or damaged at character", "unusable"),
        (json.dumps(aws("a", more="more")), "its last page names a next one: pages are missing", KIND),
        (json.dumps(own("a", count=2)), "it contains 1 keys, and the store had 2: keys are missing", KIND),
        (json.dumps(own("a") | {"schema": "lostwrite.keys/v9"}), "not a key listing: its schema", "unusable"),
        (json.dumps({"Items": [{"Key": "a"}]}), "not a key listing: ", "unusable"),
        ('{"Items": [{"Key": "a", "Value": "\\ud800"}]}', "not a key listing: ", "unusable"),
        (
            json.dumps(aws("a", more="t")) + json.dumps({"Items": [{"Key": "a", "Value": "other"}]}),
            "one key two values",
            KIND,
        ),
    ],
)
def test_what_is_cut_gives_no_key_and_is_told(tmp_path: Path, text: str, problem: str, kind: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    read = read_listings([path])
    assert rows(read) == []
    assert read.table.height == 1
    assert problem in read.table["problem"][0]
    assert read.inputs["kind"].to_list() == [kind]


def test_a_cut_page_spoils_the_pages_before_it(tmp_path: Path) -> None:
    first = save(tmp_path, "1.json", aws("a", more="t"))
    (tmp_path / "2.json").write_text('{"Items": [{"Key": "b", "Val')
    read = read_listings([first, str(tmp_path / "2.json")])
    assert rows(read) == []
    assert read.table["problem"].null_count() == 0


def test_damaged_gzip_is_not_half_used(tmp_path: Path) -> None:
    path = tmp_path / "keys.json.gz"
    path.write_bytes(gzip.compress(json.dumps(aws(*map(str, range(500)))).encode())[:-30])
    read = read_listings([path])
    assert rows(read) == []
    assert "cut short" in read.table["problem"][0]


@pytest.mark.parametrize("text", ["", "ITEMS\tkey\tvalue\n", '{"Records": []}', "[]", '{"ItemCount": 3}'])
def test_what_is_no_listing_is_unusable(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(text)
    read = read_listings([path, tmp_path / "absent.json"])
    assert read.table.is_empty()
    assert read.inputs["kind"].to_list() == ["unusable", "unusable"]
    assert "not a key listing" in read.inputs["problems"][0][0]


def test_a_listing_of_one_store_given_as_one_of_another(tmp_path: Path) -> None:
    read = read_listings(
        [f"arn:aws:cloudfront::111122223333:key-value-store/other={save(tmp_path, 'k', own('a'))}"]
    )
    assert rows(read) == []
    assert "was given as one of" in read.table["problem"][0]


DESCRIPTION = {
    "ETag": "KV1",
    "ItemCount": 7,
    "TotalSizeInBytes": 120,
    "KvsARN": STORE,
    "Created": "2025-03-01T10:00:00+00:00",
    "LastModified": "2025-03-20T11:00:00+00:00",
    "Status": "READY",
}


def test_the_etag_of_a_listing_is_kept(tmp_path: Path) -> None:
    table = read_listings([save(tmp_path, "keys.json", own("a"))]).table
    assert table.select("etag", "bare").rows() == [("KV1", False)]
    assert read_listings([save(tmp_path, "aws.json", aws("a"))]).table["etag"].to_list() == [None]


def test_a_description_of_a_store_has_its_etag_and_no_keys(tmp_path: Path) -> None:
    path = save(tmp_path, "describe.json", DESCRIPTION)
    read = read_listings([path], at=NOON)
    assert read.keys.is_empty()
    assert read.table.select(
        "store", "store_by", "at", "at_by", "items", "etag", "bare", "problem"
    ).rows() == [(STORE, "file", NOON, "user", 7, "KV1", True, None)]
    assert read.inputs["kind"].to_list() == [KIND]


def test_a_description_of_another_store_than_was_said_is_not_used(tmp_path: Path) -> None:
    path = save(tmp_path, "describe.json", DESCRIPTION)
    other = STORE[:-1] + "9"
    assert "was given as one of" in str(read_listings([f"{other}={path}"], at=NOON).table["problem"].item())


def test_the_control_planes_description_is_none(tmp_path: Path) -> None:
    """Its ETag is another one (docs/facts/cloudtrail.md#31-what-is-logged)."""
    control = {"ETag": "E1", "KeyValueStore": {"Name": "n", "Id": "i", "ARN": STORE, "Status": "READY"}}
    assert read_listings([save(tmp_path, "describe.json", control)]).inputs["kind"].to_list() != [KIND]
