"""Terraform: a trail with its bucket. Terraform cannot add a selector to a trail that another configuration owns.

Sources: the AWS provider's documentation of `aws_cloudtrail` (advanced_event_selector) and of the bucket's policy.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from analyzer.commands.words import plain
from analyzer.setup.words import (
    COST,
    DAYS_TO_KEEP,
    OWN_TRAIL,
    REGION,
    SELECTOR_NAME,
    TRAIL_NAME,
    comment,
    fields,
    of_which,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME: Final = "terraform"

_HEAD: Final = (
    "Records the calls on CloudFront key-value stores, reads and writes, in a trail of its own. If your configuration",
    "owns a trail already, add the block advanced_event_selector to that one instead: beside the blocks of that kind",
    "that are there. Where it has event_selector blocks, turn them into advanced ones first: a trail has one kind.",
    "",
    *OWN_TRAIL,
    "",
    *COST,
    "",
    REGION,
)


def text(stores: Sequence[str]) -> str:
    """The configuration, as HCL."""
    selectors = "\n".join(
        f'    field_selector {{\n      field  = "{field}"\n      equals = {json.dumps(values)}\n    }}'
        for field, values in fields(stores)
    )
    body = _BODY.replace("@SELECTORS@", selectors).replace("@NAME@", SELECTOR_NAME)
    body = body.replace("@TRAIL@", TRAIL_NAME).replace("@DAYS@", str(DAYS_TO_KEEP))
    return plain(comment([*_HEAD, *of_which(stores)]) + body)


_BODY: Final = """\

provider "aws" {
  alias  = "key_value_stores"
  region = "us-east-1"
}

data "aws_caller_identity" "key_value_stores" {
  provider = aws.key_value_stores
}

data "aws_partition" "key_value_stores" {
  provider = aws.key_value_stores
}

locals {
  kvs_account   = data.aws_caller_identity.key_value_stores.account_id
  kvs_partition = data.aws_partition.key_value_stores.partition
  kvs_trail     = "@TRAIL@"
  kvs_trail_arn = "arn:${local.kvs_partition}:cloudtrail:us-east-1:${local.kvs_account}:trail/${local.kvs_trail}"
}

resource "aws_s3_bucket" "key_value_stores" {
  provider      = aws.key_value_stores
  bucket_prefix = "key-value-store-trail-"
}

resource "aws_s3_bucket_public_access_block" "key_value_stores" {
  provider                = aws.key_value_stores
  bucket                  = aws_s3_bucket.key_value_stores.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "key_value_stores" {
  provider = aws.key_value_stores
  bucket   = aws_s3_bucket.key_value_stores.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = @DAYS@
    }
  }
}

data "aws_iam_policy_document" "key_value_stores" {
  provider = aws.key_value_stores

  statement {
    sid       = "TrailMayCheckTheBucket"
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.key_value_stores.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.kvs_trail_arn]
    }
  }

  statement {
    sid       = "TrailMayWriteItsFiles"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.key_value_stores.arn}/AWSLogs/${local.kvs_account}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.kvs_trail_arn]
    }
  }
}

resource "aws_s3_bucket_policy" "key_value_stores" {
  provider = aws.key_value_stores
  bucket   = aws_s3_bucket.key_value_stores.id
  policy   = data.aws_iam_policy_document.key_value_stores.json
}

resource "aws_cloudtrail" "key_value_stores" {
  provider                   = aws.key_value_stores
  depends_on                 = [aws_s3_bucket_policy.key_value_stores]
  name                       = local.kvs_trail
  s3_bucket_name             = aws_s3_bucket.key_value_stores.id
  enable_log_file_validation = true

  advanced_event_selector {
    name = "@NAME@"

@SELECTORS@
  }
}

output "key_value_store_trail_bucket" {
  description = "The bucket of the trail; its log files are what lostwrite check --trail reads."
  value       = aws_s3_bucket.key_value_stores.bucket
}
"""
