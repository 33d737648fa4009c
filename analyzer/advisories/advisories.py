"""The advisories, and which deploys can do what they describe: by the version of the tool that the log says.

In comes `advisories.toml`. The deploys whose version is unknown may do anything.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import polars as pl

from analyzer.advisories.versions import version_of

_FILE: Final = Path(__file__).with_name("advisories.toml")


class Advisory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A known defect of SST.

    Attributes:
        name: its name in this project.
        introduced: the first version that has it.
        what: what it does.
        in_log: what shows it in a deploy's log.
        in_trail: what shows it in CloudTrail.
        reference: the page and heading of its source.
        resources: the classes of SST's resources that it is about (`KvKeys`); empty: it may concern any deploy.
        fixed: the first version that does not have it any more; null: none so far.
        commit: the commit of SST that fixed it.
    """

    name: str
    introduced: str
    what: str
    in_log: str
    in_trail: str
    reference: str
    resources: list[str]
    fixed: str | None = None
    commit: str | None = None

    def affects(self, version: str | None) -> bool | None:
        """Whether that version of SST has it; null where the text says no version."""
        known = version_of(version)
        since, until = version_of(self.introduced), version_of(self.fixed)
        if known is None or since is None:
            return None
        return since <= known and (until is None or known < until)


@cache
def advisories() -> dict[str, Advisory]:
    """All of them by their names, in the order of the file.

    Raises:
        msgspec.ValidationError: the file lacks what an advisory needs, or has what none has (a defect of this project).
    """
    parsed = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {each.name: each for each in msgspec.convert(parsed["advisory"], list[Advisory])}


def affected(deploys: pl.DataFrame, name: str) -> pl.DataFrame:
    """`deploy, affected`: whether the tool of each deploy does what the advisory says; null where that is unknown.

    Args:
        deploys: DEPLOYS.
        name: of an advisory.

    Raises:
        KeyError: there is no such advisory (a defect of this project).
    """
    advisory = advisories()[name]
    answers = [
        advisory.affects(version) if tool == "sst" else None
        for tool, version in deploys.select("tool", "tool_version").iter_rows()
    ]
    return deploys.select(deploy="id").with_columns(affected=pl.Series(answers, dtype=pl.Boolean))
