"""A part of `sst.config.ts`: a trail with its bucket, as resources of Pulumi's AWS provider, which SST has as `aws`.

Sources: Pulumi's registry, aws.cloudtrail.Trail (advancedEventSelectors), aws.s3.Bucket, aws.s3.BucketPolicy; SST's
documentation of its globals ($app, $interpolate, $jsonStringify).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from analyzer.commands.words import plain
from analyzer.setup.words import COST, OWN_TRAIL, REGION, SELECTOR_NAME, TRAIL_NAME, comment, fields, of_which

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME: Final = "sst"

_HEAD: Final = (
    "Records the calls on CloudFront key-value stores, reads and writes, in a trail of its own. Put it into run() of",
    "sst.config.ts, before what you return. One stage for each account is enough: the trail records the stores of all.",
    "",
    *OWN_TRAIL,
    "",
    *COST,
    "",
    REGION,
)


def text(stores: Sequence[str]) -> str:
    """The part, as TypeScript."""
    selectors = ",\n".join(
        f"        {{ field: {json.dumps(field)}, equals: {json.dumps(values)} }}"
        for field, values in fields(stores)
    )
    body = _BODY.replace("@SELECTORS@", selectors).replace("@NAME@", SELECTOR_NAME)
    return plain(comment([*_HEAD, *of_which(stores)], "//") + body.replace("@TRAIL@", TRAIL_NAME))


_BODY: Final = """\
if ($app.stage === "production") {
  const provider = new aws.Provider("KeyValueStoreTrailRegion", { region: "us-east-1" });
  const account = aws.getCallerIdentityOutput({}, { provider }).accountId;
  const trailName = `${$app.name}-${$app.stage}-@TRAIL@`;
  const trailArn = $interpolate`arn:aws:cloudtrail:us-east-1:${account}:trail/${trailName}`;
  const bucket = new aws.s3.Bucket("KeyValueStoreTrailBucket", {}, { provider, retainOnDelete: true });
  new aws.s3.BucketPublicAccessBlock("KeyValueStoreTrailAccess", {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  }, { provider });
  const policy = new aws.s3.BucketPolicy("KeyValueStoreTrailPolicy", {
    bucket: bucket.id,
    policy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TrailMayCheckTheBucket",
          Effect: "Allow",
          Principal: { Service: "cloudtrail.amazonaws.com" },
          Action: "s3:GetBucketAcl",
          Resource: bucket.arn,
          Condition: { StringEquals: { "aws:SourceArn": trailArn } },
        },
        {
          Sid: "TrailMayWriteItsFiles",
          Effect: "Allow",
          Principal: { Service: "cloudtrail.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: $interpolate`${bucket.arn}/AWSLogs/${account}/*`,
          Condition: {
            StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trailArn },
          },
        },
      ],
    }),
  }, { provider });
  new aws.cloudtrail.Trail("KeyValueStoreTrail", {
    name: trailName,
    s3BucketName: bucket.id,
    enableLogFileValidation: true,
    advancedEventSelectors: [{
      name: "@NAME@",
      fieldSelectors: [
@SELECTORS@,
      ],
    }],
  }, { provider, dependsOn: [policy] });
}
"""
