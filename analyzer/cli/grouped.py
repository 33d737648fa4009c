"""A command whose `--help` lists its options in groups, each with a title, and its arguments as `LOG...`.

Rich could draw panels, but costs start-up time; this is the plain text of the same idea. Which option is in which group
stands here, in one place: an option that no group names is listed last, under "Options".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from typer.core import TyperCommand

from analyzer.cli.s3 import GROUP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GROUPS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "check": {
        "Right after the deploy": ("--live", "--store"),
        "Later, by CloudTrail": (
            "--trail",
            "--wait",
            "--selectors",
            "--selectors-since",
            "--public-keys",
            "--jobs",
        ),
        "Gathered from AWS": ("--collect", "--update", "--bundle"),
        "By a listing that you have": ("--keys", "--keys-at"),
        "Inputs in S3": GROUP,
        "About the deploy log": ("--since", "--until", "--as", "--follow-links"),
        "The report": ("--output", "--format", "--report", "--quiet", "--verbose", "--color"),
        "What makes the exit code 1": (
            "--fail-on",
            "--min-confidence",
            "--fail-on-doubt",
            "--baseline",
            "--write-baseline",
            "--no-suppress",
            "--exit-zero",
            "--config",
            "--no-config",
        ),
    },
    "audit": {
        "The evidence": (
            "--trail",
            "--selectors",
            "--selectors-since",
            "--public-keys",
            "--keys",
            "--follow-links",
        ),
        "Inputs in S3": GROUP,
        "Which deploys are shown": ("--app", "--stage", "--since", "--until", "--diff"),
        "What is kept": ("--catalogue", "--rebuild", "--verify"),
        "Who does the work": ("--executor", "--scheduler", "--jobs"),
        "The report": ("--output", "--format", "--report", "--quiet", "--verbose", "--color"),
        "What makes the exit code 1": (
            "--fail-on",
            "--min-confidence",
            "--fail-on-doubt",
            "--exit-zero",
            "--config",
            "--no-config",
        ),
    },
    "collect": {
        "Which deploys": ("--update", "--since", "--until", "--log", "--store"),
        "The bundle": ("--output", "--redact", "--quiet"),
        "How AWS is reached": ("--profile", "--region", "--endpoint-url", "--bucket"),
    },
    "trail": {
        "What is shown": ("--store", "--key", "--since", "--until", "--at"),
        "What the trail records": ("--selectors", "--selectors-since", "--public-keys"),
        "Inputs in S3": GROUP,
        "The report": ("--output", "--format", "--color"),
    },
}
"""Of a command, the options of each group, in the order of `--help`; the other commands have few options."""


class Grouped(TyperCommand):
    """A command with groups of options."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the arguments and each group of options."""
        arguments, options = [], {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            if parameter.param_type_name == "argument":
                arguments.append(record)
            else:
                options[_long(parameter.opts)] = record
        groups = {
            title: [options.pop(name) for name in names]
            for title, names in GROUPS.get(self.name or "", {}).items()
        }
        sections = {
            "Arguments": arguments,
            **groups,
            "Options" if not groups else "Other": list(options.values()),
        }
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """`LOG...` where typer writes `{LOG...}`."""
        return [
            piece[1:-1] if piece.startswith("{") else piece for piece in super().collect_usage_pieces(ctx)
        ]


def _long(names: Sequence[str]) -> str:
    return max(names, key=len)
