"""Every form that loses nothing gives the same calls; a golden of four records, and any set of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.sources.source import Source
from analyzer.trail.interface import TrailForm
from analyzer.trail.read import read_trail
from analyzer.trail.registry import forms
from tests.effort import examples
from tests.trail.cloudtrail import HIDDEN, STORE, log, other, read, record
from tests.trail.forms.forms import LOSSLESS

if TYPE_CHECKING:
    from analyzer.trail.trail import Trail

OTHERS = {  # the kinds that lose something, or never hold a call: test_losses.py
    "cloudtrail-logstash",
    "cloudtrail-lookup-events",
    "cloudtrail-event-history",
    "cloudtrail-sentinel",
}
UPDATE = {
    "kvsARN": STORE,
    "ifMatch": "KV1",
    "puts": [{"key": "7c62:a", "value": HIDDEN}, {"key": '7c62:"b", c={d}', "value": HIDDEN}],
    "deletes": [{"key": "7c62:é"}],
}
SAMPLE = [
    record("e1", requestParameters=UPDATE),
    record(
        "e2",
        "PutKeys",
        eventTime="2026-06-10T00:05:03Z",
        requestParameters={"kvsARN": STORE, "key": "7c62:d", "ifMatch": "KV2", "value": HIDDEN},
        errorCode="ValidationException",
        errorMessage='Pre-Condition failed: "KV2", it is\nKV3',
        responseElements=None,
        sharedEventID="s2",
    ),
    record(
        "e3",
        "DescribeKeyValueStore",
        eventTime="2026-06-10T00:05:04Z",
        requestParameters={"kvsARN": STORE},
        responseElements=None,
        readOnly=True,
    ),
    other("o1", eventTime="2026-06-10T00:05:01Z"),
    other("o2", eventTime="2026-06-10T00:04:00Z", awsRegion="eu-west-1"),
]
# event, api, effect, key, ok, error_code, if_match, etag, item_count, second
GOLDEN = {
    ("e1", "UpdateKeys", "put", "7c62:a", True, None, "KV1", "KV2", 3, 2),
    ("e1", "UpdateKeys", "put", '7c62:"b", c={d}', True, None, "KV1", "KV2", 3, 2),
    ("e1", "UpdateKeys", "delete", "7c62:é", True, None, "KV1", "KV2", 3, 2),
    ("e2", "PutKey", "put", "7c62:d", False, "ValidationException", "KV2", None, None, 3),
    ("e3", "DescribeKeyValueStore", "read", None, True, None, None, None, None, 4),
}


def test_every_form_has_a_sample() -> None:
    assert {name.split()[0] for name in LOSSLESS} | OTHERS == set(forms())
    assert all(isinstance(form, TrailForm) for form in forms().values())
    assert len({form.FORM for form in forms().values()}) == len(forms())


@pytest.mark.parametrize("form", LOSSLESS)
def test_the_golden(form: str) -> None:
    trail = read(LOSSLESS[form](SAMPLE))
    (stats,) = trail.inputs.to_dicts()
    assert (stats["kind"], stats["records"], stats["undecodable"], stats["problems"]) == (
        form.split(maxsplit=1)[0],
        len(SAMPLE),
        0,
        [],
    )
    rows = trail.calls.to_dicts()
    assert {
        (
            row["event_id"],
            row["api"],
            row["effect"],
            row["key"],
            row["ok"],
            row["error_code"],
            row["if_match"],
            row["etag"],
            row["item_count"],
            row["at"].second,
        )
        for row in rows
    } == GOLDEN
    assert {row["form"] for row in rows} == {forms()[stats["kind"]].FORM}
    assert {row["degraded"] for row in rows} == {None}
    assert {row["store"] for row in rows} == {STORE}
    assert {row["caller"] for row in rows} == {"arn:aws:sts::111122223333:assumed-role/ci/run"}
    (message,) = {row["error_message"] for row in rows} - {None}
    assert message == 'Pre-Condition failed: "KV2", it is\nKV3'


@pytest.mark.parametrize("form", LOSSLESS)
def test_how_far_a_form_reaches_is_told_by_all_its_records(form: str) -> None:
    trail = read(LOSSLESS[form](SAMPLE))
    assert trail.first is not None
    assert trail.reach is not None
    assert (trail.reach.second, trail.accounts) == (4, frozenset({"111122223333"}))
    assert trail.first.second == 1
    assert trail.regions == {"us-east-1", "eu-west-1"}


keys = st.text(min_size=1, max_size=20)
bare = st.text("abcXYZ019:/_.=-é漢", min_size=1, max_size=20).filter(lambda key: key != "null")
values = st.sampled_from([HIDDEN, "v1"])
parameters: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(
        st.just("UpdateKeys"),
        st.fixed_dictionaries(
            {"ifMatch": st.just("KV1")},
            optional={
                "puts": st.lists(st.fixed_dictionaries({"key": keys, "value": values}), max_size=4),
                "deletes": st.lists(st.fixed_dictionaries({"key": keys}), max_size=2),
            },
        ),
    ),
    st.tuples(
        st.sampled_from(["PutKey", "PutKeys"]),
        st.fixed_dictionaries({"key": bare, "value": values, "ifMatch": st.just("KV7")}),
    ),
    st.tuples(st.sampled_from(["GetKey", "DeleteKey", "DeleteKeys"]), st.fixed_dictionaries({"key": bare})),
    st.tuples(st.sampled_from(["ListKeys", "DescribeKeyValueStore"]), st.just({})),
)
answers = st.none() | st.fixed_dictionaries(
    {"eTag": st.sampled_from(["KV2", "KV3"]), "itemCount": st.integers(0, 9999)}
)


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    made = []
    for place in range(draw(st.integers(1, 5))):
        name, named = draw(parameters)
        error = draw(st.none() | keys)
        made.append(
            record(
                f"e{place}",
                name,
                eventTime=f"2026-06-10T00:05:{draw(st.integers(10, 59))}Z",
                requestParameters={"kvsARN": STORE, **named},
                responseElements=None if error else draw(answers),
                errorCode="SomeException" if error else None,
                errorMessage=error,
                userAgent=draw(keys),
                readOnly=draw(st.booleans()),
                sharedEventID=f"s{place}" if draw(st.booleans()) else None,
            )
        )
        if draw(st.booleans()):
            made.append(other(f"o{place}"))
    return made


def said(trail: Trail) -> list[dict[str, Any]]:
    return trail.calls.drop("source", "form").to_dicts()


@settings(max_examples=examples(5))
@given(records())
def test_any_calls_are_the_same_in_every_form(made: list[dict[str, Any]]) -> None:
    expected = said(read(log(*made)))
    assert expected
    for form, write in LOSSLESS.items():
        trail = read_trail([Source(form, None, write(made))])
        assert said(trail) == expected, form
        assert trail.inputs["records"].to_list() == [len(made)], form
        assert trail.inputs["undecodable"].to_list() == [0], form
