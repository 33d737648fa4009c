"""What the rules about failed calls share: the clause that says why the calls of a write failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.rules.phrase import cause, error

if TYPE_CHECKING:
    import polars as pl

_FACTS = {
    "access_denied": "AWS denied the call",
    "precondition_failed": "the store had changed since its ETag was read",
    "throttled": "AWS throttled the calls until the deploy gave up",
    "quota": "it exceeds a limit of the store",
    "not_found": "the store was not found",
    "conflict": "the store was not in a state that takes writes",
    "service_error": "AWS answered with an error of its own",
    "read_failed": "the read before it failed",
    "interrupted": "the deploy was interrupted",
}


def why() -> pl.Expr:
    """The cause as a clause, with the operation and the error code where the log names them."""
    return cause(_FACTS, "the call failed") + error()
