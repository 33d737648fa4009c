"""Digests: a chain signed with a real RSA key is validated, and each thing done to it is named."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from analyzer.errors import InputError
from analyzer.sources.source import Source
from analyzer.trail.coverage.digest import sha256_of
from analyzer.trail.coverage.public_keys import read_public_keys
from analyzer.trail.read import Reading, read_trail
from tests.trail.signed import Bucket, day, hour, other_at, public_keys

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.trail.trail import Trail

KEYS = Reading(keys=read_public_keys("keys", public_keys()))


def read(bucket: Bucket, how: Reading = KEYS) -> Trail:
    return read_trail(bucket.sources(), (), how)


def problems(trail: Trail) -> list[tuple[int, str]]:
    """The hour at which a digest ends, and what is wrong with it."""
    told = trail.digests.explode("problems").drop_nulls("problems").select("end", "problems")
    return [(end.hour, problem) for end, problem in told.iter_rows()]


def names(bucket: Bucket, kind: str) -> list[str]:
    return [key for key in sorted(bucket.files) if f"/{kind}/" in key]


def test_a_whole_chain_with_an_empty_hour() -> None:
    digests = read(day()).digests
    assert digests["link"].to_list() == ["first", *["linked"] * 5]
    # A copy of the bucket has no signature of the newest digest: S3 keeps it as metadata.
    assert digests["signature"].to_list() == [*["valid"] * 5, "unsigned"]
    assert digests["files"].to_list() == [1, 1, 0, 1, 1, 1]
    assert digests["run"].to_list() == [0] * 6
    assert digests["problems"].to_list() == [[]] * 6


def test_without_keys_the_hashes_and_links_are_checked_alone() -> None:
    digests = read(day(), Reading()).digests
    assert digests["signature"].to_list() == [*["unchecked"] * 5, "unsigned"]
    assert digests["run"].to_list() == [0] * 6


def test_keys_of_others_tell_nothing() -> None:
    keys = json.loads(public_keys())
    keys["PublicKeyList"][0]["Fingerprint"] = "f2"
    other = read_public_keys("keys", json.dumps(keys).encode())
    assert read(day(), Reading(keys=other)).digests["signature"].to_list() == [*["no_key"] * 5, "unsigned"]


def test_a_wrong_key_makes_every_signature_invalid() -> None:
    forged = read_public_keys("keys", public_keys(generate_private_key(65537, 2048)))
    digests = read(day(), Reading(keys=forged)).digests
    assert digests["signature"].to_list() == [*["invalid"] * 5, "unsigned"]
    assert digests["run"].to_list() == [*[None] * 5, 0]


def test_a_log_file_that_was_tampered_with() -> None:
    bucket = day()
    key = names(bucket, "CloudTrail")[2]
    bucket.files[key] = bucket.files[key].replace(b"GetObject", b"PutObject")
    name = key.rsplit("/", 1)[1]
    trail = read(bucket)
    assert problems(trail) == [(4, f"log files are altered or cut: {name}")]
    assert trail.digests["altered"].to_list() == [0, 0, 0, 1, 0, 0]
    assert trail.digests["run"].to_list() == [0, 0, 0, None, 1, 1]


def test_a_log_file_that_is_missing() -> None:
    bucket = day()
    key = names(bucket, "CloudTrail")[1]
    del bucket.files[key]
    assert problems(read(bucket)) == [(2, f"log files are missing: {key.rsplit('/', 1)[1]}")]


def test_a_log_file_under_another_name_is_known_by_its_hash() -> None:
    bucket = day()
    bucket.files["renamed.json"] = bucket.files.pop(names(bucket, "CloudTrail")[1])
    assert problems(read(bucket)) == []


def test_a_log_file_of_which_a_record_cannot_be_read() -> None:
    """What stands in it is what CloudTrail wrote, but it may be the very write that is looked for."""
    bucket = Bucket()
    odd = other_at(hour(0.1), 1) | {"eventSource": "edgekeyvaluestore.amazonaws.com", "eventTime": "never"}
    key = bucket.deliver(hour(0.5), odd)
    bucket.close(hour(0), hour(1), first=True)
    trail = read(bucket)
    assert problems(trail) == [(1, f"log files could not be read completely: {key.rsplit('/', 1)[1]}")]
    assert trail.digests["run"].to_list() == [None]


def test_a_digest_that_was_tampered_with() -> None:
    """An entry is taken out of the list, and the log file with it: only the next digest can tell."""
    bucket = day()
    key = names(bucket, "CloudTrail-Digest")[3]
    said = json.loads(bucket.files[key])
    del bucket.files[said["logFiles"][0]["s3Object"]]
    bucket.files[key] = json.dumps(said | {"logFiles": []}).encode()
    trail = read(bucket)
    assert problems(trail) == [
        (4, "the digest itself is altered: the next one gives another hash for it"),
        (4, "its signature is invalid: it, or the next digest, is not what CloudTrail wrote"),
    ]
    assert trail.digests["run"].to_list() == [0, 0, 0, None, 1, 1]


def test_a_forger_without_the_key_is_told_by_the_signature_alone() -> None:
    """The next digest's hash is mended too; then the one after it says another hash, and so on to the newest."""
    bucket = day(3)
    first, second, third = names(bucket, "CloudTrail-Digest")
    forged = json.loads(bucket.files[first])
    del bucket.files[forged["logFiles"][0]["s3Object"]]
    bucket.files[first] = json.dumps(forged | {"logFiles": []}).encode()
    for before, after in ((first, second), (second, third)):
        said = json.loads(bucket.files[after])
        said["previousDigestHashValue"] = sha256_of(bucket.files[before])
        bucket.files[after] = json.dumps(said).encode()
    assert read(bucket, Reading()).digests["run"].to_list() == [0, 0, 0]
    assert read(bucket).digests["signature"].to_list() == ["invalid", "invalid", "unsigned"]
    assert read(bucket).digests["run"].to_list() == [None, None, 0]


