"""The registry of the forms of CloudTrail: the modules of `forms/`, each of which satisfies `TrailForm`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from analyzer.protocols import lacking
from analyzer.trail.coverage.digest import KIND as DIGEST
from analyzer.trail.forms import (
    athena,
    athena_rows,
    bare,
    cli_text,
    cli_yaml,
    cwl_events,
    cwl_export,
    cwl_insights,
    cwl_insights_csv,
    cwl_insights_json,
    cwl_subscription,
    elastic,
    event_history,
    eventbridge,
    lake,
    lake_csv,
    logstash,
    lookup_events,
    ocsf,
    ocsf_parquet,
    panther,
    parquet,
    pasted,
    s3_log,
    sentinel,
    splunk,
    splunk_csv,
    wazuh,
)
from analyzer.trail.interface import TrailForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORMS: Final[tuple[TrailForm, ...]] = (
    athena,
    athena_rows,
    bare,
    cli_text,
    cli_yaml,
    cwl_events,
    cwl_export,
    cwl_insights,
    cwl_insights_csv,
    cwl_insights_json,
    cwl_subscription,
    elastic,
    event_history,
    eventbridge,
    lake,
    lake_csv,
    logstash,
    lookup_events,
    ocsf,
    ocsf_parquet,
    panther,
    parquet,
    pasted,
    s3_log,
    sentinel,
    splunk,
    splunk_csv,
    wazuh,
)
"""Every module of `forms/`, by name. It is written out so that mypy holds each one's signatures to `TrailForm`."""


@cache
def forms() -> Mapping[str, TrailForm]:
    """The forms of CloudTrail by the kind that `analyzer.sources.identify` detects."""
    return by_kind(FORMS)


def is_of_trail(kind: str) -> bool:
    """Whether a source of this kind is read as part of a trail: records in any form, or a digest."""
    return kind in forms() or kind == DIGEST


def by_kind(modules: Iterable[TrailForm]) -> Mapping[str, TrailForm]:
    """The modules by their kind.

    Raises:
        TypeError: one lacks something of `TrailForm`, or two are of one kind (a defect of this project).
    """
    by_name: dict[str, TrailForm] = {}
    for module in modules:
        if defect := lacking(module, TrailForm):
            raise TypeError(defect)
        if module.KIND in by_name:
            raise TypeError(f"two forms of CloudTrail are of the kind {module.KIND}")
        by_name[module.KIND] = module
    return by_name
