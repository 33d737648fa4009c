"""Takes out what looks like a credential: access keys, tokens, private keys, and values named like a secret.

Applied to the texts of a report that quote the inputs, before any format sees them. The patterns are those of
polars (Rust regex); each keeps what tells a reader which kind of secret stood there. Their classes are ASCII: those of
Unicode take a tenth of a second to compile, at every start.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from analyzer.reports.report import Report

MARK = "[redacted]"

_NAMED = (
    r"[0-9A-Za-z_-]*(?:secret|passw(?:or)?d|token|(?:api|private|access)[_-]?key|credential)[0-9A-Za-z_-]*"
)
_PATTERNS = (
    # AWS access key ids. Source: IAM user guide, "Understanding unique ID prefixes".
    (r"(?-u:\b)(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}(?-u:\b)", "${1}" + MARK),
    # AWS session tokens begin so in base64.
    (r"(?-u:\b)(IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[0-9A-Za-z_/+=-]{16,}", "${1}" + MARK),
    (
        r"(?-u:\b)(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|rk_live_|npm_)[0-9A-Za-z_-]{16,}",
        "${1}" + MARK,
    ),
    (r"(?-u:\b)eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*", MARK),
    (r"(?i)(?-u:\b)(bearer|basic)\s+[0-9A-Za-z_.~+/=-]{16,}", "${1} " + MARK),
    (r"(://)[^\s/@:]+:[^\s/@]+@", "${1}" + MARK + "@"),
    (r"(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|$)", "${1}" + MARK),
    # NAME=value, "name": "value" and NAME: value; not NAME:value, which may be a key of a store.
    (
        rf"(?i)({_NAMED}(?:\\?[\"']?\s*=\s*|\\?[\"']\s*:\s*|:\s+)\\?[\"']?)[^\s\"'\\,;&}}]{{4,}}",
        "${1}" + MARK,
    ),
)


def redacted(text: pl.Expr) -> pl.Expr:
    """`text`, with what looks like a credential replaced."""
    for pattern, replacement in _PATTERNS:
        text = text.str.replace_all(pattern, replacement)
    return text


def without_credentials(report: Report) -> Report:
    """The report with its messages, evidence, entries and problems redacted. Commands stay: none holds a secret."""
    each = redacted(pl.element())
    return replace(
        report,
        writes=report.writes.with_columns(redacted(pl.col("entry"))),
        evidence=report.evidence.with_columns(redacted(pl.col("detail"))),
        findings=report.findings.with_columns(redacted(pl.col("message"))),
        inputs=report.inputs.with_columns(pl.col("problems").list.eval(each)),
    )
