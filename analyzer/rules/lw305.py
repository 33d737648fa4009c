"""LW305 wrong-input: a listing or a trail is of other stores than the deploys wrote to, or is incomplete.

## What it does
Finds inputs on which no verdict may be built: a key listing (`--keys`) of another store, one that
is cut in the middle or whose last page names a next one, and a trail of another account or Region.

## Why it matters
A key that is missing from the wrong listing, or from half of one, is not missing from the store. A
trail of another account holds no call of the deploy, which looks like writes that never landed.

## How it is proven
A listing by `lostwrite keys` names its store. One by the AWS CLI does not: its store is the ARN
before the file in `--keys ARN=FILE`, else the one store of the deploys that shares a namespace with
its keys (SST hashes the part before the colon from app, stage and component). A listing is whole if
its JSON is, its last page has no `NextToken`, and it holds as many keys as the store had. A trail
is another's if no call in it is on a store of the deploys, and the names of its files and the
records in them name other accounts only, or no file from us-east-1, where calls on key-value stores
are recorded.

## Example
    Log: shop/prod
        15:40:30-32  create SiteKvKeys  7c62: metadata={}
    Trail:
        15:20:00  UpdateKeys put other          E1 -> E2  by job
        15:40:31  UpdateKeys put 7c62:metadata  E2 -> E3
        17:00:00  UpdateKeys put other          E3 -> E4  by job
    Keys: at 17:30:00, ETag E9 in another
        flag=on
    Finding:
        warning LW305: The listing keys.json is not used: it is of
        arn:aws:cloudfront::111122223333:key-value-store/ae448ac8-6c4e-4c1e-9f55-8e4dec645729, and the
        deploys wrote to
        arn:aws:cloudfront::111122223333:key-value-store/5f1c0d2e-0b7a-4c1e-9f55-2f6d3a9b8c7d.
    Not here, where the listing is of the store:
      - Keys: at 17:30:00, ETag E9 in another
      + Keys: at 17:30:00, ETag E4
      + 7c62:metadata={}

## What to do
List the store again, with the ARN that the report names, and give that file:

    lostwrite keys ARN --output keys.json

or, without the extra `aws`, and with `--keys-at TIME` if the file was copied since:

    aws cloudfront-keyvaluestore list-keys --kvs-arn ARN --output json > keys.json

For a trail, copy the files of the account in the ARN:

    aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail/us-east-1/YEAR/MONTH/DAY trail/

## References
- ListKeys: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_ListKeys.html
- Where CloudTrail puts files:
  https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from analyzer.rules.doubt import doubts

if TYPE_CHECKING:
    from analyzer.rules.interface import Case
    from analyzer.severities import Severity

CODE = "LW305"
NAME = "wrong-input"
OF_RUN: Literal[True] = True
SEVERITY: Severity = "warning"


def find(case: Case) -> pl.DataFrame:
    """A finding for each input that does not fit the writes; else for the writes that a wrong trail leaves open."""
    what = pl.col("kind").replace_strict({"keys": "listing", "trail": "trail"}, return_dtype=pl.String)
    message = pl.format("The {} {} is not used: {}.", what, "source", "reason")
    strange = case.misfits.select("source", "store", confidence=pl.lit("proven"), message=message)
    if (case.misfits["kind"] == "trail").any():
        return strange
    open_still = doubts(case, {"wrong_trail": "the trail is of another account or Region"})
    return pl.concat([strange, open_still], how="diagonal")
