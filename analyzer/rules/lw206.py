"""LW206 access-denied: AWS denied calls of the deploy; the least statement that allows them is in the report.

## What it does
Finds calls of a deploy on a store that AWS denied, or whose credentials it did not accept, and gives the
least IAM statement that allows what was denied.

## Why it matters
A denied write is mostly reported (LW103), a denied read of the list of routes never is by SST 3.12.5 and
later: every change of a route is lost without a word (LW101). A policy that allows UpdateKeys and not
GetKey does that. Where only a purge is denied, old keys stay.

## How it is proven
By CloudTrail's record of the call (`errorCode` AccessDenied...), or by the error that the log prints. A
call of which nobody knows whether it was the deploy's is a note. The action is the one that the error
names, else that of the API; the resource is the store. "Authentication failed" is no missing permission:
the credentials or their signature were not accepted. An explicit deny is not lifted by a statement that
allows.

## Example
    Log: shop/prod
        15:40:25-26  update DocsKvKeys  aa01: a=1 -> aa01: a=2
        15:40:30-36  update SiteRoutesUpdate  7c62:routes + site,aa01,,/a -> 7c62:routes + site,aa01,,/b unset
    Trail:
        15:20:00  UpdateKeys put other   E1 -> E2  by job
        15:40:26  UpdateKeys put aa01:a  E2 -> E3
        15:40:31  GetKey 7c62:routes     fails AccessDeniedException
        17:00:00  UpdateKeys put other   E3 -> E4  by job
    Finding:
        warning LW206: AWS denied GetKey on store 5f1c0d2e to this deploy: its role lacks
        cloudfront-keyvaluestore:GetKey.
    Beside it: LW101 has the error, LW201 says what came of the read, LW209 names the defect
    Not here, where the list is read:
      - 15:40:31  GetKey 7c62:routes     fails AccessDeniedException
      + 15:40:31  GetKey 7c62:routes

## What to do
Add the statement to the policy of the role that deploys; it allows only what was denied, on this store. A
role that is to deploy routes and keys needs DescribeKeyValueStore, GetKey, ListKeys and UpdateKeys. Where
authentication failed, use temporary credentials of a Regional STS endpoint: SigV4A refuses others.

## References
- Samples: `denied-and-swallowed`.
- Actions and resources:
  https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfrontkeyvaluestore.html
- Session tokens:
  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-kvp.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.rules.phrase import store
from analyzer.rules.refused import grouped, listed, refused

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW206"
NAME = "access-denied"
SEVERITY: Severity = "warning"

_SERVICE: Final = "cloudfront-keyvaluestore:"
_NAMES: Final = "DescribeKeyValueStore|GetKey|ListKeys|PutKey|DeleteKey|UpdateKeys"
"""All actions of the service: what an error calls one may be anything, and is to be pasted into a policy."""
_ACTION: Final = rf"\bcloudfront-keyvaluestore:({_NAMES})\b"
_ARN: Final = r"^arn:aws[a-z-]*:cloudfront::[0-9]{12}:key-value-store/[0-9A-Za-z-]{1,64}$"
_API: Final = rf"^(?:{_NAMES})$"
_REASON: Final = {
    "credentials": r"(?i)authentication failed|^(?:Expired|Invalid)Token",
    "denied": r"(?i)explicit deny",
}


def find(case: Case) -> pl.DataFrame:
    """A finding for each deploy, store and reason."""
    calls = refused(case, "access_denied", own=False)
    if calls.is_empty():
        return pl.DataFrame()
    said = pl.concat_str("error_code", "error_message", separator=" ", ignore_nulls=True)
    reasons = calls.with_columns(
        reason=pl.when(said.str.contains(_REASON["credentials"]))
        .then(pl.lit("credentials"))
        .when(said.str.contains(_REASON["denied"]))
        .then(pl.lit("denied"))
        .otherwise(pl.lit("lacking")),
        api=pl.coalesce(
            pl.col("error_message").str.extract(_ACTION),
            pl.when(pl.col("api").str.contains(_API)).then("api"),
        ).fill_null("UpdateKeys"),
    )
    found = grouped(reasons, "reason", "own").with_columns(
        actions=pl.col("apis").list.eval(pl.lit(_SERVICE) + pl.element())
    )
    return found.select(
        "confidence",
        "deploy",
        "source",
        "line",
        "store",
        message=_message(),
        severity=pl.when(~pl.col("own")).then(pl.lit("note")),
        about="reason",
        help=_statements(found),
    )


def _message() -> pl.Expr:
    whom = (
        pl.when("own")
        .then(pl.lit("to this deploy"))
        .otherwise(pl.lit("to this deploy, or to another caller at that time"))
    )
    what = pl.format(
        "AWS denied {} on {} {}: ", listed("apis"), store("a store that the log does not name"), whom
    )
    return (
        pl.when(pl.col("reason") == "credentials")
        .then(pl.concat_str(what, pl.lit("its credentials, or their signature, were not accepted.")))
        .when(pl.col("reason") == "denied")
        .then(pl.concat_str(what, pl.lit("a policy denies it explicitly, which no other policy can lift.")))
        .otherwise(pl.concat_str(what, pl.format("its role lacks {}.", listed("actions"))))
    )


def _statements(found: pl.DataFrame) -> pl.Series:
    """The least IAM statement of each row, as JSON; null where none would help, or the store is not known."""
    known = found.select("reason", "actions", arn=pl.when(pl.col("store").str.contains(_ARN)).then("store"))
    texts = [
        json.dumps({"Effect": "Allow", "Action": actions, "Resource": arn})
        if reason == "lacking" and arn is not None
        else None
        for reason, actions, arn in known.iter_rows()
    ]
    return pl.Series("help", texts, dtype=pl.String)
