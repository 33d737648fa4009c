"""The model's stores on the real server: each call of a deploy is made there, and what it answers is what happened.

The server has no limits of its own, and refuses a stale ETag in other words than AWS does
(docs/facts/components.md#4-components-for-integration-tests): both are as AWS has them here. The model's clock goes on
in its own seconds, so that hours of deploys take a moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.world.calls import Call, Refused, Reply
from tests.world.service import Service
from tests.world.store import STALE, Store, _within_limits

if TYPE_CHECKING:
    from random import Random

    from tests.world.clock import Clock

_KEYS = "cloudfront-keyvaluestore"


def stores_client(endpoint: str) -> Any:
    """A client for keys; the account does not stand before the server's name."""
    client = boto3.client(
        _KEYS,
        region_name="us-east-1",
        endpoint_url=endpoint,
        config=Config(retries={"total_max_attempts": 1}),
    )
    host = urlsplit(endpoint)

    def to_endpoint(request: Any, **_: object) -> None:
        parts = urlsplit(request.url)
        request.url = urlunsplit((host.scheme, host.netloc, parts.path, parts.query, parts.fragment))

    client.meta.events.register(f"before-sign.{_KEYS}", to_endpoint)
    return client


class ServerStore(Store):
    """A store of the server, with the ARN that the model gave it."""

    def __init__(self, arn: str, chance: Random, values: dict[str, str], keys: Any, control: Any) -> None:
        self._keys = keys
        self._tokens = [""]
        made = control.create_key_value_store(Name=arn.rpartition("/")[2])["KeyValueStore"]["ARN"]
        assert made == arn, "the server has this account's stores under their names"
        super().__init__(arn, chance, values)
        self.etag = keys.describe_key_value_store(KvsARN=arn)["ETag"]
        if values:  # as an import: no record shows it
            puts = [{"Key": key, "Value": value} for key, value in values.items()]
            self.etag = keys.update_keys(KvsARN=arn, IfMatch=self.etag, Puts=puts)["ETag"]

    def _new_etag(self) -> str:
        return ""  # the server makes them

    def answer(self, call: Call) -> Reply:
        """As the server answers.

        Raises:
            Refused: by the server, or by one of AWS's limits.
        """
        if self.deleted:
            return super().answer(call)
        if call.api not in ("DescribeKeyValueStore", "GetKey", "ListKeys"):
            _within_limits(call)
        try:
            return self._ask(call)
        except ClientError as error:
            said, status = error.response["Error"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            if "If-Match" in said["Message"]:
                raise Refused("ValidationException", STALE, 400) from error
            raise Refused(said["Code"], said["Message"], status) from error

    def _ask(self, call: Call) -> Reply:
        match call.api:
            case "DescribeKeyValueStore":
                found = self._keys.describe_key_value_store(KvsARN=self.arn)
            case "GetKey":
                return Reply(value=self._keys.get_key(KvsARN=self.arn, Key=call.key)["Value"])
            case "ListKeys":
                return self._page(call.token)
            case _:
                found = self._keys.update_keys(
                    KvsARN=self.arn,
                    IfMatch=call.if_match,
                    Puts=[{"Key": key, "Value": value} for key, value in call.puts],
                    Deletes=[{"Key": key} for key in call.deletes],
                )
                self.etag = found["ETag"]
                self.values |= dict(call.puts)
                for key in call.deletes:
                    self.values.pop(key, None)
        return Reply(etag=found["ETag"], item_count=found["ItemCount"], size=found["TotalSizeInBytes"])

    def _page(self, token: int) -> Reply:
        page = self._keys.list_keys(
            KvsARN=self.arn, MaxResults=50, **({"NextToken": self._tokens[token]} if token else {})
        )
        self._tokens.append(page.get("NextToken") or "")
        following = len(self._tokens) - 1 if self._tokens[-1] else None
        return Reply(keys=tuple(item["Key"] for item in page.get("Items", ())), token=following)


class ServerService(Service):
    """The model's service, whose stores are the server's."""

    def __init__(self, clock: Clock, names: Random, endpoint: str) -> None:
        super().__init__(clock, names)
        self._client = stores_client(endpoint)
        self._control = boto3.client("cloudfront", region_name="us-east-1", endpoint_url=endpoint)

    def add_store(self, arn: str, values: dict[str, str]) -> Store:
        """A new store on the server, with an import of `values`."""
        store = ServerStore(arn, self.names, values, self._client, self._control)
        self.stores[arn] = store
        self.first[arn] = dict(values)
        self.first_etags[arn] = store.etag
        return store
