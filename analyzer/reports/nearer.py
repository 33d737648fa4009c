"""Paths of a report as seen from a folder: those of files below it are relative to it, so that they are short.

For text that a person reads there. What programs read keeps the paths as they were named, but where a service shows a
finding in a repository: there they are relative to the repository's root.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from analyzer.reports.report import Report

_NO_PATH: Final = re.compile(r"/|-(?:$|[:#])|arn:|[A-Za-z][A-Za-z0-9+.-]*://")
"""How the source begins that is no relative path: an absolute one, standard input, a store, an address."""


def nearer(report: Report, folder: str) -> Report:
    """`report` with its paths relative to `folder`, an absolute path, where they lie below it."""
    prefix = folder.rstrip("/") + "/"
    near = pl.col("source").str.strip_prefix(prefix)
    return replace(
        report,
        deploys=report.deploys.with_columns(
            pl.col("sources").list.eval(pl.element().str.strip_prefix(prefix))
        ),
        writes=report.writes.with_columns(near),
        evidence=report.evidence.with_columns(near),
        findings=report.findings.with_columns(near),
        inputs=report.inputs.with_columns(near),
    )


def below(report: Report, inner: str) -> Report:
    """`report` with its paths relative to the folder in which `inner` lies, not to `inner`.

    Args:
        report: whose paths are relative to `inner`, or absolute.
        inner: a relative path without `.` and `..`, such as `apps/web`.
    """
    names = pl.concat(
        [
            report.findings["source"],
            report.evidence["source"],
            report.writes["source"],
            report.inputs["source"],
            report.deploys["sources"].explode(),
        ]
    )
    seen = {name: _joined(inner, name) for name in names.drop_nulls().unique()}
    moved = pl.col("source").replace(seen)
    return replace(
        report,
        deploys=report.deploys.with_columns(pl.col("sources").list.eval(pl.element().replace(seen))),
        writes=report.writes.with_columns(moved),
        evidence=report.evidence.with_columns(moved),
        findings=report.findings.with_columns(moved),
        inputs=report.inputs.with_columns(moved),
    )


def _joined(inner: str, name: str) -> str:
    """`name`, a path relative to `inner`, relative to the folder in which `inner` lies; itself where it leads out."""
    if _NO_PATH.match(name):
        return name
    folders, rest = inner.split("/"), name
    while rest.startswith(("./", "../")):
        step, _, rest = rest.partition("/")
        if step == "..":
            if not folders:
                return name
            folders.pop()
    return "/".join([*folders, rest])
