"""SST's terminal output becomes events: the URN's names, the errors once, the deploys told apart."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzer.grammar.files import samples
from analyzer.grammar.line import load
from analyzer.logs.interface import LogForm
from analyzer.logs.kinds import terminal
from tests.effort import examples
from tests.logs.terminal import DEPLOY, QUOTA, events, facts, read, steps, unrecognised

DYNAMIC = "pulumi-nodejs:dynamic:Resource"
HEADER = "SST 3.12.5  ready!\n\n➜  App:        shop\n   Stage:      prod\n\n"
LINES = [line for name in terminal.GRAMMARS for _, line in samples(load(name).text)]


def test_it_is_a_log_form() -> None:
    assert isinstance(terminal, LogForm)


def test_a_whole_deploy() -> None:
    done = {"kind": "done", "outcome": "done"}
    keys = {"type": DYNAMIC, "name": "DocsKvKeys.sst.aws.KvKeys"}
    message = f"{QUOTA}\n\n    at IncomingMessage.<anonymous> (<anonymous>:87:26)"
    assert events(DEPLOY) == [
        {"line": 1, "kind": "header", "message": "SST 3.12.5  ready!", "fact": "tool", "value": "sst"},
        {
            "line": 1,
            "kind": "header",
            "message": "SST 3.12.5  ready!",
            "fact": "tool_version",
            "value": "3.12.5",
        },
        {"line": 3, "kind": "header", "message": "➜  App:        shop", "fact": "app", "value": "shop"},
        {"line": 4, "kind": "header", "message": "   Stage:      prod", "fact": "stage", "value": "prod"}
        | {"name": "prod"},
        {
            "line": 6,
            "kind": "header",
            "message": "~  Deploy",
            "fact": "command",
            "value": "deploy",
            "op": "update",
        },
        {"line": 8, "kind": "console", "message": "Building kv namespace for RouterRoute/"},
        {"line": 9, "kind": "console", "message": "entry: site,50f6,,/"},
        {"line": 11, **done, "op": "create", "type": "sst:aws:Nextjs", "name": "Landing"},
        {"line": 12, **done, "op": "create", "type": DYNAMIC, "name": "LandingKvKeys.sst.aws.KvKeys"},
        {"line": 13, **done, "op": "update", "type": DYNAMIC, "seconds": 1.2}
        | {"name": "LandingRoutesUpdate.sst.aws.KvRoutesUpdate"},
        {"line": 14, **done, "op": "create", "type": DYNAMIC}
        | {"name": "EdgeRouteapi.example.com/fooRouteKey.sst.aws.KvKeys"},
        {"line": 15, "kind": "failed", "outcome": "failed", **keys, "message": message},
        {"line": 15, "kind": "diagnostic", "severity": "error", **keys, "message": message},
        {"line": 19, **done, "op": "delete", "type": "aws:s3:BucketV2", "name": "Old", "seconds": 12.3},
        {"line": 21, "kind": "summary", "outcome": "failed", "message": "✕  Failed", "fact": "result"}
        | {"value": "failed"},
        {"line": 28, "kind": "header", "message": "View more in the console: https://sst.dev/u/1a2b3c4d"}
        | {"fact": "permalink", "value": "https://sst.dev/u/1a2b3c4d"},
    ]
    stats = read(DEPLOY)[1]
    assert (stats.kind, stats.lines, stats.unrecognised) == ("terminal", 28, 0)
    assert stats.noise == 5  # lines 2, 5, 7 and 20, blank and in no message, and line 10, of vite


@pytest.mark.parametrize(
    ("what", "kind", "name"),
    [
        ("LandingKvKeys sst:aws:KvKeys", DYNAMIC, "LandingKvKeys.sst.aws.KvKeys"),
        ("A sst:aws:Astro → AKvKeys sst:aws:KvKeys", DYNAMIC, "AKvKeys.sst.aws.KvKeys"),
        ("My Site sst:aws:Astro", "sst:aws:Astro", "My Site"),
        ("RouterRoute/*RouteKey sst:aws:KvKeys", DYNAMIC, "RouterRoute/*RouteKey.sst.aws.KvKeys"),
        (
            "MyRouterRouteapi example:com/fooRouteKey:sst:aws:KvKeys",
            DYNAMIC,
            "MyRouterRouteapi.example.com/fooRouteKey.sst.aws.KvKeys",
        ),
        (
            "MyRouterRouteapi example:com/fooRoutesUpdate:sst:aws:KvRoutesUpdate",
            DYNAMIC,
            "MyRouterRouteapi.example.com/fooRoutesUpdate.sst.aws.KvRoutesUpdate",
        ),
        ("Api sst:aws:Function", "sst:aws:Function", "Api"),
        ("default pulumi:providers:aws", "pulumi:providers:aws", "default"),
        ("zone example", None, "zone.example"),
        ("a b:c", None, "a.b.c"),
        ("Env sst:aws:FunctionEnvironmentUpdate (2.0s)", DYNAMIC, "Env.sst.aws.FunctionEnvironmentUpdate"),
    ],
)
def test_the_name_of_the_urn_is_recovered(what: str, kind: str | None, name: str) -> None:
    assert steps(f"|  Created     {what}\n") == [("done", "create", kind, name)]


@pytest.mark.parametrize("cut", ["", " (", " (1", " (1.", " (1.2", " (1.2s", " (…", " (1.…", " (1.2s)"])
@pytest.mark.parametrize("root", ["", "Foo sst:aws:Nextjs → ", "Überblick sst:aws:Nextjs → "])
def test_a_time_that_is_cut_is_no_part_of_the_name(root: str, cut: str) -> None:
    (found,) = events(f"|  Created     {root}FooKvKeys sst:aws:KvKeys{cut}")
    assert (found["type"], found["name"]) == (DYNAMIC, "FooKvKeys.sst.aws.KvKeys")
    assert found.get("seconds") == (1.2 if cut.endswith(")") else None)


@pytest.mark.parametrize(
    ("verb", "op"),
    [
        ("Created ", "create"),
        ("Updated ", "update"),
        ("Deleted ", "delete"),
        ("Imported", "import"),
        ("Refreshed", "refresh"),
    ],
)
def test_verbs(verb: str, op: str) -> None:
    assert steps(f"{HEADER}~  Deploy\n|  {verb:<11} B aws:s3:BucketV2\n") == [
        ("done", op, "aws:s3:BucketV2", "B")
    ]


def test_steps_of_a_diff_are_planned_and_values_are_not_kept() -> None:
    log = f"""{HEADER}~  Diff

