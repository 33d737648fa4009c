"""The service that the tests of this folder run against."""

from tests.ministack import aws, credentials, endpoint

__all__ = ["aws", "credentials", "endpoint"]
