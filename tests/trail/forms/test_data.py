"""The real records of the shared data: each is read, or refused with a reason."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from analyzer.sources.source import Source
from analyzer.trail.read import read_trail

DATA = Path(__file__).parents[4] / "shared" / "data" / "cloudtrail"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
BROKEN = "docs-example/UpdateKeys.as-published.txt"  # a quote is missing
STRANGE = ("not-cloudtrail/", "ocsf/control.json")


def number(path: Path) -> int:
    """The records in a file, counted without this project."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode()
    if path.suffix == ".jsonl":
        return len(text.splitlines())
    document = json.loads(text)
    return len(document.get("Records", [0]) if isinstance(document, dict) else document)


def test_counts_in_are_counts_out() -> None:
    paths = {str(path.relative_to(DATA)): path for path in sorted(DATA.rglob("*")) if path.is_file()}
    trail = read_trail([Source(name, path) for name, path in paths.items()])
    assert len(paths) > 50
    for row in trail.inputs.to_dicts():
        name = row["source"]
        if name.startswith(STRANGE):
            assert (row["kind"], row["records"]) == ("unusable", None), name
            assert row["problems"][0].startswith("not CloudTrail: "), name
        elif name == BROKEN:
            assert (row["kind"], row["records"], row["undecodable"]) == ("unusable", None, 1), (
                "its one record"
            )
            assert len(row["problems"]) == 1
        else:
            assert (row["records"], row["undecodable"]) == (number(paths[name]), 0), name


def test_the_one_call_among_them() -> None:
    trail = read_trail([Source("x", DATA / "docs-example" / "UpdateKeys.repaired.json")])
    (row,) = trail.calls.to_dicts()
    assert (row["api"], row["effect"], row["key"], row["if_match"], row["etag"], row["item_count"]) == (
        "UpdateKeys",
        "delete",
        "key1",
        "KV3O6B1CX531EBP",
        "KVDC9VEVZ71ZGO",
        0,
    )


@pytest.mark.parametrize(
    ("folder", "kinds"),
    [
        ("eventbridge", {"cloudtrail-eventbridge", "cloudtrail-records"}),
        ("lookup-events", {"cloudtrail-lookup-events"}),
        ("stratus", {"cloudtrail-records"}),
        ("s3-log-files", {"cloudtrail-s3"}),
        ("not-cloudtrail", {"unusable"}),
    ],
)
def test_the_forms_of_a_folder(folder: str, kinds: set[str]) -> None:
    trail = read_trail([Source(path.name, path) for path in (DATA / folder).iterdir()])
    assert set(trail.inputs["kind"]) == kinds
