"""The advisories as data, and what a version rules out."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.advisories.advisories import advisories, affected
from analyzer.advisories.versions import version_of
from tests.build import deploys


def test_every_advisory_has_versions_in_their_order() -> None:
    for each in advisories().values():
        introduced, fixed = version_of(each.introduced), version_of(each.fixed)
        assert introduced is not None
        assert (fixed is None) == (each.fixed is None)
        assert fixed is None or introduced < fixed


@pytest.mark.parametrize(
    ("version", "affects"),
    [
        ("3.9.25", False),
        ("3.10.0", True),
        ("3.11.1", True),
        ("3.11.2-rc.1", True),
        ("3.11.2", False),
        ("4.14.3", False),
        ("dev", None),
        (None, None),
    ],
)
def test_a_version_has_a_defect_from_its_introduction_to_its_fix(
    version: str | None, affects: bool | None
) -> None:
    assert advisories()["lost-update"].affects(version) is affects


def test_what_was_never_fixed_is_in_the_newest_version_too() -> None:
    assert advisories()["failed-read-taken-for-success"].affects("99.0.0")


def test_of_a_deploy_by_another_tool_nothing_is_known() -> None:
    """The version that Pulumi's own log names is Pulumi's."""
    table = deploys("d1", "d2", "d3").with_columns(
        tool=pl.Series(["sst", "pulumi", "sst"]), tool_version=pl.Series(["3.11.2", "3.11.2", None])
    )
    assert affected(table, "lost-update")["affected"].to_list() == [False, None, None]
