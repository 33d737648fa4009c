"""SST's write path, step by step, against a real server that enforces ETags; and CloudTrail's records of the calls.

The service's own recorder writes other names and no keys, so the client's calls are recorded here as AWS documents
them (docs/facts/cloudtrail.md#3-cloudfront-keyvaluestore,
docs/facts/components.md#4-components-for-integration-tests). The server refuses a stale ETag in other words than
AWS does: `spelling` says in which of the two the writer, and the record, see it.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from analyzer.store.endpoint import kvs_client
from tests.world.calls import Call, Pause, Refused, Reply
from tests.world.trail import ACCOUNT, HIDDEN

if TYPE_CHECKING:
    from tests.world.calls import Steps

AWS, SERVER = "Pre-Condition failed", "If-Match"
"""What tells the two spellings apart."""
_READS: Final = ("DescribeKeyValueStore", "GetKey", "ListKeys")
_HURRY: Final = 0.2  # the write path's pauses are shortened by this


@dataclass
class Recorder:
    """The records of all clients."""

    records: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, record: dict[str, Any]) -> None:
        """Keeps one."""
        with self.lock:
            self.records.append(record)


class Writer:
    """One client of the server, for one thread."""

    def __init__(self, endpoint: str, recorder: Recorder, caller: str, spelling: str) -> None:
        self._client = kvs_client(endpoint, "us-east-1")
        self._recorder = recorder
        self._caller = caller
        self._spelling = spelling
        self._asked: dict[str, Any] = {}
        self._tokens: list[str] = [""]
        events = self._client.meta.events
        events.register("provide-client-params.cloudfront-keyvaluestore", self._note)
        events.register("after-call.cloudfront-keyvaluestore", self._record)

    def run(self, steps: Steps[Any]) -> Any:
        """Runs a write path to its end.

        Raises:
            Refused: as the write path does.
        """
        try:
            step = next(steps)
            while True:
                try:
                    reply = self._take(step)
                except Refused as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(reply)
        except StopIteration as stop:
            return stop.value

    def _take(self, step: Call | Pause) -> Reply:
        if isinstance(step, Pause):
            time.sleep(step.seconds * _HURRY * random.uniform(0.3, 1.7))  # noqa: S311 - no secret
            return Reply()
        return self.answer(step)

    def answer(self, call: Call) -> Reply:
        """One request.

        Raises:
            Refused: by the server.
        """
        from botocore.exceptions import ClientError

        try:
            return getattr(self, f"_{_name(call.api)}")(call)  # type: ignore[no-any-return]  # by its name
        except ClientError as error:
            said = self._spelled(error.response["Error"])
            meta = error.response["ResponseMetadata"]
            status = 400 if said["Code"] == "ValidationException" else meta["HTTPStatusCode"]
            raise Refused(
                said["Code"], said["Message"], status, call.api, meta.get("RequestId", "")
            ) from error

    def _describe_key_value_store(self, call: Call) -> Reply:
        found = self._client.describe_key_value_store(KvsARN=call.store)
        return Reply(etag=found["ETag"], item_count=found["ItemCount"])

    def _get_key(self, call: Call) -> Reply:
        return Reply(value=self._client.get_key(KvsARN=call.store, Key=call.key)["Value"])

    def _list_keys(self, call: Call) -> Reply:
        token = {"NextToken": self._tokens[call.token]} if call.token else {}
        page = self._client.list_keys(KvsARN=call.store, **token)
        following = page.get("NextToken")
        if following:
            self._tokens.append(following)
        keys = tuple(item["Key"] for item in page.get("Items", ()))
        return Reply(keys=keys, token=len(self._tokens) - 1 if following else None)

    def _update_keys(self, call: Call) -> Reply:
        found = self._client.update_keys(
            KvsARN=call.store,
            IfMatch=call.if_match,
            Puts=[{"Key": key, "Value": value} for key, value in call.puts],
            Deletes=[{"Key": key} for key in call.deletes],
        )
        return Reply(etag=found["ETag"], item_count=found["ItemCount"])

    def _note(self, params: dict[str, Any], **_: object) -> None:
        self._asked = params

    def _record(self, parsed: dict[str, Any], model: Any, **_: object) -> None:
        error = self._spelled(parsed["Error"]) if "Error" in parsed else None
        number = f"{random.getrandbits(128):032x}"
        read = model.name in _READS
        self._recorder.add(
            {
                "eventVersion": "1.09",
                "userIdentity": {"type": "AssumedRole", "arn": self._caller, "accountId": ACCOUNT},
                "eventTime": _answered_at(parsed),
                "eventSource": "edgekeyvaluestore.amazonaws.com",
                "eventName": model.name,
                "awsRegion": "us-east-1",
                "sourceIPAddress": "198.51.100.7",
                "userAgent": "aws-sdk-go-v2/1.36.3",
                **({"errorCode": error["Code"], "errorMessage": error["Message"]} if error else {}),
                "requestParameters": _shown(self._asked),
                "responseElements": None if read or error else _answered(parsed),
                "requestID": parsed["ResponseMetadata"].get("RequestId", ""),
                "eventID": number,
                "readOnly": read,
                "eventType": "AwsApiCall",
                "managementEvent": False,
                "recipientAccountId": ACCOUNT,
                "eventCategory": "Data",
            }
        )

    def _spelled(self, error: dict[str, str]) -> dict[str, str]:
        if SERVER in error["Message"] and self._spelling == AWS:
            return {"Code": "ValidationException", "Message": "Pre-Condition failed"}
        return error


def _answered_at(parsed: dict[str, Any]) -> str:
    """When the server answered, by its own clock: a thread may learn of it late."""
    said = parsed["ResponseMetadata"]["HTTPHeaders"]["date"]
    return parsedate_to_datetime(said).strftime("%Y-%m-%dT%H:%M:%SZ")


def _name(api: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in api).lstrip("_")


def _shown(asked: dict[str, Any]) -> dict[str, Any]:
    """The parameters as CloudTrail shows them: names begin small, values are hidden."""
    names = {"KvsARN": "kvsARN", "IfMatch": "ifMatch", "Key": "key", "NextToken": "nextToken"}
    shown: dict[str, Any] = {names[name]: value for name, value in asked.items() if name in names}
    if asked.get("Puts"):
        shown["puts"] = [{"key": item["Key"], "value": HIDDEN} for item in asked["Puts"]]
    if asked.get("Deletes"):
        shown["deletes"] = [{"key": item["Key"]} for item in asked["Deletes"]]
    return shown


def _answered(parsed: dict[str, Any]) -> dict[str, Any]:
    return {
        "itemCount": parsed["ItemCount"],
        "totalSizeInBytes": parsed["TotalSizeInBytes"],
        "eTag": parsed["ETag"],
    }
