"""The service that the tests of this folder run against."""

from tests.ministack import credentials, endpoint

__all__ = ["credentials", "endpoint"]
