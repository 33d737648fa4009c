"""An audit that has hostile names wherever an input, or a catalogue that somebody else wrote, can put text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from analyzer.audit.follow import follow
from analyzer.audit.report import Changes
from analyzer.audit.tables import AUDIT_DEPLOYS, AUDIT_FINDINGS, AUDIT_INPUTS, AUDIT_WRITES, OVERLAPS
from tests.audit.made import COUNTS, REACH, READ, audit, deploy, findings, on, write
from tests.reports.attacks import ATTACKS
from tests.reports.made import table

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport

TEXTS = [*ATTACKS.values()]
_STATES = ("open", "maybe_repaired", "healed")


def attacked() -> AuditReport:
    """A deploy for each attack with a write of every verdict in turn: open, perhaps put right, healed and in doubt."""
    deploys = [
        deploy(
            text,
            on(3, 1 + number),
            tool_version=text,
            app=text,
            stage=text,
            stack=text,
            tool=text,
            sources=TEXTS,
        )
        for number, text in enumerate(TEXTS)
    ]
    verdicts = ("dropped", "lost", "errored", "mismatched", "unfinished", "unverifiable")
    writes = [
        write(
            of,
            number,
            id=f"{text}:{number}",
            key=text,
            entry=text if number % 2 else None,
            name=text,
            urn=text,
            type=text,
            place=text,
            store=text,
            source=text,
            verdict=verdicts[number % len(verdicts)],
            cause=text if number % 4 else "trail_gap",
            confidence="low",
            leaning="dropped",
            leaning_reason=text,
            status=_STATES[number % len(_STATES)],
            healed_how="call",
            healer=text,
            taken_by=text,
            missing_since=on(3, 1 + number),
            remedy=text,
            remedy_note=text,
            remedy_needs=TEXTS,
            redeploy=text,
        )
        for number, (of, text) in enumerate(zip(deploys, TEXTS, strict=True))
    ]
    known, of_writes = table(AUDIT_DEPLOYS, deploys), table(AUDIT_WRITES, writes)
    found = table(AUDIT_FINDINGS, findings(of_writes)).with_columns(
        message=pl.Series(TEXTS, dtype=pl.String), help=pl.Series(TEXTS, dtype=pl.String)
    )
    pair = {"deploy": TEXTS[0], "other": TEXTS[1], "store": TEXTS[2], "same_stage": True}
    return replace(
        audit(),
        deploys=known,
        writes=of_writes,
        counts=of_writes.select("deploy", "verdict", writes=pl.lit(1, pl.Int64)).cast(COUNTS),
        findings=found,
        followed=follow(of_writes, known),
        overlaps=table(OVERLAPS, [pair]),
        inputs=table(
            AUDIT_INPUTS, [{"source": text, "role": text, "kind": text, "problems": [text]} for text in TEXTS]
        ),
        read=table(READ, [{"role": text, "kind": text, "files": 1} for text in TEXTS]),
        unread=tuple((text, text) for text in TEXTS),
        changes=Changes(REACH, *[tuple(TEXTS)] * 4),
        made_by=TEXTS[0],
        exit_code=3,
    )