def test_a_digest_that_is_missing() -> None:
    bucket = day()
    key = names(bucket, "CloudTrail-Digest")[2]
    del bucket.files[key]
    trail = read(bucket)
    assert problems(trail) == [
        (4, f"the digest before it is missing: {key.rsplit('/', 1)[1].removesuffix('.gz')}")
    ]
    assert trail.digests["run"].to_list() == [0, 0, 1, 1, 1]
    assert trail.digests["signature"].to_list() == ["valid", "unsigned", "valid", "valid", "unsigned"]


def test_what_came_before_the_first_in_hand_is_no_problem() -> None:
    bucket = day()
    for key in names(bucket, "CloudTrail-Digest")[:2]:
        del bucket.files[key]
    assert problems(read(bucket)) == []


def test_a_gap_in_the_hours() -> None:
    """The chain was linked on, but hours later: CloudTrail says so where it could not deliver."""
    bucket = day(2)
    bucket.close(hour(4), hour(5))
    trail = read(bucket)
    assert problems(trail) == [(5, "hours are missing between the digest before it and this one")]
    assert trail.digests["run"].to_list() == [0, 0, 1]


def test_logging_that_was_stopped_begins_a_new_chain() -> None:
    bucket = day(2)
    bucket.close(hour(2), hour(3), first=True)
    trail = read(bucket)
    assert trail.digests["link"].to_list() == ["first", "linked", "first"]
    assert trail.digests["run"].to_list() == [0, 0, 1]


def test_backfills_are_a_chain_of_their_own() -> None:
    bucket = day(3)
    late = bucket.deliver(hour(2.5), other_at(hour(0.5), 90))
    bucket.close(hour(0), hour(1), backfill=True, first=True)
    trail = read(bucket)
    assert trail.digests.filter("backfill").select("files", "run").rows() == [(1, 0)]
    assert problems(trail) == []
    del bucket.files[late]
    assert [told for _, told in problems(read(bucket))] == [
        f"log files are missing: {late.rsplit('/', 1)[1]}"
    ]


def test_two_that_claim_one_place() -> None:
    bucket = day(2)
    key = names(bucket, "CloudTrail-Digest")[1]
    bucket.files[f"copy/{key}"] = bucket.files[key].replace(b"audit_", b"audit_", 1)
    assert problems(read(bucket)) == []
    bucket.files[f"copy/{key}"] = bucket.files[key] + b" "
    assert (2, "two available files claim to be this digest, and differ") in problems(read(bucket))


def test_a_digest_under_the_name_of_another() -> None:
    bucket = day(2)
    first, second = names(bucket, "CloudTrail-Digest")
    bucket.files[second] = bucket.files[first]
    told = dict(problems(read(bucket)))
    assert read(bucket).digests.height == 1
    assert told == {}
    del bucket.files[first]
    assert problems(read(bucket)) == [
        (1, f"it lies under another name than its own: {first.rsplit('/', 1)[1].removesuffix('.gz')}")
    ]


@pytest.mark.parametrize("cut", [0, 200])
def test_a_digest_that_is_cut_is_told(cut: int) -> None:
    bucket = day(2)
    key = names(bucket, "CloudTrail-Digest")[1]
    bucket.files[key] = bucket.files[key][: -cut or 400]
    trail = read(bucket)
    row = trail.inputs.filter(pl.col("source") == key)
    assert row["kind"].item() == "unusable"
    told = row["problems"].item().to_list()
    assert told == ["the digest is cut or damaged, and was not used"]
    assert trail.digests.height == 1


def test_digests_whose_names_do_not_tell_are_held_against_the_files_too() -> None:
    bucket = day(3)
    sources = [Source(f"f{number}", None, source.content) for number, source in enumerate(bucket.sources())]
    trail = read_trail(sources, (), KEYS)
    assert trail.digests["run"].to_list() == [0, 0, 0]
    assert trail.selectors["what"].to_list() == ["PutEventSelectors"]


def test_digests_in_an_archive_are_held_against_the_files_in_it(tmp_path: Path) -> None:
    bucket = day(3)
    with zipfile.ZipFile(tmp_path / "bucket.zip", "w") as archive:
        for key, data in bucket.files.items():
            archive.writestr(key, data)
    trail = read_trail([Source("bucket.zip", tmp_path / "bucket.zip")], (), KEYS)
    assert trail.digests["run"].to_list() == [0, 0, 0]
    assert trail.selectors.height == 1


@pytest.mark.parametrize("data", [b"", b"{}", b'{"PublicKeyList":[{"Value":"AAAA","Fingerprint":"f"}]}'])
def test_what_is_no_list_of_public_keys(data: bytes) -> None:
    with pytest.raises(InputError, match="list-public-keys"):
        read_public_keys("keys.json", data)
