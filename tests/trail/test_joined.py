"""Parts of a trail, stored and loaded and joined by store, are what reading all files at once gives."""

from __future__ import annotations

import gzip
import json
import pickle
import shutil
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.errors import InputError
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source
from analyzer.trail.calls.store_lives import store_lives
from analyzer.trail.coverage.digest import NAME_PART
from analyzer.trail.joined import across, calls_of_stores, joined, trail_facts, unhashed
from analyzer.trail.part import read_part
from analyzer.trail.read import Reading, read_trail
from analyzer.trail.stored import StoredPart, load_part, store_part
from tests.effort import examples
from tests.trail.cloudtrail import HIDDEN, STORE, log, other, record
from tests.trail.signed import control, day, hour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.trail.part import Part
    from analyzer.trail.trail import Trail

STORES = [STORE, STORE[:-1] + "2", STORE[:-1] + "3"]
CREDENTIAL = "AKIAIOSFODNN7EXAMPLE"
UNREAD = (InputStats("gone", problems=["no such file"]),)


def parameters(store: str | None, key: str, tag: str) -> dict[str, Any]:
    said = {"kvsARN": store, "ifMatch": tag, "puts": [{"key": key, "value": HIDDEN}, {"key": "b"}]}
    return {name: value for name, value in said.items() if value is not None}


def made(chance: Random) -> dict[str, Any]:
    """A record that often is another one's repeat, contradicts or corrects it, or lacks what a form may lose."""
    number = chance.randrange(8)
    store = chance.choice([*STORES, STORE, STORE, None])
    item = record(
        f"e{number}",
        requestID=chance.choice(["r1", "r2", f"r-e{number}", f"r-e{number}", None]),
        requestParameters=parameters(store, chance.choice("aac"), "KV1"),
        responseElements={"eTag": chance.choice(["KV2", f"KV-{number}", f"KV-{number}"])},
        eventTime=f"2026-06-10T00:0{chance.choice([4, 5, 5, 5])}:02Z",
        resources=None,
        sharedEventID=chance.choice([None, None, None, "s1", f"s-{number}"]),
    )
    kind = chance.choice(["plain"] * 6 + ["update", "outage", "hidden", "odd"])
    if kind == "update":
        about = {
            "reason": "UPDATED_DATA",
            "originalEventID": chance.choice(["e1", "e2", "e3", "none"]),
            "originalRequestID": chance.choice([None, "r1", "r-e4"]),
            "updatedFields": chance.choice(["requestID", "requestParameters", "eventTime, errorCode"]),
        }
        return item | {"eventID": f"a{number}", "addendum": about}
    changes: dict[str, dict[str, Any]] = {
        "outage": {"addendum": {"reason": "SERVICE_OUTAGE"}},
        "hidden": {"requestParameters": parameters(store, "long...", "KV1")},
        "odd": {"eventTime": "never"},
    }
    return item | changes.get(kind, {})


def trail_files(seed: int) -> list[Source]:
    """Files with such records, many of them twice, damaged ones, and, perhaps, digests."""
    chance = Random(seed)  # noqa: S311 - a test's data
    sources = list(day(2).sources()) if chance.random() < 0.3 else []
    of_store = control(
        hour(0.1),
        "CreateKeyValueStore",
        eventSource="cloudfront.amazonaws.com",
        requestParameters={"name": "mine"},
        responseElements={"keyValueStore": {"ARN": STORE, "Name": "mine"}},
    )
    pool = [made(chance) for _ in range(chance.randrange(2, 12))]
    for number in range(chance.randrange(2, 7)):
        records = [chance.choice([*pool, made(chance)]) for _ in range(chance.randrange(6))]
        data = log(other(f"o{number}"), *records, *([of_store] if number < 2 else []))
        wrapped = chance.choice(["plain"] * 5 + ["packed", "cut", "none", "lines"])
        if wrapped == "packed":
            data = gzip.compress(data)
        elif wrapped == "cut":
            data = gzip.compress(data)[:-12]
        elif wrapped == "none":
            data = b"no trail"
        elif wrapped == "lines" and records:
            data = "\n".join(json.dumps(item) for item in records).encode()
        sources.insert(chance.randint(0, len(sources)), Source(f"d/f{number}", None, data))
    return sources


def parts_of(sources: Sequence[Source], cuts: Sequence[int], folder: Path | None) -> list[Part]:
    """The parts between the cuts; stored and loaded where there is a folder."""
    hashing = any(NAME_PART in source.name for source in sources)
    edges = [0, *sorted(cut % (len(sources) + 1) for cut in cuts), len(sources)]
    parts: list[Part] = []
    for number, (start, end) in enumerate(pairwise(edges)):
        part = pickle.loads(pickle.dumps(read_part(sources[start:end], Reading(hashing=hashing))))  # noqa: S301
        if folder is not None:
            store_part(part, folder / str(number))
            part = pickle.loads(pickle.dumps(load_part(folder / str(number))))  # noqa: S301
        parts.append(part)
    return parts


