"""SDK errors, console lines and lists of changes inside messages."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.grammar.files import read_grammar, samples
from analyzer.grammar.nested import SDK_MARKS, console_lines, diff_keys, sdk_errors

ID = "0e7f5c1a-12ab-4c3d-9e8f-001122334455"
V2 = (
    "operation error CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 400, RequestID: "
    + ID
)


def error_of(message: str) -> dict[str, object]:
    table = sdk_errors(pl.Series([message]))
    assert table.columns == ["message", "api", "status", "request_id", "error_code", "error_text"]
    return table.drop("message").to_dicts()[0]


def test_sdk_v2() -> None:
    assert error_of(f"Error: {V2}, ValidationException: too many: keys\n    at foo") == {
        "api": "UpdateKeys",
        "status": 400,
        "request_id": ID,
        "error_code": "ValidationException",
        "error_text": "too many: keys",
    }


def test_sdk_v2_after_all_attempts() -> None:
    text = (
        "operation error CloudFront KeyValueStore: ListKeys, exceeded maximum number of attempts, 10, "
        f"https response error StatusCode: 400, RequestID: {ID}, api error ThrottlingException: Rate exceeded"
    )
    assert error_of(text) == {
        "api": "ListKeys",
        "status": 400,
        "request_id": ID,
        "error_code": "ThrottlingException",
        "error_text": "Rate exceeded",
    }


def test_sdk_v2_without_an_answer() -> None:
    text = "operation error S3: PutObject, https response error StatusCode: 0, RequestID: , canceled, context canceled"
    assert error_of(text) == {
        "api": "PutObject",
        "status": 0,
        "request_id": None,
        "error_code": None,
        "error_text": "canceled, context canceled",
    }


def test_sdk_v1_inside_a_message() -> None:
    text = (
        "error: 1 error occurred:\n\t* creating KMS Alias: AccessDenied: User: arn:aws:iam::1:user/ci may not"
        f"\n\tstatus code: 403, request id: {ID}"
    )
    assert error_of(text) == {
        "api": None,
        "status": 403,
        "request_id": ID,
        "error_code": "AccessDenied",
        "error_text": "User: arn:aws:iam::1:user/ci may not",
    }


def test_the_first_error_of_a_message_counts() -> None:
    text = f"{V2}, ConflictException: one\n{V2.replace('UpdateKeys', 'GetKey')}, AccessDeniedException: two"
    assert error_of(text)["error_code"] == "ConflictException"


def test_messages_keep_their_order_and_number() -> None:
    messages = pl.Series(["no error", None, V2, "status code: 3", V2])
    table = sdk_errors(messages)
    assert table["message"].to_list() == messages.to_list()
    assert table["api"].to_list() == [None, None, "UpdateKeys", None, "UpdateKeys"]


def test_each_sdk_error_holds_a_mark_by_which_it_is_looked_for() -> None:
    errors = [text for _, text in samples(read_grammar("sdk"))]
    assert len(errors) > 3
    assert [text for text in errors if not any(mark in text for mark in SDK_MARKS)] == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=20) | st.just(V2) | st.just("x status code: 1"), max_size=10))
def test_any_messages(messages: list[str]) -> None:
    safe = [text.encode("utf-8", "replace").decode() for text in messages]
    table = sdk_errors(pl.Series(safe, dtype=pl.String))
    assert table["message"].to_list() == safe
    assert table["request_id"].to_list() == [ID if text == V2 else None for text in safe]


def test_console_lines() -> None:
    messages = pl.Series(
        [
            "Building kv namespace for RouterRoute/",
            "entry: site,50f6,,/",
            "other",
            None,
            "entry: a,b",
            "[diff: ~x]; y",
        ]
    )
    assert console_lines(messages).to_dict(as_series=False) == {
        "message": messages.to_list(),
        "kv_namespace": ["RouterRoute/", None, None, None, None, None],
        "kv_entry": [None, "site,50f6,,/", None, None, None, None],
    }


def test_a_console_line_beside_a_list_of_changes() -> None:
    table = console_lines(pl.Series([r"[diff: ~entry]; entry: url,8c1e,^api\.example\.com$,/v1"]))
    assert table["kv_entry"].to_list() == [r"url,8c1e,^api\.example\.com$,/v1"]


def test_diff_keys() -> None:
    info = pl.Series(["[diff: +a,b-c~d]; error: x", "[diff: ~entry]", None, "[diff: ]", "[diff: ~~]", "x"])
    assert diff_keys(info).to_dict(as_series=False) == {
        "info": info.to_list(),
        "added": [["a", "b"], [], None, [], None, None],
        "deleted": [["c"], [], None, [], None, None],
        "updated": [["d"], ["entry"], None, [], None, None],
    }
