"""CloudTrail log files: the quick ways give exactly what a full decode gives."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.sources.source import Source
from analyzer.trail.calls.marker import SERVICES, may_be_escaped, may_hold_calls
from analyzer.trail.forms import s3_log
from analyzer.trail.interface import TrailForm
from analyzer.trail.read import read_trail
from analyzer.trail.registry import forms
from tests.trail.cloudtrail import log, other, record

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parents[4] / "shared" / "data" / "cloudtrail"
KVS = "edgekeyvaluestore.amazonaws.com"


def wanted(data: bytes) -> list[dict[str, Any]]:
    """The calls that `unwrap` lets through, decoded."""
    records = [json.loads(bytes(raw)) for raw in s3_log.unwrap(data).records]
    return [item for item in records if isinstance(item, dict) and item.get("eventSource") in SERVICES]


def full(data: bytes) -> list[dict[str, Any]]:
    """The calls that a full decode finds."""
    return [
        item
        for item in json.loads(data)["Records"]
        if isinstance(item, dict) and item.get("eventSource") in SERVICES
    ]


texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            KVS,
            "keyvaluestore.amazonaws.com",
            f'"eventSource":"{KVS}"',
            f'{{"Records":[{{"eventSource":"{KVS}"}}]}}',
            "\\u006b",
            "\\",
            ']}},{"eventVersion":"1.0',
        ]
    ),
)
values = st.recursive(
    st.one_of(texts, st.none(), st.integers(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
sources = st.sampled_from(
    [KVS, "cloudfront-keyvaluestore.amazonaws.com", "cloudfront.amazonaws.com", "s3.amazonaws.com"]
)
records = st.builds(
    lambda source, parameters, nested: {
        "eventVersion": "1.09",
        "eventSource": source,
        "requestParameters": parameters,
        **nested,
    },
    sources,
    values,
    st.dictionaries(st.sampled_from(["a", "eventSource2", "Records", "resources"]), values, max_size=2),
)


@st.composite
def spelled(draw: st.DrawFn) -> bytes:
    """A log file, with some characters written as escapes, on one line or printed prettily."""
    document = {"Records": draw(st.lists(st.one_of(records, records, values), max_size=5))}
    indent = draw(st.sampled_from([None, None, 2]))
    data = json.dumps(
        document, indent=indent, separators=None if indent else (",", ":"), ensure_ascii=draw(st.booleans())
    )
    escaped = draw(st.sets(st.sampled_from("kKeyz.-2")))
    if escaped:
        pattern = re.compile(
            "|".join(
                rf"(?<=keyvaluestor)e|(?<=amazonaws)\.|(?<=ed)ge|(?<=e){re.escape(char)}(?=eyv)"
                for char in escaped
            )
        )
        data = pattern.sub(lambda match: "".join(f"\\u{ord(char):04x}" for char in match[0]), data)
    return (
        draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf", b" \n"]))
        + data.encode("utf-8", "surrogatepass")
        + draw(st.sampled_from([b"", b"\n"]))
    )


@given(spelled())
def test_no_call_is_missed_and_none_is_made_up(data: bytes) -> None:
    plain = data.removeprefix(b"\xef\xbb\xbf")
    assert wanted(data) == full(plain)
    if full(plain):
        assert may_hold_calls(data)
        assert s3_log.unwrap(data).count == len(json.loads(plain)["Records"])


@given(st.text(alphabet="ab\\u067k.2de", max_size=30))
def test_an_escape_that_can_hide_a_name_is_seen(text: str) -> None:
    seen = re.search(r"\\u00(6|7|2[dDeE])", text) is not None
    assert may_be_escaped(text.encode()) == seen
    assert may_be_escaped(b"\\n" * 3_000 + text.encode()) == seen


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_files_without_a_call_are_counted(indent: int | None, count: int) -> None:
    unwrapped = s3_log.unwrap(
        log(*[other(f"o{n}", userAgent='a "eventVersion":"1.0" b') for n in range(count)], indent=indent)
    )
    assert (unwrapped.records, unwrapped.count, unwrapped.damaged) == ((), count, 0)


@given(st.integers(1, 3), st.data())
def test_a_file_that_is_cut_gives_the_records_before_the_cut(count: int, data: st.DataObject) -> None:
    whole = log(*[record(f"e{number}") for number in range(count)])
    cut = whole[: data.draw(st.integers(len('{"Records":['), len(whole) - 1))]
    unwrapped = s3_log.unwrap(cut)
    ids = [json.loads(bytes(raw))["eventID"] for raw in unwrapped.records]
    before = [
        number
        for number in range(count)
        if cut.startswith(log(*[record(f"e{n}") for n in range(number + 1)])[:-2])
    ]
    assert ids == [f"e{number}" for number in before]
    assert unwrapped.problems == [f"the JSON is cut short after {len(before)} whole record(s)"]


def test_a_cut_that_looks_like_the_end_of_a_file_is_a_cut() -> None:
    nested: dict[str, Any] = {"requestParameters": {"puts": [{"key": "a"}]}}
    for make, count in ((record, 2), (other, 2)):  # with a call in it, and without
        whole = log(make("e1", **nested), make("e2", **nested))
        ends = [at + 3 for at in range(len(whole) - 3) if whole[at : at + 3] == b"}]}"]
        assert len(ends) >= count
        for at in ends:
            problems = s3_log.unwrap(whole[:at]).problems
            assert [problem.startswith("the JSON is cut short after") for problem in problems] == [True]


def test_a_cut_file_without_a_call_is_not_taken_for_a_whole_one() -> None:
    whole = log(other("o1"), other("o2"))
    unwrapped = s3_log.unwrap(whole[:-20])
    assert (unwrapped.count, unwrapped.damaged) == (1, 1)
    assert unwrapped.problems == ["the JSON is cut short after 1 whole record(s)"]


def test_one_damaged_record_costs_itself() -> None:
    data = log(record("e1"), record("e2", userAgent="X"), record("e3")).replace(b'"X"', b'"\\x"')
    unwrapped = s3_log.unwrap(data)
    assert [json.loads(bytes(raw))["eventID"] for raw in unwrapped.records] == ["e1", "e3"]
    assert (unwrapped.count, unwrapped.damaged) == (2, 1)
    assert unwrapped.problems == ["the JSON is damaged: 2 record(s) were read, not these: 2"]


def test_files_that_were_joined_are_read() -> None:
    joined = log(record("e1")) + b"\n" + log(record("e2"), other()) + log()
    unwrapped = s3_log.unwrap(joined)
    assert [json.loads(bytes(raw))["eventID"] for raw in unwrapped.records] == ["e1", "e2"]
    assert (unwrapped.count, unwrapped.damaged, unwrapped.problems) == (3, 0, [])


def test_hostile_nesting_ends() -> None:
    nested = b'{"Records":[{"eventVersion":"1","eventSource":"' + KVS.encode() + b'","x":' + b"[" * 200_000
    assert s3_log.unwrap(nested).damaged == 1
    again = b'{"Records":[' + b'{"eventVersion":' * 5_000 + KVS.encode()
    assert s3_log.unwrap(again).damaged <= 1_000


def test_the_registry_finds_it() -> None:
    assert forms()["cloudtrail-s3"] is s3_log
    assert all(isinstance(form, TrailForm) for form in forms().values())


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
def test_real_log_files_are_read_whole() -> None:
    paths = sorted([*DATA.glob("s3-log-files/*"), *DATA.glob("old-versions/*")])
    trail = read_trail([Source(path.name, path) for path in paths])
    for path, row in zip(paths, trail.inputs.to_dicts(), strict=True):
        data = path.read_bytes()
        document = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
        if isinstance(document, list):
            assert (row["kind"], row["records"]) == ("cloudtrail-records", len(document))
        else:
            assert (row["kind"], row["records"]) == ("cloudtrail-s3", len(document["Records"]))
        assert [problem for problem in row["problems"] if "management events only" not in problem] == []
    assert trail.calls.is_empty()


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
def test_what_is_not_cloudtrail_is_refused_with_a_reason() -> None:
    paths = sorted(DATA.glob("not-cloudtrail/*"))
    trail = read_trail([Source(path.name, path) for path in paths])
    assert trail.inputs.get_column("kind").to_list() == ["unusable"] * len(paths)
    assert all(
        problems[0].startswith("not CloudTrail: ") and "Pulumi" not in problems[0]
        for problems in trail.inputs.get_column("problems")
    )


NAMED = "111122223333_CloudTrail_us-east-1_20260610T0510Z_AbCdEfGh.json.gz"
DAMAGES = {
    "a word without quotes": lambda text: text.replace(
        b'"awsRegion":"us-east-1"', b'"awsRegion":us-east-1', 1
    ),
    "a quote": lambda text: text.replace(b'"sourceIPAddress":"', b'"sourceIPAddress":', 1),
    "a comma": lambda text: text.replace(b',"eventName"', b'"eventName"', 1),
    "a hole": lambda text: text[:700] + text[900:],
    "zeros": lambda text: text[:700] + b"\0" * 64 + text[764:],
    "a brace": lambda text: text.replace(b'"}', b'"', 1),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_damage_in_the_middle_of_a_file_without_calls_is_told(
    damage: str, pack: Callable[[bytes], bytes]
) -> None:
    damaged = DAMAGES[damage](log(*(other(f"o{n}") for n in range(4))))
    (stats,) = read_trail([Source("f", None, pack(damaged))]).inputs.to_dicts()
    assert stats["undecodable"] >= 1
    assert stats["problems"]
    assert stats["records"] >= 2


@pytest.mark.parametrize("name", ["f", NAMED])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_record_without_a_version_counts(name: str, pack: Callable[[bytes], bytes]) -> None:
    for without in (other("o1", eventVersion=None), record("o1", eventSource=None, eventName="x")):
        file = log(other("o0"), without, other("o2"))
        (stats,) = read_trail([Source(name, None, pack(file))]).inputs.to_dicts()
        assert (stats["records"], stats["undecodable"]) == (3, 0)


@given(st.lists(st.booleans(), max_size=6), st.sampled_from([None, 2]))
def test_skimming_a_file_finds_what_reading_it_does(are_calls: list[bool], indent: int | None) -> None:
    file = log(
        *(record(f"e{n}") if is_call else other(f"o{n}") for n, is_call in enumerate(are_calls)),
        indent=indent,
    )
    skimmed, whole = s3_log.skim(file), s3_log.unwrap(file)
    assert [bytes(one) for one in skimmed.records] == [bytes(one) for one in whole.records]
    assert (skimmed.count, skimmed.damaged) == (whole.count, whole.damaged) == (len(are_calls), 0)
