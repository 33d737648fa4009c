"""The options of the gate: what makes the exit code 1, what was accepted before, and where that is configured."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli.apart import clash, is_same
from analyzer.cli.place import opened, problem_of
from analyzer.errors import UsageError
from analyzer.severities import Confidence, Severity
from analyzer.sources.paths import real_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from analyzer.config.keys import Value
    from analyzer.gate.terms import Suppression
    from analyzer.reports.report import Report

FailOn = Annotated[
    Severity | None,
    typer.Option(
        "--fail-on",
        help="The lowest severity of a finding that makes the exit code 1; default: error.",
    ),
]
MinConfidence = Annotated[
    Confidence | None,
    typer.Option(
        "--min-confidence",
        help="The lowest confidence of a finding that makes the exit code 1; default: low.",
    ),
]
FailOnDoubt = Annotated[
    bool | None,
    typer.Option(
        "--fail-on-doubt/--no-fail-on-doubt",
        help="A write that cannot be judged makes the exit code 1, too; default: it does not.",
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help="Findings that were there before: they are marked, and do not count for the exit code.",
    ),
]
WriteBaseline = Annotated[
    str | None,
    typer.Option(
        "--write-baseline",
        metavar="FILE",
        help="Write the findings of this run as a baseline, and exit with 0; an unusable input is still 3.",
    ),
]
NoSuppress = Annotated[
    bool,
    typer.Option("--no-suppress", help="Ignore the suppressions of the configuration."),
]
ConfigFile = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration; default: the nearest lostwrite.toml or pyproject.toml upward.",
    ),
]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Use no configuration file.")]


@dataclass(frozen=True, slots=True)
class Gate:
    """What holds for a run of `check`, as `analyzer.api.check` takes it, and the format of the report.

    `format` is None where nobody chose one: what is usual then depends on where the program runs. `config` is the file.
    """

    fail_on: Severity
    min_confidence: Confidence
    fail_on_doubt: bool
    suppressions: tuple[Suppression, ...]
    baseline: str | None
    today: date
    format: str | None
    jobs: int | None
    config: str | None


def gate(given: Mapping[str, Value], *, config: str | None, no_config: bool, no_suppress: bool) -> Gate:
    """What holds: options, the environment, the configuration, defaults.

    Args:
        given: options by key of the configuration; None is not given.
        config: what `--config` names.
        no_config: `--no-config`.
        no_suppress: `--no-suppress`.

    Raises:
        UsageError: the configuration or a variable cannot be used.
    """
    from analyzer.cli.configured import configured

    found = configured(given, config=config, no_config=no_config)
    value = {name: setting.value for name, setting in found.settings.items()}
    return Gate(
        fail_on=value["fail-on"],  # type: ignore[arg-type] # the configuration has checked it
        min_confidence=value["min-confidence"],  # type: ignore[arg-type]
        fail_on_doubt=bool(value["fail-on-doubt"]),
        suppressions=() if no_suppress else found.suppressions,
        baseline=value["baseline"],  # type: ignore[arg-type]
        today=datetime.now(UTC).date(),
        format=None if found.settings["format"].origin == "default" else str(value["format"]),
        jobs=value["jobs"],  # type: ignore[arg-type]
        config=None if found.file is None else found.file.path,
    )


def guard_baseline(path: str | None, inputs: Sequence[str], outputs: Sequence[str | None]) -> None:
    """Sees to it, before any work, that a baseline can be written, and over no input and no other output.

    It may be the file of `--baseline`, which is read before: so a baseline is brought up to date.

    Raises:
        UsageError: it is not so.
    """
    if path is None:
        return
    problem = problem_of(path) or clash(path, inputs)
    if problem is None and any(output is not None and _same(path, output) for output in outputs):
        problem = "is another output of this run"
    if problem:
        raise UsageError(f"--write-baseline {path}: {problem}")


def known_baseline(baseline: str | None, written: str | None) -> str | None:
    """The baseline to read: none where it is the one that this run is to write, and is not there yet."""
    if baseline is None or written is None or not _same(baseline, written):
        return baseline
    return baseline if os.path.lexists(baseline) else None


def _same(path: str, other: str) -> bool:
    real = Path(real_path(other))
    return Path(real_path(path)) == real or (real.exists() and is_same(path, real.stat()))


def keep_baseline(report: Report, path: str | None) -> None:
    """Writes the baseline, where one is asked for and all inputs could be used: else it would lack what they show.

    Raises:
        UsageError: it cannot be written.
    """
    if path is None:
        return
    if report.unread:
        typer.echo("lostwrite: no baseline was written: not all inputs could be used", err=True)
        return
    from analyzer.gate.baseline import baseline_text

    try:
        with opened(path) as file:
            file.write(baseline_text(report.findings).encode())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"--write-baseline {path}: cannot be written: {reason}") from error
