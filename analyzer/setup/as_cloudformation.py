"""A CloudFormation template: a trail with its bucket. A template cannot add a selector to a trail that it does not own.

Sources: CloudFormation reference, AWS::CloudTrail::Trail; CloudTrail user guide, "Amazon S3 bucket policy for
CloudTrail" (the two statements, each held to the trail's ARN).
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

NAME: Final = "cloudformation"

_HEAD: Final = (
    "Records the calls on CloudFront key-value stores, reads and writes, in a trail of its own. Save it as FILE:",
    "aws cloudformation deploy --region us-east-1 --stack-name key-value-store-trail --template-file FILE",
    "",
    *OWN_TRAIL,
    "",
    *COST,
    "",
    REGION,
)


def text(stores: Sequence[str]) -> str:
    """The template, as YAML."""
    selectors = "".join(
        f"            - Field: {field}\n              Equals: {json.dumps(values)}\n"
        for field, values in fields(stores)
    )
    body = _BODY.replace("@SELECTORS@\n", selectors).replace("@NAME@", SELECTOR_NAME)
    body = body.replace("@TRAIL@", TRAIL_NAME).replace("@DAYS@", str(DAYS_TO_KEEP))
    return plain(comment([*_HEAD, *of_which(stores)]) + body)


_BODY: Final = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: Records the calls on CloudFront key-value stores (CloudTrail data events).

Parameters:
  TrailName:
    Type: String
    Default: @TRAIL@
    AllowedPattern: "[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]"
  DaysToKeep:
    Type: Number
    Default: @DAYS@
    MinValue: 1

Rules:
  Region:
    Assertions:
      - Assert: !Equals [!Ref "AWS::Region", us-east-1]
        AssertDescription: CloudTrail delivers the records of key-value stores to us-east-1.

Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
      LifecycleConfiguration:
        Rules:
          - Id: expire
            Status: Enabled
            ExpirationInDays: !Ref DaysToKeep

  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: TrailMayCheckTheBucket
            Effect: Allow
            Principal: {Service: cloudtrail.amazonaws.com}
            Action: s3:GetBucketAcl
            Resource: !GetAtt Bucket.Arn
            Condition:
              StringEquals:
                aws:SourceArn: !Sub "arn:${AWS::Partition}:cloudtrail:us-east-1:${AWS::AccountId}:trail/${TrailName}"
          - Sid: TrailMayWriteItsFiles
            Effect: Allow
            Principal: {Service: cloudtrail.amazonaws.com}
            Action: s3:PutObject
            Resource: !Sub "${Bucket.Arn}/AWSLogs/${AWS::AccountId}/*"
            Condition:
              StringEquals:
                s3:x-amz-acl: bucket-owner-full-control
                aws:SourceArn: !Sub "arn:${AWS::Partition}:cloudtrail:us-east-1:${AWS::AccountId}:trail/${TrailName}"

  Trail:
    Type: AWS::CloudTrail::Trail
    DependsOn: BucketPolicy
    Properties:
      TrailName: !Ref TrailName
      S3BucketName: !Ref Bucket
      IsLogging: true
      IsMultiRegionTrail: false
      IncludeGlobalServiceEvents: true
      EnableLogFileValidation: true
      AdvancedEventSelectors:
        - Name: @NAME@
          FieldSelectors:
@SELECTORS@

Outputs:
  BucketName:
    Description: The bucket of the trail; its log files are what lostwrite check --trail reads.
    Value: !Ref Bucket
"""
