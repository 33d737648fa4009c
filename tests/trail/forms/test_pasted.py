"""Records within other text: each is found, one that is cut is told, and hostile text ends soon."""

from __future__ import annotations

import json
import time

import pytest

from analyzer.trail.forms import pasted
from tests.trail.cloudtrail import inputs, other, record


def test_a_record_that_is_cut_is_told_and_the_others_are_read() -> None:
    texts = [json.dumps(record(f"e{n}", requestID=f"r{n}"), indent=2) for n in range(3)]
    pieces = [texts[0], texts[1][:400], texts[2]]
    (stats,) = inputs("\n".join(f"call:\n```\n{piece}\n```" for piece in pieces).encode())
    assert (stats["kind"], stats["records"]) == ("cloudtrail-pasted", 2)
    assert stats["undecodable"] >= 1
    assert stats["problems"]


def test_text_and_other_objects_are_no_records() -> None:
    text = f'we use {{"a": 1}} and {json.dumps(other("o1"))} in one line, {json.dumps(record())}.'
    found = pasted.unwrap(text.encode())
    assert (found.count, len(found.records), found.damaged) == (2, 1, 0)


HOSTILE = [
    '{"eventVersion":' * 100_000,
    '{"eventVersion": "' * 50_000,
    '[{"eventSource":' + "[" * 200_000,
    "{ " * 300_000,
    ">" * 600_000,
    "> \n" * 200_000,
    '{"version":1}' * 50_000,
    "{" + " " * 600_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:18] for text in HOSTILE])
def test_hostile_text_ends_soon(text: str) -> None:
    begin = time.process_time()
    pasted.unwrap(text.encode())
    assert time.process_time() - begin < 5
