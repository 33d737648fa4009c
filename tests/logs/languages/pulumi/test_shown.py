"""Pulumi's text among lines of others counts where its display is shown."""

from __future__ import annotations

from analyzer.logs.kinds import terminal
from tests.logs.enough import assert_prefiltered_enough
from tests.logs.terminal import events, read, steps

TREE = "     Type                 Name   Status\n +   └─ aws:s3:Bucket     b      **creating failed**\n"


def test_plain_forms_of_pulumi_count_only_in_its_display() -> None:
    plain = "\nerror: nothing to commit\n    web:deploy: ok\nOutputs:\n    a: 1\nDuration: 3s\n..\n"
    assert events(plain) == []
    display = "Updating (prod):\n +  aws:s3:Bucket b created (1s)\nOutputs:\n    a: 1\nDuration: 3s\n"
    shown = f"{display}error: update failed\n{plain}"
    assert [(event["line"], event["kind"]) for event in events(shown)] == [
        (1, "header"),
        (2, "done"),
        (3, "summary"),
        (4, "output"),
        (5, "summary"),
        (6, "summary"),
    ]


def test_a_urn_among_other_lines_shows_no_display() -> None:
    """A message may list URNs, four blanks in: only under Pulumi's own header are they rows."""
    urn = "    urn:pulumi:prod::shop::aws:s3/bucket:Bucket::assets\n"
    assert "done" not in kinds_of("building\n" + urn + "SST 3.12.5  ready!\n")
    assert "done" in kinds_of("building\nUpdating (prod):\n" + urn + "Resources:\n    1 unchanged\n")


def kinds_of(log: str) -> list[str]:
    table, stats = read(log)
    assert stats.unrecognised == 0
    return table["kind"].to_list()


def test_the_head_of_a_tree_shows_the_display() -> None:
    """Of a capture that begins below the header all would be noise."""
    log = f"$ pulumi up\n{TREE}Duration: 3s\n"
    assert [event["kind"] for event in events(log)] == ["summary", "failed", "summary"]
    assert_prefiltered_enough(terminal, log.encode())
    stamped = "".join(f"2024-05-15T09:18:12.1234567Z {line}\n" for line in TREE.splitlines())
    assert steps(stamped) == [("failed", "create", "aws:s3:Bucket", "b")]


def test_diagnostics_of_a_resource_show_the_display() -> None:
    log = "$ pulumi up\nDiagnostics:\n  aws:s3:Bucket (b):\n    error: boom\n\nerror: update failed\n"
    assert [(event["kind"], event.get("name")) for event in events(log)] == [
        ("summary", None),
        ("diagnostic", "b"),
        ("summary", None),
    ]
    assert_prefiltered_enough(terminal, log.encode())
    assert events("Diagnostics:\n  src:12:3 (b):\n    error: boom\nerror: update failed\n") == []
