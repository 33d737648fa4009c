"""What a module lacks of a Protocol is named."""

from __future__ import annotations

import json

import pytest

from analyzer.logs.interface import LogForm, Prefiltered
from analyzer.protocols import lacking, members
from analyzer.reports.interface import Format
from analyzer.resources.interface import ResourceKind
from analyzer.rules.interface import Rule
from analyzer.setup.interface import SetupFormat
from analyzer.trail.forms import s3_log
from analyzer.trail.interface import TrailForm


@pytest.mark.parametrize(
    ("protocol", "names"),
    [
        (TrailForm, ["KIND", "FORM", "unwrap"]),
        (LogForm, ["KIND", "read"]),
        (Prefiltered, ["KIND", "read", "GRAMMARS", "prefiltered"]),
        (ResourceKind, ["TYPE", "NAME_SUFFIXES", "CONSOLE_PHRASES", "APIS", "exact", "derived"]),
        (Format, ["NAME", "render"]),
        (SetupFormat, ["NAME", "text"]),
        (Rule, ["CODE", "NAME", "SEVERITY", "find"]),
    ],
)
def test_the_members_of_each_extension_point(protocol: type, names: list[str]) -> None:
    assert members(protocol) == names


def test_what_is_lacking_is_named() -> None:
    assert lacking(json, TrailForm) == "json does not satisfy TrailForm: it lacks KIND, FORM, unwrap"
    assert lacking(s3_log, TrailForm) is None
