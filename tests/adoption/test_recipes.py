"""`docs/ci/`: the shell of every recipe is run as it is written, and its YAML has what its system expects."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.adoption.options import commands
from tests.adoption.recipes import PAGES, ROOT, UPDATE, blocks, documents, recipes, run
from tests.commands.shells import require

SAMPLES: Final = ROOT / "samples"
MISSING: Final = SAMPLES / "missing-route-by-listing"
DROPPED: Final = SAMPLES / "first-route-never-written"
RECIPES: Final = recipes()
CHECKING: Final = [name for name in RECIPES if not name.startswith("github")]
ACTION: Final[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def options_of(text: str) -> set[str]:
    """The options of `lostwrite check` that a text names."""
    commands_in = re.findall(r"lostwrite check(?:[^\n]|\\\n|\n +--)*", text)
    return {word for command in commands_in for word in re.findall(r"(?<![\w-])--[a-z][a-z-]+", command)}


def test_the_index_leads_to_every_page() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((\w+\.md)\)", index)) >= {page.name for page in PAGES.glob("*.md")} - {
        "README.md"
    }


def test_every_option_that_the_pages_name_exists() -> None:
    for page in PAGES.glob("*.md"):
        assert options_of(page.read_text(encoding="utf-8")) - commands()["check"] == set(), page.name


@pytest.mark.parametrize("name", [name for name in CHECKING if name.endswith("deploy")])
def test_right_after_the_deploy_a_missing_route_fails_the_job(name: str, tmp_path: Path) -> None:
    ran = run(RECIPES[name], MISSING, tmp_path)
    assert ran.code == 1, ran.out
    assert "is not in the store" in " ".join(ran.out.split())
    (call,) = ran.calls
    assert call[:3] == ["check", f".sst/pulumi/{UPDATE}/eventlog.json", "--live"]
    left = (tmp_path / "work" / ".sst" / "pulumi" / UPDATE).exists()
    assert left == (name == "gitlab-deploy"), "the folder has secrets; GitLab's is that of one job"


@pytest.mark.parametrize("name", [name for name in CHECKING if name.endswith("trail")])
def test_later_by_the_trail_a_dropped_write_fails_the_job(name: str, tmp_path: Path) -> None:
    require("jq")
    ran = run(RECIPES[name], DROPPED, tmp_path)
    assert ran.code == 1, ran.out
    assert "dropped" in ran.out
    assert ran.calls[0][:6] == ["check", "eventlog.json", "--trail", "trail", "--wait", "45m"]


@pytest.mark.parametrize("name", ["shell-deploy", "shell-trail"])
def test_where_every_write_is_there_the_job_passes(name: str, tmp_path: Path) -> None:
    require("jq")
    sample = SAMPLES / "healthy" if name.endswith("trail") else whole(tmp_path / "sample")
    ran = run(RECIPES[name], sample, tmp_path / "run")
    assert (ran.code, len(ran.calls)) == (0, 1), ran.out


def whole(folder: Path) -> Path:
    """The sample with the missing route, and a listing in which it is there."""
    folder.mkdir()
    (folder / "deploy").symlink_to(MISSING / "deploy")
    listing = json.loads((MISSING / "keys.json").read_text(encoding="utf-8"))
    (routes,) = (item for item in listing["items"] if item["key"] == "234a:routes")
    routes["value"] = json.dumps([*json.loads(routes["value"]), "url,4825,,/api"], separators=(",", ":"))
    (folder / "keys.json").write_text(json.dumps(listing), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", [name for name in CHECKING if name.endswith("deploy")])
def test_a_deploy_that_failed_is_checked_too_and_keeps_its_code(name: str, tmp_path: Path) -> None:
    ran = run(RECIPES[name], MISSING, tmp_path, deployed=7)
    assert (ran.code, len(ran.calls)) == (7, 1)


def going_on(script: Path) -> bool:
    """Whether a process runs the script still: the copying that it leaves in the background."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended since
            if str(script).encode() in path.read_bytes():
                return True
    return False


def test_the_steps_of_github_prepare_what_the_action_is_given(tmp_path: Path) -> None:
    require("jq")
    deploy = run(RECIPES["github-deploy"], MISSING, tmp_path / "deploy")
    assert deploy.code == 0, deploy.out
    assert list((tmp_path / "deploy" / "work").glob(".sst/pulumi/*/eventlog.json"))
    trail = run(RECIPES["github-trail"], DROPPED, tmp_path / "trail")
    assert trail.code == 0, trail.out
    assert (tmp_path / "trail" / "work" / "eventlog.json").exists()
    assert (tmp_path / "trail" / "work" / "trail" / "come").is_dir()
    end = time.monotonic() + 30
    while going_on(tmp_path / "trail" / "script"):  # one that was killed may take a moment to go
        assert time.monotonic() < end
        time.sleep(0.05)


def test_github_gives_the_action_inputs_that_it_has() -> None:
    used = [
        step
        for document in documents("github.md")
        for job in document["jobs"].values()
        for step in job["steps"]
        if "lostwrite/" in step.get("uses", "")
    ]
    assert [step["with"].get("live", False) for step in used] == [True, False]
    assert all(set(step["with"]) <= set(ACTION["inputs"]) for step in used)
    assert used[1]["with"]["wait"] == "45m"
    rows = re.findall(r"^\| `([a-z-]+)` \|", (PAGES / "github.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == list(ACTION["inputs"])


def test_github_workflows_have_the_keys_of_workflows() -> None:
    for document in documents("github.md"):
        document["on"] = document.pop(True)  # `on` is a boolean of YAML 1.1
        assert set(document) <= {"name", "on", "concurrency", "permissions", "jobs"}
        for job in document["jobs"].values():
            assert set(job) <= {"runs-on", "steps", "timeout-minutes", "needs", "if", "env"}
            for step in job["steps"]:
                assert set(step) <= {"name", "uses", "with", "run", "env", "if"}
                assert ("uses" in step) != ("run" in step)
                assert "${{" not in step.get("run", "")


def test_gitlab_has_jobs_of_its_stages() -> None:
    (pipeline,) = documents("gitlab.md")
    stages = pipeline.pop("stages")
    for job in pipeline.values():
        assert job["stage"] in stages
        assert all(isinstance(line, str) for line in [*job["before_script"], *job["script"]])
        assert set(job["artifacts"]["reports"]) == {"junit", "codequality"}
        assert not any(".sst" in path for path in job["artifacts"]["paths"])


def test_buildkite_has_steps_with_commands() -> None:
    (pipeline,) = documents("buildkite.md")
    for step in pipeline["steps"]:
        assert set(step) <= {
            "label",
            "key",
            "concurrency",
            "concurrency_group",
            "env",
            "command",
            "depends_on",
            "timeout_in_minutes",
        }
        assert not re.search(r"(?<!\$)\$(?!\$)", step["command"]), (
            "a single $ is replaced before the shell sees it"
        )


def test_every_block_of_the_pages_is_tested() -> None:
    for page in PAGES.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert text.count("\n```") == 2 * sum(len(blocks(page.name, kind)) for kind in ("sh", "yaml")), (
            page.name
        )
