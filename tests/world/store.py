"""A CloudFront KeyValueStore: keys, a compare-and-swap ETag, limits, and AWS's errors.

Source: docs/facts/cloudtrail.md#3-cloudfront-keyvaluestore.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.calls import Call, Refused, Reply

if TYPE_CHECKING:
    from random import Random

KEY_BYTES = 512
VALUE_BYTES = 1024
UPDATE_KEYS = 50
UPDATE_BYTES = 3 * 1024 * 1024
STORE_BYTES = 5 * 1024 * 1024
PAGE = 50

STALE = "Pre-Condition failed: the If-Match value does not match the current ETag of the key value store."


class Store:
    """One store. `deleted` makes every later call fail as calls on a deleted store do."""

    def __init__(self, arn: str, chance: Random, values: dict[str, str] | None = None) -> None:
        self.arn = arn
        self.values = dict(values or {})
        self.deleted_at: float | None = None
        self._chance = chance
        self.etag = self._new_etag()

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.deleted_at is not None

    @property
    def size(self) -> int:
        """`totalSizeInBytes`: keys and values in UTF-8."""
        return sum(_bytes(key) + _bytes(value) for key, value in self.values.items())

    def answer(self, call: Call) -> Reply:
        """What the service says to `call`, having done it.

        Raises:
            Refused: it did nothing.
        """
        if self.deleted:
            if call.api == "DescribeKeyValueStore":
                raise Refused("ConflictException", "Key-Value-Store was not in expected state", 409)
            raise Refused("ResourceNotFoundException", "The key value store was not found.", 404)
        match call.api:
            case "DescribeKeyValueStore":
                return Reply(etag=self.etag, item_count=len(self.values), size=self.size)
            case "GetKey":
                return self._get(call.key or "")
            case "ListKeys":
                return self._list(call.token)
            case _:
                return self._update(call)

    def _get(self, key: str) -> Reply:
        if key not in self.values:
            raise Refused("ResourceNotFoundException", f"Key {key} was not found.", 404)
        return Reply(value=self.values[key])

    def _list(self, token: int) -> Reply:
        keys = sorted(self.values)[token : token + PAGE]
        after = token + PAGE
        return Reply(keys=tuple(keys), token=after if after < len(self.values) else None)

    def _update(self, call: Call) -> Reply:
        if call.if_match != self.etag:
            raise Refused("ValidationException", STALE, 400)
        _within_limits(call)
        after = self.values | dict(call.puts)
        for key in call.deletes:
            after.pop(key, None)
        if sum(_bytes(key) + _bytes(value) for key, value in after.items()) > STORE_BYTES:
            raise _quota("Maximum size of the key value store")
        self.values = after
        self.etag = self._new_etag()
        return Reply(etag=self.etag, item_count=len(after), size=self.size)

    def _new_etag(self) -> str:
        return "KV" + "".join(self._chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=13))


def _within_limits(call: Call) -> None:
    if len(call.keys) > UPDATE_KEYS:
        raise _quota("Maximum number of keys in an update")
    if any(_bytes(key) > KEY_BYTES for key in call.keys):
        raise _quota("Maximum size of the key in a key value pair")
    if any(_bytes(value) > VALUE_BYTES for _, value in call.puts):
        raise _quota("Maximum size of the value in a key value pair")
    if sum(_bytes(key) + _bytes(value) for key, value in call.puts) > UPDATE_BYTES:
        raise _quota("Maximum size of an update")


def _quota(what: str) -> Refused:
    return Refused("ServiceQuotaExceededException", f"Limit exceeded: {what}", 402)


def _bytes(text: str) -> int:
    return len(text.encode())
