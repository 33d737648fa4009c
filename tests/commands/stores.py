"""What stands behind `aws` in the tests: a stand-in for the service that enforces ETags, and a real server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from tests.commands.shells import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

OPTIONS: Final = {"--region": "us-east-1", "--output": "json"}


def arn(number: int) -> str:
    """The store of that number."""
    return f"arn:aws:cloudfront::111122223333:key-value-store/{number:08x}-0000-4000-8000-000000000000"


def parameters(words: Sequence[bytes]) -> tuple[str, dict[str, Any]]:
    """The operation and its parameters, as the AWS CLI would read them.

    The CLI opens a value that begins with `file://`, and takes one that begins with a dash for an option.
    """
    texts = [word.decode("ascii") for word in words]
    assert texts[0] == "cloudfront-keyvaluestore"
    assert all(text.isprintable() for text in texts)
    options = dict(zip(texts[2::2], texts[3::2], strict=True))
    assert all(name.startswith("--") for name in options)
    assert not any(value.startswith(("-", "file://", "fileb://", "http")) for value in options.values())
    assert options.items() >= OPTIONS.items()
    given: dict[str, Any] = json.loads(options.get("--cli-input-json", "{}"))
    return texts[1], given | {"KvsARN": options["--kvs-arn"]}


@dataclass
class Fake:
    """The stores by their ARNs.

    Attributes:
        held: what each store holds.
        versions: how often it was changed.
        denied: keys that may not be read.
        between: changes that somebody else makes right after the read of a key: store, key, value.
    """

    held: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    between: list[tuple[str, str, str]] = field(default_factory=list)
    noise: str = ""

    def answer(self, words: Sequence[bytes]) -> Answer:
        """The answer of the CLI."""
        operation, given = parameters(words)
        store = given["KvsARN"]
        if store not in self.held:
            return _failed(operation, "ResourceNotFoundException")
        etag = f"KV{self.versions.get(store, 0)}"
        if operation == "describe-key-value-store":
            return Answer(out=json.dumps({"KvsARN": store, "ETag": etag}), err=self.noise)
        if operation == "get-key":
            return self._read(store, given["Key"])
        assert operation == "update-keys"
        if given["IfMatch"] != etag:
            return _failed(operation, "ValidationException")
        for put in given.get("Puts", ()):
            self.held[store][put["Key"]] = put["Value"]
        for gone in given.get("Deletes", ()):
            del self.held[store][gone["Key"]]
        self.versions[store] = self.versions.get(store, 0) + 1
        return Answer(out=json.dumps({"ETag": f"KV{self.versions[store]}"}))

    def _read(self, store: str, key: str) -> Answer:
        if key in self.denied:
            return _failed("get-key (ResourceNotFoundException)", "AccessDeniedException")
        value = self.held[store].get(key)
        if self.between:
            where, name, other = self.between.pop()
            self.held[where][name] = other
            self.versions[where] = self.versions.get(where, 0) + 1
        if value is None:
            return _failed("GetKey", "ResourceNotFoundException")
        return Answer(out=json.dumps({"Key": key, "Value": value}, ensure_ascii=False), err=self.noise)


@dataclass
class Real:
    """A server, by its client."""

    client: Any

    def answer(self, words: Sequence[bytes]) -> Answer:
        """The answer of the server, as the CLI would print it."""
        operation, given = parameters(words)
        try:
            found = getattr(self.client, operation.replace("-", "_"))(**given)
        except ClientError as error:
            return _failed(operation, error.response["Error"]["Code"])
        del found["ResponseMetadata"]
        return Answer(out=json.dumps(found, default=str, ensure_ascii=False))


def _failed(operation: str, code: str) -> Answer:
    return Answer(
        254, err=f"aws: [ERROR]: An error occurred ({code}) when calling the {operation} operation: no"
    )
