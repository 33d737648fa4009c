"""Which keys a word means."""

from __future__ import annotations

import pytest

from analyzer.errors import InputError
from analyzer.sources.s3.address import address, is_s3


@pytest.mark.parametrize(
    ("word", "keys", "others"),
    [
        ("s3://bkt", ["a", "a/b", "..", "/x"], []),
        ("s3://bkt/", ["a", "a/b"], []),
        ("s3://bkt/a", ["a", "a/b", "a//c"], ["ab", "a2/x", "b/a", ""]),
        ("s3://bkt/a/", ["a/b", "a/b/c"], ["a", "ab"]),
        ("s3://bkt/a/*.gz", ["a/1.gz", "a/1.gz/x", "a/*.gz"], ["a/b/1.gz", "a/1.json"]),
        (
            "s3://bkt/a/*/CloudTrail",
            ["a/1/CloudTrail/x", "a/2/CloudTrail"],
            ["a/1/2/CloudTrail/x", "a/1/Config/x"],
        ),
        ("s3://bkt/a/**/x.json", ["a/x.json", "a/1/2/x.json"], ["a/1/y.json"]),
        ("s3://bkt/a[1]", ["a[1]", "a1/x"], ["a2"]),
    ],
)
def test_a_word_means_an_object_or_what_is_below_a_prefix(
    word: str, keys: list[str], others: list[str]
) -> None:
    fits = address(word).fits()
    assert [key for key in keys if not fits(key)] == []
    assert [key for key in others if fits(key)] == []


@pytest.mark.parametrize(
    "word", ["s3://", "s3:///a", "s3://b!/a", "s3://a..b/x", "s3://bkt/\0", "s3://bkt/" + "x" * 1025]
)
def test_what_is_no_address_is_refused(word: str) -> None:
    with pytest.raises(InputError):
        address(word)


def test_the_scheme_may_be_in_capitals() -> None:
    assert is_s3("S3://b/a")
    assert not is_s3("s3:/b/a")