def assert_same(one: Trail, two: Trail) -> None:
    for field in fields(one):
        first, second = getattr(one, field.name), getattr(two, field.name)
        if isinstance(first, pl.DataFrame):
            assert first.equals(second), f"{field.name}: {first.to_dicts()} {second.to_dicts()}"
        else:
            assert first == second, field.name


@settings(max_examples=examples(24))
@given(
    st.integers(0, 1 << 32).map(trail_files),
    st.lists(st.integers(0, 20), min_size=1, max_size=4),
    st.sets(st.sampled_from(STORES)),
    st.booleans(),
)
def test_any_split_gives_the_same_as_all_files_at_once(
    sources: list[Source], cuts: list[int], stores: set[str], without_store: bool
) -> None:
    whole = read_trail(sources, UNREAD)
    assert_same(joined(parts_of(sources, cuts, None), UNREAD, Reading()), whole)
    with TemporaryDirectory() as folder:
        parts = parts_of(sources, cuts, Path(folder))
        found = pickle.loads(pickle.dumps(across(parts)))  # noqa: S301
        facts = trail_facts(parts, found, UNREAD, Reading())
        calls = calls_of_stores(parts, found, stores, without_store=without_store)
    assert_same(replace(facts, calls=whole.calls, store_lives=whole.store_lives), whole)
    chosen = pl.col("store").is_in(list(stores)).fill_null(without_store)
    assert calls.equals(whole.calls.filter(chosen))
    in_stores = pl.col("store").is_in(list(stores))
    lives = store_lives(facts.store_changes, calls).filter(in_stores)
    assert lives.equals(whole.store_lives.filter(in_stores))


def test_a_correction_that_moves_a_call_to_another_store_is_found_from_there() -> None:
    update = record(
        "a1",
        requestParameters=parameters(STORES[1], "z", "KV1"),
        addendum={
            "reason": "UPDATED_DATA",
            "originalEventID": "e1",
            "updatedFields": "requestParameters",
        },
    )
    parts = [read_part([Source("f", None, log(item))], Reading()) for item in (record("e1"), update)]
    found = across(parts)
    assert calls_of_stores(parts, found, {STORES[0]}).is_empty()
    moved = calls_of_stores(parts, found, {STORES[1]})
    assert moved.select("event_id", "key").rows() == [("e1", "b"), ("e1", "z")]


def in_two_parts(*contents: bytes) -> Trail:
    """The trail of two parts: of the first file, and of all others."""
    sources = [Source(f"f{number}", None, content) for number, content in enumerate(contents)]
    parts = [read_part(sources[:1], Reading()), read_part(sources[1:], Reading())]
    assert_same(joined(parts, (), Reading()), read_trail(sources))
    return joined(parts, (), Reading())


def test_repeats_of_a_repeat_that_differs_from_the_first_in_another_part_differ_too() -> None:
    changed = record("e1", responseElements={"eTag": "KV9"})
    trail = in_two_parts(log(record("e0"), record("e1")), log(changed), log(other(), changed))
    words = ["the record e1 differs from the one in f0"]
    assert trail.inputs["problems"].to_list() == [[], words, words]
    assert trail.inputs["duplicates"].to_list() == [0, 1, 1]


def test_two_event_ids_of_one_call_in_two_parts_are_one_call() -> None:
    trail = in_two_parts(log(record("e1", requestID="r")), log(record("e2", requestID="r")))
    assert trail.calls["event_id"].to_list() == ["e1"]
    assert trail.inputs["duplicates"].to_list() == [0, 1]


def test_digests_under_other_names_are_told_before_they_are_believed() -> None:
    sources = [Source(f"x{place}", None, source.content) for place, source in enumerate(day(2).sources())]
    plain = [read_part([source], Reading()) for source in sources]
    assert unhashed(plain) == list(range(len(sources)))
    with pytest.raises(ValueError, match="read again"):
        joined(plain, (), Reading())
    again = [read_part([source], Reading(hashing=True)) for source in sources]
    assert unhashed(again) == []
    assert_same(joined(again, (), Reading()), read_trail(sources))


