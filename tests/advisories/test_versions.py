"""Versions in their order."""

from __future__ import annotations

from itertools import pairwise

import pytest

from analyzer.advisories.versions import version_of


def test_versions_are_ordered_by_numbers_and_a_pre_release_comes_before_its_release() -> None:
    """The order of semver.org, section 11."""
    said = [
        "3.9.17",
        "3.10.0",
        "3.11.2-alpha",
        "3.11.2-alpha.1",
        "3.11.2-alpha.beta",
        "3.11.2-beta",
        "3.11.2-beta.2",
        "3.11.2-beta.11",
        "3.11.2-rc.1",
        "3.11.2",
        "4.0.0",
    ]
    known = [version_of(text) for text in said]
    assert all(left is not None and right is not None and left < right for left, right in pairwise(known))


def test_a_leading_v_and_the_metadata_of_a_build_say_nothing() -> None:
    assert version_of("v3.12.5") == version_of("3.12.5+build.7") == version_of(" 3.12.5 ")


@pytest.mark.parametrize("text", [None, "", "dev", "3.12", "3.12.5.1", "0.0.0", "0.0.0-snapshot", "x.1.2"])
def test_what_is_no_version_is_unknown(text: str | None) -> None:
    assert version_of(text) is None