|  Updated     Site sst:aws:Astro → SiteKvKeys sst:aws:KvKeys

✓  Generated
   Site: https://example.com

*  Site sst:aws:Astro → SiteKvKeys sst:aws:KvKeys
   * entries = {{
       "metadata": "hunter2"
     }}
   - purge

"""
    found = [event for event in events(log) if event["kind"] != "header"]
    name = "SiteKvKeys.sst.aws.KvKeys"
    assert found == [
        {"line": 8, "kind": "done", "op": "update", "type": DYNAMIC, "name": name, "outcome": "done"}
        | {"planning": True},
        {"line": 10, "kind": "summary", "outcome": "done", "planning": True, "message": "✓  Generated"}
        | {"fact": "result", "value": "succeeded"},
        {"line": 13, "kind": "summary", "op": "update", "type": DYNAMIC, "name": name, "planning": True},
        {"line": 14, "kind": "summary", "message": "   * entries", "planning": True},
        {"line": 17, "kind": "summary", "message": "   - purge", "planning": True},
    ]
    assert "hunter2" not in str(events(log))


def test_a_deploy_after_a_diff_is_no_plan() -> None:
    step = "|  Created     B aws:s3:BucketV2\n"
    found = [
        event
        for event in events(f"{HEADER}~  Diff\n{step}{HEADER}~  Deploy\n{step}")
        if event["kind"] == "done"
    ]
    assert [event.get("planning", False) for event in found] == [True, False]
    assert [event.get("run", 1) for event in found] == [1, 2]


def test_a_refresh_changes_nothing_but_the_state() -> None:
    log = f"{HEADER}~  Refresh\n|  Updated     AKvKeys sst:aws:KvKeys\n|  Deleted     B aws:s3:BucketV2\n"
    assert [step[1] for step in steps(log)] == ["refresh", "refresh"]


def test_outputs_by_name_alone() -> None:
    log = f"{HEADER}~  Deploy\n✓  Complete\n   Landing: https://x\n   ---\n   password: hunter2\nand more\n\nbye\n"
    found = [event for event in events(log) if event["line"] > 7]
    assert found == [
        {"line": 8, "kind": "output", "name": "Landing"},
        {"line": 9, "kind": "summary", "message": "   ---"},
        {"line": 10, "kind": "output", "name": "password"},
    ]  # further lines of a value cannot be told from those of other programs


@pytest.mark.parametrize(
    ("line", "outcome", "value"),
    [
        ("✓  Complete", "done", "succeeded"),
        ("✓  Removed", "done", "succeeded"),
        ("✓  No changes", "done", "succeeded"),
        ("✔︎  Complete", "done", "succeeded"),
        ("➜  No changes", "done", "succeeded"),
        ("✕  Failed", "failed", "failed"),
        ("✕  Interrupted", "interrupted", "interrupted"),
    ],
)
def test_how_it_ended(line: str, outcome: str, value: str) -> None:
    found = [event for event in events(f"{HEADER}~  Deploy\n{line}    \n") if event.get("fact") == "result"]
    assert [(event["outcome"], event["value"]) for event in found] == [(outcome, value)]


def test_an_interruption_says_that_old_versions_were_often_wrong() -> None:
    found = events("✕  Interrupted\n")[0]
    assert "before v4.1.3" in str(found["message"])


def test_locked() -> None:
    log = f"{HEADER}~  Deploy\n|  Locked      A concurrent update was detected on the app. Run `sst unlock` to …\n"
    assert facts(log)[-2:] == [("result", "failed"), ("locked", "true")]
    assert steps(log) == []


def test_frames_of_a_terminal_are_told_once() -> None:
    """As footer.go draws them: the last frame goes, line by line, before a line or a new frame is written."""
    up, clear, home = "\x1b[1A", "\x1b[2K", "\x1b[10000D"
    first = "\r⠋  Creating    Site sst:aws:Astro → SiteKvKeys sst:aws:KvKeys\r\n⠋  Deploying   12 skipped"
    second = first.replace("⠋", "⠙")
    erase = f"{clear}{up}{clear}"
    log = (
        f"{HEADER}~  Deploy\r\n{clear}{first}{home}{erase}{second}{home}{erase}\r{home}"
        f"|  Created     Site sst:aws:Astro → SiteKvKeys sst:aws:KvKeys\r\n{clear}\r⠹  Finalizing{home}{clear}\r{home}"
        "✓  Complete    \r\n"
    )
    started, done = ((kind, "create", DYNAMIC, "SiteKvKeys.sst.aws.KvKeys") for kind in ("started", "done"))
    assert steps(log) == [done]  # what was drawn over is not there any more
    killed = log.partition(f"{erase}\r{home}|  Created")[0]
    assert steps(killed) == [started]
    copied = log.replace(up, "").replace(clear, "")  # a copy that lost the cursor's movements
    assert steps(copied) == [started, done]
    assert facts(log)[-1] == ("result", "succeeded")
    assert unrecognised(log) == []


def test_a_name_that_the_terminals_edge_cut_is_none() -> None:
    assert steps("⠋  Deleting    SiteKvKeys sst:aws:KvK…\n") == [("started", "delete", None, None)]


def test_promise_leaks() -> None:
    log = """\
