"""What the logs look for is derived from the kinds: the literals, for which each line is searched, are held here."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.logs.languages.pulumi import language as pulumi
from analyzer.logs.languages.sst import language as sst
from analyzer.resources import keyvaluestore_key, kv_keys, shown
from analyzer.resources.registry import kinds


def test_the_kinds_are_told_by_their_type() -> None:
    assert [kind.TYPE for kind in kinds()] == [
        "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey",
        "aws:cloudfront/keyvaluestoreKeysExclusive:KeyvaluestoreKeysExclusive",
        "sst:aws:KvKeys",
        "sst:aws:KvRoutesUpdate",
    ]


def test_the_prefilters_are_literal_alternatives_of_the_kinds() -> None:
    assert sst.TELLING == ":KeyvaluestoreKey|:KeyvaluestoreKeysExclusive|:KvKeys|:KvRoutesUpdate"
    types = ":KeyvaluestoreKey|:KeyvaluestoreKeysExclusive"
    rows = rf"\.sst\.aws\.KvKeys|\.sst\.aws\.KvRoutesUpdate|{types}"
    assert rf"{rows}|:pulumi:Stack" == pulumi.TELLING_ROWS
    assert f"{rows}|kv namespace|entry: " == pulumi.TELLING_LINES


def test_a_name_ends_with_the_class_that_sst_appends() -> None:
    names = ["SiteKvKeys.sst.aws.KvKeys", "SiteRoutesUpdate.sst.aws.KvRoutesUpdate", "KvKeys", None]
    events = pl.DataFrame({"name": names, "type": ["pulumi-nodejs:dynamic:Resource"] * 4})
    assert events.select(shown.is_of(kv_keys)).to_series().to_list() == [True, False, False, False]
    assert events.select(shown.is_of_any()).to_series().to_list() == [True, True, False, False]


def test_a_resource_of_a_provider_is_told_by_its_type() -> None:
    types = [keyvaluestore_key.TYPE, "aws:cloudfront:KeyvaluestoreKey", "aws:cloudfront:KeyValueStore", None]
    events = pl.DataFrame({"name": ["flags"] * 4, "type": types})
    assert events.select(shown.is_of(keyvaluestore_key)).to_series().to_list() == [True, True, False, False]
    assert events.select(shown.is_of_any()).to_series().to_list() == [True, True, False, False]


@pytest.mark.parametrize(
    ("token", "row"),
    [
        ("aws:s3/bucket:Bucket", "aws:s3:Bucket"),
        ("aws:s3/bucketV2:Bucket", "aws:s3/bucketV2:Bucket"),
        ("pulumi:pulumi:Stack", "pulumi:pulumi:Stack"),
        ("pulumi-nodejs:dynamic:Resource", "pulumi-nodejs:dynamic:Resource"),
    ],
)
def test_rows_print_a_type_without_its_file(token: str, row: str) -> None:
    assert shown.displayed(token) == row
