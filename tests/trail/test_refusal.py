"""A refusal of a trail names what the thing is, and what would be read; it never speaks of logs of deploys by name."""

from __future__ import annotations

import gzip
import json

import pytest

from analyzer.trail.refusal import READ
from tests.trail.cloudtrail import inputs

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
WHAT = [
    (POINTER, "a Git LFS pointer, in the place of a file that was not fetched (git lfs pull)"),
    (gzip.compress(POINTER), "a Git LFS pointer, in the place of a file that was not fetched (git lfs pull)"),
    (b"---\na: 1\nb-c:\n  d: 2\n", "YAML with the keys 'a', 'b-c', without a record of CloudTrail"),
    (b'{"Trails":[{"Name":"a"}],"x\\n":1}', "an object with the keys 'Trails', 'x\\n'"),
    (
        json.dumps([dict.fromkeys("abcdefgh", 1)]).encode(),
        "a list of objects with the keys 'a', 'b', 'c', 'd', 'e', 'f', ...",
    ),
    (json.dumps({"k" * 500: 1}).encode(), f"an object with the keys '{'k' * 40}...'"),
    (b'{"a": "' + b"x" * 100_000 + b'"}', "JSON that begins with the key 'a'"),
    (b"[1,2]", "a list without objects"),
    (b"a,b,c\n1,2,3\n", "text, or a table with the columns 'a', 'b', 'c', without a record of CloudTrail"),
    (b"<!DOCTYPE html><html>", "HTML or XML"),
    (b"hello there\n", "text without a record of CloudTrail"),
    (b"SST 3.17.10  ready!\n\n~  Deploy\n", "a deploy log"),
    (b"Updating (dev):\n", "a deploy log"),
]


@pytest.mark.parametrize(("data", "what"), WHAT, ids=[what[:30] for _, what in WHAT])
def test_what_it_is(data: bytes, what: str) -> None:
    (stats,) = inputs(data)
    assert (stats["kind"], stats["problems"]) == ("unusable", [f"not CloudTrail: {what}; {READ}"])
    assert "Pulumi" not in stats["problems"][0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"Records":[{"eventSource":"aws:s3"}]}', "S3 event notifications"),
        (b"\0\1\2" * 50, "a binary file"),
        (b"", "empty"),
        (
            b'{"events":[{"message":"{\\"a\\":1,\\"eventSource\\":1}","timestamp":1}]}',
            "with the keys 'a', 'eventSource'",
        ),
    ],
)
def test_what_is_known_better_stays(data: bytes, words: str) -> None:
    (stats,) = inputs(data)
    assert words in stats["problems"][0]
