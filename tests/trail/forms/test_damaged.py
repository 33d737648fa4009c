"""Damaged files of each form: the damage is told and counted, the rest is read, and nothing raises."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.trail.registry import forms
from tests.effort import examples
from tests.trail.cloudtrail import read, record
from tests.trail.forms.forms import LOSSLESS, lines
from tests.trail.forms.test_losses import DOCUMENT, HISTORY, LOGSTASH, SPLUNK, lookup, sentinel

MADE = [record(f"e{place}", requestID=f"r{place}") for place in range(6)]
BY_RECORD = [  # the damage of one record costs that one: the others stand apart from it
    name
    for name in LOSSLESS
    if name
    not in (
        "cloudtrail-cwl-subscription firehose",
        "cloudtrail-cwl-subscription awslogs",
        "cloudtrail-ocsf-parquet",
        "cloudtrail-parquet",
        "cloudtrail-yaml records",
        "cloudtrail-yaml documents",
        "cloudtrail-records members",
        "cloudtrail-splunk-csv",
        "cloudtrail-cwl-insights-csv",
        "cloudtrail-athena",
        "cloudtrail-lake-csv",
    )
]
TABLES = ["cloudtrail-splunk-csv", "cloudtrail-athena", "cloudtrail-lake-csv"]
PARQUET = ("cloudtrail-ocsf-parquet", "cloudtrail-parquet")
PACKED = ("cloudtrail-records members", "cloudtrail-cwl-subscription firehose")
BEGINNINGS = {
    **{name: write(MADE[:1]) for name, write in LOSSLESS.items() if name not in PACKED},
    "cloudtrail-cwl-subscription": gzip.decompress(
        LOSSLESS["cloudtrail-cwl-subscription firehose"](MADE[:1])
    ),
    "cloudtrail-logstash": lines([LOGSTASH]),
    "cloudtrail-elastic fields": lines([DOCUMENT]),
    "cloudtrail-splunk fields": lines([{"preview": False, "result": SPLUNK}]),
    "cloudtrail-sentinel": sentinel("21/04/2026, 09:45:54.000"),
    "cloudtrail-lookup-events": lookup(*MADE[:1]),
    "cloudtrail-event-history": HISTORY,
}


def ids(data: bytes) -> tuple[list[str], dict[str, Any]]:
    trail = read(data)
    return sorted(trail.calls["event_id"].unique()), trail.inputs.to_dicts()[0]


@pytest.mark.parametrize("form", BY_RECORD)
def test_a_record_that_is_broken_costs_itself_alone(form: str) -> None:
    whole = LOSSLESS[form](MADE)
    at = whole.index(b"e2", whole.index(b"r1"))  # in the third record: its eventID loses a quote
    quote = whole.index(b'"', at)
    found, stats = ids(whole[:quote].removesuffix(b"\\") + b"\x00{[" + whole[quote + 1 :])
    assert found == ["e0", "e1", "e3", "e4", "e5"]
    assert stats["undecodable"] >= 1
    assert stats["problems"]
    assert stats["kind"] == form.split(maxsplit=1)[0]


@pytest.mark.parametrize("form", TABLES)
def test_a_row_that_is_broken_costs_itself_alone(form: str) -> None:
    rows = LOSSLESS[form](MADE).split(b"\n")
    rows[3] = rows[3][: rows[3].rindex(b',"')]  # one cell less
    found, stats = ids(b"\n".join(rows))
    assert found == ["e0", "e1", "e3", "e4", "e5"]
    assert (stats["records"], stats["undecodable"]) == (5, 1)
    assert stats["problems"] == ["the table is damaged: these rows were not read: 3"]


@pytest.mark.parametrize("form", [name for name in BY_RECORD if name != "cloudtrail-s3"] + TABLES)
def test_a_file_that_is_cut_gives_what_stands_before(form: str) -> None:
    whole = LOSSLESS[form](MADE)
    found, stats = ids(whole[: whole.index(b"r4")])
    assert found == ["e0", "e1", "e2", "e3"]
    assert stats["undecodable"] == 1
    assert stats["problems"]


@pytest.mark.parametrize("form", ["cloudtrail-cwl-events", "cloudtrail-cwl-insights", "cloudtrail-lake"])
def test_damage_around_the_records_is_told(form: str) -> None:
    whole = LOSSLESS[form](MADE)
    found, stats = ids(whole[:-1].rstrip())  # without the last bracket
    assert found == ["e0", "e1", "e2", "e3", "e4", "e5"]
    assert (stats["records"], stats["undecodable"], len(stats["problems"])) == (6, 1, 1)


def test_a_message_of_firehose_that_is_broken_costs_its_records_alone() -> None:
    whole = gzip.decompress(LOSSLESS["cloudtrail-cwl-subscription firehose"](MADE))
    at = whole.index(b"e2", whole.index(b"r1"))
    found, stats = ids(whole[:at] + b'"\x00' + whole[at:])
    assert found == ["e0", "e1", "e3", "e4", "e5"]
    assert stats["undecodable"] >= 1


@pytest.mark.parametrize("form", PACKED)
def test_gzip_members_that_are_cut(form: str) -> None:
    whole = LOSSLESS[form](MADE)
    found, stats = ids(whole[:-100])
    assert found == ["e0", "e1", "e2", "e3", "e4"]
    assert stats["problems"][0] == "the gzip data is cut short: only what comes before was read"


def test_a_parquet_file_that_is_cut() -> None:
    whole = LOSSLESS["cloudtrail-ocsf-parquet"](MADE)
    found, stats = ids(whole[:-10])
    assert (found, stats["undecodable"]) == ([], 1)
    assert stats["problems"] == ["the Parquet data is damaged: not all of it was read"]


def test_a_parquet_file_of_another_table() -> None:
    import io

    import polars as pl

    out = io.BytesIO()
    pl.DataFrame({"a": [1]}).write_parquet(out)
    assert ids(out.getvalue())[1]["problems"] == ["not CloudTrail: a Parquet file with the columns 'a'"]


def test_every_form_has_a_beginning() -> None:
    assert {name.split()[0] for name in BEGINNINGS} == set(forms())
    assert {name: ids(data)[1]["kind"] for name, data in BEGINNINGS.items()} == {
        name: name.split()[0] for name in BEGINNINGS
    }


@settings(max_examples=examples(4))  # each form is tried on each beginning
@given(st.data())
def test_nothing_raises(data: st.DataObject) -> None:
    for name, whole in BEGINNINGS.items():
        if name in PARQUET:
            continue  # polars' own reader: the next test
        cut = data.draw(st.integers(0, len(whole)))
        tail = data.draw(
            st.binary(max_size=60) | st.sampled_from([b"[" * 5_000, b'{"a":' * 5_000, b'"', b"\xff"])
        )
        (stats,) = read(whole[:cut] + tail + whole[cut:] * data.draw(st.integers(0, 1))).inputs.to_dicts()
        assert stats["problems"] or stats["kind"] != "unusable", name
        for form in forms().values():
            if form.KIND not in PARQUET:
                form.unwrap(whole[:cut] + tail)


@settings(max_examples=examples(15))
@given(st.binary(max_size=60), st.floats(0, 1))
def test_no_parquet_raises(tail: bytes, part: float) -> None:
    whole = LOSSLESS["cloudtrail-ocsf-parquet"](MADE[:1])
    cut = int(len(whole) * part)
    for damaged in (whole[:cut] + tail, whole[:cut] + tail + whole[cut + len(tail) :]):
        read(b"PAR1" + damaged[4:])
