"""Names that try to be more than names, and a report that has them wherever an input can put text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from tests.reports.made import DEPLOY, READ_LOG, report, write

if TYPE_CHECKING:
    from analyzer.reports.report import Report

ATTACKS = {
    "terminal": "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "command": "::set-output name=x::y",
    "command on a line": "a\n::set-output name=x::y\r::add-mask::z",
    "old command": "a ##[add-mask]x",
    "commands of others": "a ##vso[task.setvariable variable=x]y ##teamcity[setParameter name='x']",
    "attachment": "[[ATTACHMENT|/etc/passwd]] [[PROPERTY|a=b]]",
    "percent": "100%0A::warning file=a,line=1::x,y:z",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "formula": "=cmd|' /C calc'!A0",
    "formulas": "+1;=2;\t@3",
    "lines": "a\r\nb\n\n# c\n- d",
    "nul": "a\0b",
    "direction": "\u202eabc\u2066\u200b",
    "cdata": "]]><x y='z'>&amp;<!--",
    "backticks": "```\n````sh\n`",
    "table": "a | b |\n| c \\| d \\",
    "link": "[x](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example>",
    "reference": "[x]: https://evil.example",
    "mention": "@octocat #123 GH-12 https://evil.example www.evil.example a@evil.example",
    "elements": "</details></code></summary>",
    "emphasis": "**a** _b_ ~~c~~ $d$ * e",
    "no characters": "a\ufffeb\uffffc\ufdd0",
    "placeholder": "{0} {1} [a](1)",
    "number": "1. a",
    "blank": "  ",
    "long": "very-long/" * 900,
}
"""By what they try."""

_VERDICTS = (
    ("dropped", "never_attempted"),
    ("lost", "deleted"),
    ("errored", "access_denied"),
    ("mismatched", "other_value"),
    ("unfinished", "interrupted"),
    ("unverifiable", "trail_gap"),
    ("landed", None),
)


def attacked() -> Report:
    """A write for each attack, of every verdict in turn; half of the findings are suppressed, with such reasons."""
    writes = [
        write(
            number,
            deploy=f"d{number % 3}",
            key=text,
            entry=text,
            name=text,
            urn=text,
            action="append",
            source=text,
            verdict=verdict,
            cause=cause,
            error_code=text,
            error_api=text,
            remedy_note=text,
            redeploy=text,
            status="healed" if number % 2 else "open",
            healed_by=text,
            leaning="dropped" if verdict == "unverifiable" else None,
            leaning_reason=text,
        )
        for number, text in enumerate(ATTACKS.values())
        for verdict, cause in [_VERDICTS[number % len(_VERDICTS)]]
    ]
    texts = [*ATTACKS.values()]
    made = report(
        writes,
        evidence=[
            {"write": f"w{number}", "order": order, "kind": kind, "source": text, "detail": text}
            for number, text in enumerate(texts)
            for order, kind in enumerate(("log", "call", "chain"))
        ],
        inputs=[READ_LOG | {"source": text, "problems": [text]} for text in texts],
        deploys=[
            DEPLOY
            | {
                "id": f"d{number}",
                "app": texts[number],
                "stage": text,
                "tool_version": text,
                "sources": texts,
            }
            for number, text in enumerate(texts[3:6])
        ],
        settle=[{"write": f"w{number}", "order": 0, "what": text} for number, text in enumerate(texts)],
    )
    odd = pl.int_range(pl.len()) % 2 == 1
    reasons = pl.Series(
        [texts[number % len(texts)] for number in range(made.findings.height)], dtype=pl.String
    )
    findings = made.findings.with_columns(suppressed=odd, suppression=pl.when(odd).then(reasons))
    return replace(made, findings=findings, unread=tuple((text, text) for text in texts), exit_code=3)
