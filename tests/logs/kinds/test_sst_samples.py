"""Logs that people pasted into SST's issues, rewritten: the events of each were reasoned from the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.logs.kinds import pulumi_text, sst_log, terminal
from analyzer.sources.identify import identify
from analyzer.sources.source import Source
from tests.logs.terminal import SHARED, events, read, unrecognised

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = SHARED / "sst-logs"
DYNAMIC = "pulumi-nodejs:dynamic:Resource"
PROMISES = "412"
Told = tuple[object, ...]


def _header(version: str, app: str, stage: str) -> list[Told]:
    return [
        ("header", "tool", "sst"),
        ("header", "tool_version", version),
        ("header", "app", app),
        ("header", "stage", stage),
    ]


def _infos(*messages: str) -> list[Told]:
    return [("diagnostic", "info", None, message) for message in messages]


def _project(version: str) -> list[Told]:
    return [("header", "tool", "sst"), ("header", "tool_version", version)]


def _failures(name: str, message: str) -> list[Told]:
    return [("failed", None, name, message), ("diagnostic", "error", name, message)]


_CHECKS = ("checking for pulumi", "checking for bun")
_STACK = ("pulumi:pulumi:Stack", "shopapp-demo")
_ROUTER = (
    'There have been some minor changes to the "Router" component that\'s being referenced by "Files".\n\n'
    "To update, you'll need to redeploy the stage where the Router was created. And then redeploy this stage."
)
_LISTKEYS = (
    "operation error CloudFront KeyValueStore: ListKeys, exceeded maximum number of attempts, 10, https response "
    "error StatusCode: 400, RequestID: 0f2a3c1e-1111-4c0a-9e5b-2f6a7b8c9d01, api error ThrottlingException: "
    "Rate exceeded"
)
_QUOTA = (
    "operation error CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 402, RequestID: "
    "44b3c2d1-0f4c-4d3b-b16e-c3f4d5e6f708, ServiceQuotaExceededException: Limit exceeded: Maximum size of the "
    "value in a key value pair"
)
_LOG_LINES = (
    'Running "npx --yes open-next@3.0.2 build" script',
    "Next.js version : 14.2.5",
    "OpenNext v3.0.2",
    "┌─────────────────────────────────┐",
    "│ OpenNext — Building Next.js app │",
    "└─────────────────────────────────┘",
    " ✓ Compiled successfully",
)
_REDIRECT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>PermanentRedirect</Code><Message>The bucket you are '
    "attempting to access must be addressed using the specified endpoint. Please send all future\nrequests to this "
    "endpoint.</Message><Endpoint>app-dev-siteassets-xxxxxxxx.s3-us-west-2.amazonaws.com</Endpoint><RequestId>"
    "0000000000000000</RequestId></Error>"
)
_UNHANDLED = "an unhandled error occurred"

EXPECTED: dict[str, tuple[ModuleType, list[Told]]] = {
    "018": (
        pulumi_text,
        [
            ("console", "same", _STACK[1], "Building kv namespace for EdgeRoute/"),
            ("console", "same", _STACK[1], "entry: site,8c1e,,/"),
            ("started", "update", "EdgeRoute/RoutesUpdate.sst.aws.KvRoutesUpdate", "[diff: ~entry]"),
            ("done", "update", "EdgeRoute/RoutesUpdate.sst.aws.KvRoutesUpdate", "[diff: ~entry]"),
            ("started", "delete-replaced", "StoreBuilder", "[diff: ]; ✓ built in 1.32s"),
            ("done", "delete-replaced", "StoreBuilder", "[diff: ]; ✓ built in 1.32s"),
        ],
    ),
    "020": (terminal, [("diagnostic", "error", None, f"Error: {_LISTKEYS}: Error: {_LISTKEYS}")]),
    "022": (terminal, [*_infos(*_CHECKS), *_project("3.17.0"), *_infos("esbuild building")]),
    "024": (
        terminal,
        [
            *_failures("WebSiteKvKeys.sst.aws.KvKeys", _QUOTA),
        ],
    ),
    "026": (
        terminal,
        [
            ("done", "delete", "StoreWebUsEast1KvKeys.sst.aws.KvKeys", None),
            ("done", "delete", "StoreWebKvKeys.sst.aws.KvKeys", None),
            ("diagnostic", "promise_leak", None),
            (
                "diagnostic",
                "info",
                None,
                "  at new KvKeys (file:///home/runner/work/app/app/.sst/platform/src/components/aws/providers/"
                "kv-keys.ts:13:5)",
            ),
            ("diagnostic", "promise_leak", "StoreWebKvKeys.sst.aws.KvKeys"),
            ("diagnostic", "promise_leak", "StoreWebKvKeys.sst.aws.KvKeys"),
        ],
    ),
    "028": (
        terminal,
        [
            ("diagnostic", "promise_leak", PROMISES),
            *_infos(
                "at the time that the process exited. There are a few ways that this can occur:",
                "  * Not using `await` or `.then` on a Promise returned from a Pulumi API",
                "  * Introducing a cyclic dependency between two Pulumi Resources",
                "  * A bug in the Pulumi Runtime",
                "Leaving promises active is probably not what you want. If you are unsure about",
                "why you are seeing this message, re-run your program with the `PULUMI_DEBUG_PROMISE_LEAKS`",
                "environment variable. The Pulumi runtime will then print out additional",
                "debug information about the leaked promises.",
            ),
            (
                "console",
                "same",
                "shop-production",
                f"error: {_UNHANDLED}: Program exited with non-zero exit code: 1",
            ),
        ],
    ),
    "030": (
        terminal,
        [
            *_header("3.3.21", "blog-app", "production"),
            ("header", "command", "deploy"),
            ("summary", "result", "failed"),
            ("summary", "locked", "true"),
            ("summary", "result", "failed"),
        ],
    ),
    "032": (
        sst_log,
        [
            ("summary", None, None, "stack run failed"),
            (
                "diagnostic",
                "error",
                None,
                "stack run failed: failed to run update: exit status 255\ncode: 255",
            ),
            ("header", "update", "production", "Updating (production):"),
            ("console", "same", "app-production", f"error: {_UNHANDLED}: operation not supported"),
            ("failed", "same", "app-production", "1 error"),
            ("summary", None, None, "Diagnostics:"),
            ("summary", None, None, "  pulumi:pulumi:Stack (app-production):"),
            ("diagnostic", "error", "app-production", f"error: {_UNHANDLED}: operation not supported"),
            ("summary", None, None, "Resources:"),
            ("summary", None, None, None),
        ],
    ),
    "034": (
        pulumi_text,
        [
            ("summary", None, None, "Resources:"),
            ("summary", None, None, "    ~ 41 to update"),
            ("summary", None, None, "    +-38 to replace"),
            ("summary", None, None, "    79 changes. 512 unchanged"),
        ],
    ),
    "036": (
        terminal,
        [
            *_infos("checking for pulumi", "pulumi install", "pulumi downloading", "checking for bun"),
            *_infos("bun install", "bun selected", "bun downloading"),
            *_project("3.9.39"),
            *_infos("esbuild building"),
        ],
    ),
    "040": (
        sst_log,
        _infos(
            *(
                f"publishing type=*apitype.{kind}"
                for kind in (
                    "DiagnosticEvent",
                    "ResourcePreEvent",
                    "ResOutputsEvent",
                    "ResourcePreEvent",
                    "ResOutputsEvent",
                )
            )
        ),
    ),
    "042": (
        terminal,
        [
            *_header("0.1.4", "Office", "dev1"),
            ("header", "command", "deploy"),
            *(("console", None, None, line) for line in _LOG_LINES),
        ],
    ),
    "044": (
        terminal,
        [
            ("summary", "result", "failed"),
            *_failures(
                "SiteOriginAccessIdentity.sst.aws.OriginAccessIdentity", '{"Message":"Could not parse XML"}'
            ),
            *_failures("SiteAssetFiles.sst.aws.BucketFiles", _REDIRECT),
        ],
    ),
    "046": (terminal, [("diagnostic", "error", None, _ROUTER), ("summary", "result", "failed")]),
    "048": (
        terminal,
        [
            *_infos("getting data", "connecting to server", "subscribed", "got server stream"),
            *_header("0.0.296", "api", "dev1"),
            ("header", "console", "https://console.sst.dev/local/api/dev1"),
        ],
    ),
    "050": (
        terminal,
        [
            *_infos(*_CHECKS),
            *_project("4.2.0"),
            *_infos("config evaluated", "loading home", "aws credentials found", "fetching bootstrap"),
        ],
    ),
}


def told(event: dict[str, object]) -> Told:
    """What an event says: a fact and its value, else operation or severity, name and message."""
    if event.get("fact"):
        return event["kind"], event["fact"], event.get("value")
    return event["kind"], event.get("severity") or event.get("op"), event.get("name"), event.get("message")


def _content(number: str) -> bytes:
    found = sorted(FOLDER.glob(f"{number}-*.txt"))
    if not found:
        pytest.skip("shared data is absent")
    return found[0].read_bytes()


@pytest.mark.parametrize("number", EXPECTED)
def test_the_events_of_a_pasted_log(number: str) -> None:
    form, expected = EXPECTED[number]
    content = _content(number).partition(b"\n# verbatim")[2].partition(b"\n")[2]
    found = [told(event) for event in events(content, form)]
    assert found == expected


@pytest.mark.parametrize("number", EXPECTED)
def test_the_file_with_its_two_lines_of_origin_is_told_and_says_the_same(number: str) -> None:
    content = _content(number)
    assert identify(Source("log", None, content)).kind == "terminal"  # no log of Pulumi's or slog's begins so
    said = [event for event in EXPECTED[number][1] if (number, event[-1]) != ("034", "Resources:")]
    assert [told(event) for event in events(content, terminal)] == said
    assert unrecognised(content, terminal) == []


@pytest.mark.parametrize("number", EXPECTED)
def test_nothing_of_it_is_unrecognised(number: str) -> None:
    form = EXPECTED[number][0]
    content = _content(number).partition(b"\n# verbatim")[2].partition(b"\n")[2]
    assert unrecognised(content, form) == []
    stats = read(content, form)[1]
    assert stats.lines == (stats.recognised or 0) + (stats.noise or 0)