def secret_part(folder: Path) -> Part:
    """A stored part of records that hold credentials in each place that a caller chooses."""
    puts = [
        {"key": "plain", "value": "shown"},
        {"key": CREDENTIAL, "value": "x"},
        {"key": "c", "value": CREDENTIAL},
    ]
    first = record(
        "e1",
        requestParameters={"kvsARN": STORE, "ifMatch": "KV1", "puts": puts},
        userAgent=f"tool {CREDENTIAL}",
        sourceIPAddress=CREDENTIAL,
    )
    identity = {"arn": f"arn:aws:sts::1:assumed-role/ci/{CREDENTIAL}", "accessKeyId": CREDENTIAL}
    second = record("e2", errorCode="X", errorMessage=f"denied {CREDENTIAL}", userIdentity=identity)
    in_selectors = control(
        hour(1),
        requestParameters={"trailName": "audit", "eventSelectors": [{"readWriteType": CREDENTIAL}]},
    )
    data = log(first, second, in_selectors)
    store_part(read_part([Source(f"{CREDENTIAL}/f", None, data)], Reading()), folder)
    return load_part(folder)


def test_nothing_stored_holds_a_credential(tmp_path: Path) -> None:
    part = secret_part(tmp_path / "part")
    records, keys = part.chosen(pl.lit(value=True))
    for table in (records, keys):
        assert CREDENTIAL not in str(table.to_dicts())
    assert CREDENTIAL.encode() not in part.facts
    trail = joined([part], (), Reading())
    assert trail.selectors["state"].to_list() == ["unknown"]
    assert trail.inputs["source"].to_list() == trail.calls["source"].unique().to_list()


def test_a_key_that_was_redacted_is_a_key_that_nobody_knows(tmp_path: Path) -> None:
    trail = joined([secret_part(tmp_path / "part")], (), Reading())
    first = trail.calls.filter(event_id="e1")
    assert first.select("key", "value").rows() == [("c", None), ("plain", "shown"), (None, "x")]
    assert first["degraded"].unique().to_list() == ["keys that are hidden, cut or odd"]


def test_access_keys_with_one_end_stay_two(tmp_path: Path) -> None:
    def by(number: int, key: str) -> dict[str, Any]:
        return record(f"e{number}", userIdentity={"arn": "arn:aws:iam::1:user/ci", "accessKeyId": key})

    data = log(by(1, CREDENTIAL), by(2, "AKIAIOSFODNN8EXAMPLE"), by(3, CREDENTIAL))
    store_part(read_part([Source("f", None, data)], Reading()), tmp_path / "part")
    keys = joined([load_part(tmp_path / "part")], (), Reading()).calls["access_key"].to_list()
    assert keys[0] == keys[2] != keys[1]


def test_files_of_a_part_are_for_the_user_alone(tmp_path: Path) -> None:
    store_part(read_part([Source("f", None, log(record()))], Reading()), tmp_path / "part")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "part").iterdir()} == {0o600}
    assert (tmp_path / "part").stat().st_mode & 0o777 == 0o700


NAMES = ("records.parquet", "keys.parquet", "repeats.parquet", "facts.json")
FOREIGN = (None, b"", b"PAR1", b"{}", b"\x80\x04\x95", b"[" * 100_000, "cut", "other")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", FOREIGN)
def test_a_damaged_part_is_an_error_of_the_project(
    tmp_path: Path, name: str, content: bytes | str | None
) -> None:
    store_part(read_part([Source("f", None, log(record()))], Reading()), tmp_path / "part")
    path = tmp_path / "part" / name
    if content is None:
        path.unlink()
    elif content == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif content == "other":
        shutil.copy(tmp_path / "part" / NAMES[NAMES.index(name) - 1], path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(InputError, match="part"):
        load_part(tmp_path / "part")


def test_damage_that_only_reading_shows_is_an_error_of_the_project(tmp_path: Path) -> None:
    store_part(read_part([Source("f", None, log(record()))], Reading()), tmp_path / "part")
    part = load_part(tmp_path / "part")
    path = tmp_path / "part" / "records.parquet"
    data = bytearray(path.read_bytes())
    data[4:400] = bytes(396)
    path.write_bytes(data)
    with pytest.raises(InputError):
        joined([part], (), Reading())


def test_parts_that_contradict_themselves_are_an_error_of_the_project(tmp_path: Path) -> None:
    """Somebody else's folder may say that a file is whole and has no records, and yet repeat one of it."""
    part = read_part([Source("f", None, log(record(), record()))], Reading())
    facts = part.facts.replace(b",true,[", b",false,[", 1)
    assert facts != part.facts
    store_part(
        replace(part, facts=facts, repeats=part.repeats.with_columns(file=pl.lit(7, pl.UInt32))),
        tmp_path / "p",
    )
    with pytest.raises(InputError):
        joined([load_part(tmp_path / "p")], (), Reading())


def test_a_folder_with_the_name_of_a_pattern_is_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "store=[x]*"
    store_part(read_part([Source("f", None, log(record()))], Reading()), folder)
    part = load_part(folder)
    assert isinstance(part, StoredPart)
    assert joined([part], (), Reading()).calls.height == 1
