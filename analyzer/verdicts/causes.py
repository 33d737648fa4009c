"""AWS error codes and messages → the causes that reports show.

Source of the codes and texts: docs/facts/cloudtrail.md#33-errors.
"""

from __future__ import annotations

import polars as pl

# Order matters: a stale ETag is a ValidationException, or a ConflictException, that says so.
_CAUSES = (
    ("precondition_failed", r"(?i)pre-?condition|If-Match value does not match"),
    ("access_denied", r"^AccessDenied|^UnauthorizedOperation|^(?:Expired|Invalid)Token"),
    ("throttled", r"(?i)throttl|^TooManyRequests|Rate exceeded"),
    ("quota", r"^ServiceQuotaExceeded|^LimitExceeded"),
    ("not_found", r"^ResourceNotFound|^NoSuch"),
    ("conflict", r"^Conflict"),
)


def cause_of(code: pl.Expr, message: pl.Expr) -> pl.Expr:
    """The cause that an error code and its message give; null where there is no error at all."""
    text = pl.concat_str(code.fill_null(""), message.fill_null(""), separator=" ").str.strip_chars()
    cause = pl.lit("service_error")
    for name, pattern in reversed(_CAUSES):
        cause = pl.when(text.str.contains(pattern)).then(pl.lit(name)).otherwise(cause)
    return pl.when(code.is_not_null() | message.is_not_null()).then(cause)
