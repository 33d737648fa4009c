"""The script that adds a selector, in real shells, against a stand-in for `aws` that keeps the selectors of a trail."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from analyzer.setup.registry import setup_text
from tests.commands.shells import require

if TYPE_CHECKING:
    from pathlib import Path

SHELLS: Final = ("dash", "bash", "zsh")
TRAIL: Final = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit"
STORE: Final = "arn:aws:cloudfront::111122223333:key-value-store/00000001-0000-4000-8000-000000000000"
OTHER: Final = "arn:aws:cloudfront::111122223333:key-value-store/00000002-0000-4000-8000-000000000000"

# Each answer is a file; what is put is kept, and answered from then on.
AWS: Final = """\
#!/bin/sh
test "$1" = cloudtrail && printf '%s ' "$@" | tr '\\n' ' ' >>"$FAKE/calls" && echo >>"$FAKE/calls" || exit 99
case $2 in
(put-event-selectors)
  while test "$1" != --cli-input-json; do shift; done
  printf '%s\\n' "$2" >"$FAKE/put"
  jq '{TrailARN: .TrailName, AdvancedEventSelectors}' "$FAKE/put" >"$FAKE/get-event-selectors" ;;
esac
case $2 in (\\{*) set -- cloudtrail get-event-selectors ;; esac
test -f "$FAKE/$2" && exec cat "$FAKE/$2"
echo "An error occurred (AccessDeniedException) when calling the $2 operation: no" >&2
exit 254
"""


def selector(*fields: tuple[str, list[str]], name: str = "x") -> dict[str, Any]:
    return {
        "Name": name,
        "FieldSelectors": [{"Field": field, "Equals": values} for field, values in fields],
    }


def basic(**changed: object) -> dict[str, object]:
    """A basic selector as get-event-selectors shows that of a trail that nobody changed."""
    whole: dict[str, object] = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
    return whole | changed


KIND: Final = ("resources.type", ["AWS::CloudFront::KeyValueStore"])
DATA: Final = ("eventCategory", ["Data"])
ALL_STORES: Final = selector(DATA, KIND, name="CloudFront key-value stores")
MANAGEMENT: Final = selector(("eventCategory", ["Management"]), name="management events")
BUCKETS: Final = {
    "Name": "buckets",
    "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        {"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::a/", "arn:aws:s3:::b'\"$(x)/"]},
    ],
}


NONE: Final[dict[str, Any]] = {"EventSelectors": []}


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str
    put: Any
    calls: str


def run(  # noqa: PLR0913 - what can differ
    folder: Path,
    selectors: dict[str, Any] | None,
    *stores: str,
    shell: str = "dash",
    trails: tuple[str, ...] = (TRAIL,),
    logging: bool = True,
    trail: str | None = None,
    answer: str | None = None,
) -> Ran:
    """What the script does where a trail has these selectors; with None they may not be read, or are in `answer`."""
    require(shell)
    require("jq")
    found = [
        {"Name": arn.rpartition("/")[2], "TrailARN": arn, "HomeRegion": "eu-central-1"} for arn in trails
    ]
    (folder / "describe-trails").write_text(json.dumps({"trailList": found}))
    (folder / "get-trail-status").write_text(json.dumps({"IsLogging": logging}))
    if selectors is not None:
        answer = json.dumps({"TrailARN": TRAIL} | selectors, indent=4)
    if answer is not None:
        (folder / "get-event-selectors").write_text(answer)
    program = folder / "aws"
    program.write_text(AWS)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    script = folder / "script"
    script.write_text(setup_text(stores, "cli"), encoding="ascii")
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "FAKE": str(folder), "HOME": str(folder)}
    done = subprocess.run(
        [shell, str(script)],
        env=environment | ({} if trail is None else {"TRAIL": trail}),
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    put = folder / "put"
    return Ran(
        done.returncode,
        done.stdout,
        done.stderr,
        json.loads(put.read_text()) if put.exists() else None,
        (folder / "calls").read_text() if (folder / "calls").exists() else "",
    )


ADDED: Final[dict[str, tuple[dict[str, Any], list[object]]]] = {
    "no selectors": (NONE, [MANAGEMENT]),
    "a null and an empty list": ({"EventSelectors": [], "AdvancedEventSelectors": None}, [MANAGEMENT]),
    "basic management events": ({"EventSelectors": [basic()]}, [MANAGEMENT]),
    "advanced ones": (
        {"AdvancedEventSelectors": [MANAGEMENT, BUCKETS]},
        [MANAGEMENT, BUCKETS],
    ),
    "writes of stores alone": (
        {"AdvancedEventSelectors": [selector(DATA, KIND, ("readOnly", ["false"]))]},
        [selector(DATA, KIND, ("readOnly", ["false"]))],
    ),
    "one of the stores": (
        {"AdvancedEventSelectors": [selector(DATA, KIND, ("resources.ARN", [STORE]))]},
        [selector(DATA, KIND, ("resources.ARN", [STORE]))],
    ),
    "basic writes without KMS": (
        {
            "EventSelectors": [
                basic(ReadWriteType="WriteOnly", ExcludeManagementEventSources=["kms.amazonaws.com"])
            ]
        },
        [
            {
                "Name": "management events",
                "FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Management"]},
                    {"Field": "readOnly", "Equals": ["false"]},
                    {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]},
                ],
            }
        ],
    ),
    "basic ones without management events": ({"EventSelectors": [basic(IncludeManagementEvents=False)]}, []),
}
IN_EVERY_SHELL: Final = {"basic management events", "advanced ones"}


@pytest.mark.parametrize(
    ("name", "shell"),
    [(name, shell) for name in ADDED for shell in SHELLS if shell == "dash" or name in IN_EVERY_SHELL],
)
def test_the_selector_is_added_to_those_that_are_there(name: str, shell: str, tmp_path: Path) -> None:
    present, kept = ADDED[name]
    ran = run(tmp_path, present, shell=shell)
    assert (ran.code, ran.err) == (0, "")
    assert ran.put == {"TrailName": TRAIL, "AdvancedEventSelectors": [*kept, ALL_STORES]}
    assert json.dumps({"TrailARN": TRAIL} | present, indent=4) in ran.out, "what leads back is shown"


@pytest.mark.parametrize("shell", SHELLS)
def test_run_again_it_adds_nothing(shell: str, tmp_path: Path) -> None:
    first = run(tmp_path, {"EventSelectors": [basic()]}, shell=shell)
    (tmp_path / "put").unlink()
    again = run(tmp_path, {"AdvancedEventSelectors": first.put["AdvancedEventSelectors"]}, shell=shell)
    assert (again.code, again.out, again.put) == (
        0,
        f"nothing to do: {TRAIL} records these stores already\n",
        None,
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_where_the_stores_are_recorded_nothing_is_sent(shell: str, tmp_path: Path) -> None:
    ran = run(tmp_path, {"AdvancedEventSelectors": [BUCKETS, selector(KIND, DATA)]}, STORE, shell=shell)
    assert (ran.code, ran.err, ran.put) == (0, "", None)
    assert "put-event-selectors" not in ran.calls


def test_stores_that_are_not_recorded_yet_are_added_and_no_others(tmp_path: Path) -> None:
    present = selector(DATA, KIND, ("resources.ARN", [STORE]))
    ran = run(tmp_path, {"AdvancedEventSelectors": [present]}, STORE, OTHER, OTHER)
    added = selector(DATA, KIND, ("resources.ARN", [OTHER]), name="CloudFront key-value stores")
    assert ran.put["AdvancedEventSelectors"] == [present, added]


def test_a_selector_that_leaves_stores_out_does_not_count_as_recording_them(tmp_path: Path) -> None:
    without = {
        "Name": "but one",
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::CloudFront::KeyValueStore"]},
            {"Field": "resources.ARN", "NotEquals": [STORE]},
        ],
    }
    ran = run(tmp_path, {"AdvancedEventSelectors": [without]}, STORE)
    assert len(ran.put["AdvancedEventSelectors"]) == 2


def test_the_calls_go_to_the_home_of_the_trail(tmp_path: Path) -> None:
    calls = run(tmp_path, NONE).calls.splitlines()
    assert [call.split()[1] for call in calls] == [
        "describe-trails",
        "get-event-selectors",
        "put-event-selectors",
        "get-trail-status",
    ]
    assert "--region us-east-1" in calls[0]
    assert all("--region eu-central-1" in call for call in calls[1:])


@pytest.mark.parametrize("shell", ["dash", "zsh"])
def test_basic_data_events_stop_it_and_nothing_is_sent(shell: str, tmp_path: Path) -> None:
    resources = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::bucket/"]}]
    ran = run(tmp_path, {"EventSelectors": [basic(), basic(DataResources=resources)]}, shell=shell)
    assert (ran.code != 0, ran.put) == (True, None)
    assert "nothing was changed" in ran.err


def test_an_unknown_kind_of_basic_selector_stops_it(tmp_path: Path) -> None:
    ran = run(tmp_path, {"EventSelectors": [basic(ReadWriteType="Sometimes")]})
    assert (ran.code != 0, ran.put) == (True, None)


@pytest.mark.parametrize("shell", ["dash", "zsh"])
def test_of_several_trails_it_takes_the_named_one_alone(shell: str, tmp_path: Path) -> None:
    trails = (TRAIL.replace("audit", "other"), TRAIL)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    unnamed = run(tmp_path / "a", NONE, trails=trails, shell=shell)
    assert (unnamed.code != 0, unnamed.put) == (True, None)
    assert all(arn in unnamed.err for arn in trails)
    assert run(tmp_path / "b", NONE, trails=trails, shell=shell, trail="audit").put["TrailName"] == TRAIL


@pytest.mark.parametrize("trail", [None, "$(touch hit)"])
def test_without_such_a_trail_it_says_so(trail: str | None, tmp_path: Path) -> None:
    ran = run(tmp_path, NONE, trails=() if trail is None else (TRAIL,), trail=trail)
    assert (ran.code != 0, ran.put) == (True, None)
    assert ("--format cloudformation" if trail is None else "TRAIL") in ran.err
    assert not (tmp_path / "hit").exists()


def test_selectors_that_may_not_be_read_stop_it(tmp_path: Path) -> None:
    ran = run(tmp_path, None)
    assert (ran.code != 0, ran.put) == (True, None)
    assert "AccessDeniedException" in ran.err


def test_a_trail_that_is_stopped_is_reported(tmp_path: Path) -> None:
    ran = run(tmp_path, NONE, logging=False)
    assert ran.code == 1
    assert "start-logging" in ran.err


@pytest.mark.parametrize(
    "answer",
    [
        "null",
        "{}",
        "[]",
        json.dumps({"TrailARN": TRAIL}),
        json.dumps({"TrailARN": TRAIL + "2", "EventSelectors": [basic()]}),
        json.dumps(
            {"TrailARN": TRAIL, "EventSelectors": [basic()], "AdvancedEventSelectors": [{"Name": "a"}]}
        ),
    ],
)
def test_an_answer_that_does_not_say_what_is_selected_is_not_taken_for_nothing(
    answer: str, tmp_path: Path
) -> None:
    """What is sent replaces all selectors: those that were not read would be gone."""
    ran = run(tmp_path, None, answer=answer)
    assert (ran.code != 0, ran.put) == (True, None)


@pytest.mark.parametrize(
    "arn", ["--output=text", TRAIL + "\n::error::x", TRAIL + "\x1b[2J", TRAIL.replace("trail/", "trail/$(x)")]
)
def test_a_trail_that_is_named_as_none_can_be_stops_it(arn: str, tmp_path: Path) -> None:
    ran = run(tmp_path, {"EventSelectors": [basic()]}, trails=(arn,))
    assert (ran.code != 0, ran.put, "\x1b" in ran.err) == (True, None, False)
    assert "AWS names a trail in a form that is not documented" in ran.err
