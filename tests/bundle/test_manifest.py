"""The manifest as it is published: its schema, its page, and what other versions may write."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from analyzer.bundle.layout import place_of
from analyzer.bundle.manifest import KINDS, NAME, Item, Manifest, read
from analyzer.errors import InputError
from analyzer.reports.schemas import json_schema
from tests.bundle.made import TRAIL, put_log, put_trail, writer_at

PAGE = (Path(__file__).parents[2] / "docs" / "bundle.md").read_text(encoding="utf-8")
AT = datetime(2026, 11, 30, 22, 5, tzinfo=UTC)


def test_what_is_written_has_the_published_schema_and_every_member_is_in_it(tmp_path: Path) -> None:
    with writer_at(tmp_path, AT) as writer:
        writer.ask({"what": "shop/prod", "store": ["arn"]})
        put_log(writer, b"[]")
        put_trail(writer, {"x.json.gz": b"{}"})
        writer.put("selectors", f"cloudtrail:GetEventSelectors {TRAIL}", b"{}", modified=AT)
        writer.refuse("ssm:GetParameter /sst/bootstrap", "denied")
        writer.leave_open("deliveries", "too early", AT)
        writer.span("arn", AT, AT)
    told = json.loads((tmp_path / NAME).read_bytes())
    schema = json.loads(json_schema("bundle"))
    jsonschema.validate(told, schema, format_checker=jsonschema.FormatChecker())
    assert told.keys() == schema["properties"].keys() == set(Manifest.__struct_fields__)
    items = schema["properties"]["items"]["items"]["properties"]
    assert told["items"][0].keys() == items.keys() == set(Item.__struct_fields__)
    assert tuple(items["kind"]["enum"]) == KINDS


def test_what_a_later_version_adds_is_left_out() -> None:
    told = {"schema": "lostwrite.bundle/v1", "tool": "9", "later": {"x": 1}, "items": []}
    assert read(json.dumps(told).encode(), NAME) == Manifest(tool="9")


@pytest.mark.parametrize("schema", ["lostwrite.bundle/v2", "lostwrite.catalogue/v1", "other"])
def test_another_form_is_refused_by_name(schema: str) -> None:
    with pytest.raises(InputError, match=re.escape("lostwrite.bundle/v1")):
        read(json.dumps({"schema": schema}).encode(), NAME)


@pytest.mark.parametrize(
    ("kind", "source", "place"),
    [
        ("log", "s3://sst-state/eventlog/shop/prod/0a.json", "home/eventlog/shop/prod/0a.json"),
        ("log", "file:pulumi.log", "logs/pulumi.log"),
        ("log", "file:/home/me/pulumi.log", "logs/pulumi.log"),
        ("trail", "s3://t/AWSLogs/1/x.json.gz", "trail/t/AWSLogs/1/x.json.gz"),
        ("trails", "cloudtrail:DescribeTrails", "config/trails/DescribeTrails-e3b0c442.json"),
        (
            "listing",
            "cloudfront-keyvaluestore:ListKeys arn:aws:cloudfront::1:key-value-store/ab-cd",
            "keys/ab-cd-",
        ),
        ("selectors", f"cloudtrail:GetEventSelectors {TRAIL}", "config/selectors/audit-"),
    ],
)
def test_where_a_file_stands(kind: str, source: str, place: str) -> None:
    assert place_of(kind, source, AT).startswith(place)


def test_the_page_names_every_member_and_every_folder() -> None:
    for member in Manifest.__struct_fields__:
        assert f"`{member}`" in PAGE
    for folder in ("home/eventlog/", "logs/", "trail/", "config/selectors/", "keys/"):
        assert f"`{folder}" in PAGE