The Pulumi runtime detected that 412 promises were still active
at the time that the process exited. There are a few ways that this can occur:
Promise leak detected:
  at new KvKeys (file:///app/.sst/platform/src/components/aws/providers/kv-keys.ts:13:5)
CONTEXT(1021): resolveURN(resource:StoreWebKvKeys.sst.aws.KvKeys[pulumi-nodejs:dynamic:Resource])
"""
    found = events(log)
    assert [(event.get("fact"), event.get("value")) for event in found] == [
        ("promise_leak", "412"),
        (None, None),
        ("promise_leak", None),
        (None, None),
        ("promise_leak", "StoreWebKvKeys.sst.aws.KvKeys"),
    ]
    assert (found[4]["type"], found[4]["name"]) == (DYNAMIC, "StoreWebKvKeys.sst.aws.KvKeys")


def test_further_deploys_of_dev_and_a_pulumi_log_shown_later_are_runs_of_their_own() -> None:
    step = "|  Created     B aws:s3:BucketV2\n"
    slog = 'time=2025-03-28T02:12:00.794Z level=INFO msg="initializing project" version=3.12.5\n'
    pulumi = "Updating (prod):\n +  aws:s3:Bucket b created (1s)\nDuration: 3s\n"
    log = f"{slog}{HEADER}~  Deploy\n{step}~  Deploy\n{step}{pulumi}{slog}booting\n{HEADER}~  Remove\n{step}"
    assert [event.get("run", 1) for event in events(log) if event["kind"] == "done"] == [1, 2, 3, 4]
    assert {event.get("run", 1) for event in events(log)} == {1, 2, 3, 4}


def test_a_step_of_ci_ends_what_stands_open() -> None:
    log = "|  Error       S a:b:C\none\n##[error]Process completed with exit code 1.\nPost job cleanup.\n"
    assert [event["message"] for event in events(log)] == ["one", "one"]


def test_a_record_behind_a_spinner_is_read() -> None:
    spinner = "⠹  First run, setting up environment..."
    log = f'{spinner}time=2025-03-28T02:12:00.794Z level=ERROR msg="exited with error" err="exit status 1"\n{spinner}\n'
    assert [(event["line"], event["kind"], event["message"]) for event in events(log)] == [
        (1, "summary", "exited with error"),
        (1, "diagnostic", "exited with error: exit status 1"),
    ]


def test_what_begins_as_a_line_of_sst_and_is_none_is_unrecognised() -> None:
    lines = ["|  Teleported  B aws:s3:BucketV2", "~  Dance", "➜  Apps"]
    assert unrecognised("\n".join([*lines, "hello", "| a | b |", "> x"])) == lines


@settings(max_examples=examples(25))
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=30), max_size=40), st.integers(1, 400))
def test_events_do_not_depend_on_the_batch_and_every_line_is_accounted_for(
    lines: list[str], size: int
) -> None:
    log = "\n".join(lines)
    whole, stats = read(log)
    cut, other = read(log, size=size)
    key = ["line", "kind", "fact", "message"]
    columns = [name for name in whole.columns if name != "seq"]
    assert (
        whole.select(columns)
        .sort(key, nulls_last=True)
        .equals(cut.select(columns).sort(key, nulls_last=True))
    )
    assert stats == other
    assert stats.recognised is not None
    assert stats.noise is not None
    assert stats.unrecognised is not None
    assert stats.lines == stats.recognised + stats.noise + stats.unrecognised
    assert whole["seq"].drop_nulls().to_list() == list(range(len(whole["seq"].drop_nulls())))


@settings(max_examples=examples(25))
@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf")
@example(b"\xef\xbb\xbf\n")
def test_any_bytes(content: bytes) -> None:
    stats = read(content)[1]
    assert stats.lines == (stats.recognised or 0) + (stats.noise or 0) + (stats.unrecognised or 0)
    assert stats.lines == content.count(b"\n") + (not content.endswith(b"\n") and content != b"")
