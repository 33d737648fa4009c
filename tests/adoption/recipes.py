"""The recipes of `docs/ci/`, and a folder of stand-ins in which their shell is run as it is written.

`npx sst deploy` writes the event log of a sample as SST does, `aws` copies the sample's files, and `lostwrite` is the
program itself, but that `--live` reads the sample's listing, for there is no AWS here.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ROOT / "docs" / "ci"
UPDATE: Final = "fe6aadedee0704c33ffb620d"
OLDER: Final = "fe6aadf00000000000000000"
_LIVE: Final = '"--live"'

# Where SST was told to clean up, there is no event log.
NPX: Final = f"""\
test "$*" = "sst deploy --stage production" || exit 99
if test -n "${{SST_NO_CLEANUP-}}"; then
  mkdir -p .sst/pulumi/{OLDER} .sst/pulumi/{UPDATE}
  echo older >.sst/pulumi/{OLDER}/eventlog.json
  touch -d 2020-01-01 .sst/pulumi/{OLDER}/eventlog.json
  test -z "$ONE_LOG" || rm -r .sst/pulumi/{OLDER}
  cp "$SAMPLE/deploy/eventlog.json" .sst/pulumi/{UPDATE}/eventlog.json
fi
exit "$DEPLOYED"
"""
AWS: Final = f"""\
for last; do :; done
case "$1 $2" in
("ssm get-parameter") echo '{{"version":1,"state":"sst-state-abcdefghijkl"}}' ;;
("s3 ls")
  test "$3" = s3://sst-state-abcdefghijkl/eventlog/shop/production/ || exit 98
  echo "2025-04-02 14:20:50       9000 {UPDATE}.json"; echo "2025-04-01 10:00:00       9000 {OLDER}.json" ;;
("s3 cp")
  test "$4" = s3://sst-state-abcdefghijkl/eventlog/shop/production/{UPDATE}.json || exit 97
  cp "$SAMPLE/deploy/eventlog.json" "$last" ;;
("s3 sync")
  case $4 in
  (s3://TRAIL-BUCKET/AWSLogs/111122223333/CloudTrail/us-east-1/20[0-9][0-9]/[01][0-9]/[0-3][0-9]/) ;;
  (*) exit 96 ;;
  esac
  test -d trail/come || {{ cp -r "$SAMPLE/trail" coming && mv coming trail/come; }} ;;
(*) exit 95 ;;
esac
"""
LOSTWRITE: Final = f"""\
#!{sys.executable} -P
import os, sys
words = sys.argv[1:]
with open(os.environ["CALLS"], "a") as calls:
    calls.write("\\0".join(words) + "\\n")
at = words.index({_LIVE}) if {_LIVE} in words else None
if at is not None:
    words[at:at + 1] = ["--keys", os.environ["SAMPLE"] + "/keys.json"]
from analyzer.cli.main import run
sys.exit(run(words))
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One script of a page.

    Attributes:
        name: of the page and the job.
        script: as its system hands it to the shell.
        shell: the command that its system runs it with.
        env: what the recipe sets, and what the reader is asked for.
        only_newest: it takes the newest of several event logs.
    """

    name: str
    script: str
    shell: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    only_newest: bool = False


@dataclass(frozen=True, slots=True)
class Ran:
    """What a script did: its exit code, what it printed, and how it called `lostwrite`."""

    code: int
    out: str
    calls: list[list[str]]


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code in a page."""
    text = (PAGES / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def documents(page: str) -> list[dict[Any, Any]]:
    """The YAML of a page."""
    return [yaml.safe_load(block) for block in blocks(page, "yaml")]


def recipes() -> dict[str, Recipe]:
    """Every script of the pages, by its name."""
    found = [*_of_shell(), *_of_gitlab(), *_of_buildkite(), *_of_github()]
    return {recipe.name: recipe for recipe in found}


_ASKED: Final = {
    "APP": "shop",
    "STAGE": "production",
    "ACCOUNT": "111122223333",
    "TRAIL_BUCKET": "TRAIL-BUCKET",
}


def _of_shell() -> list[Recipe]:
    deploy, trail = blocks("shell.md", "sh")
    return [
        Recipe("shell-deploy", deploy, ("dash",), only_newest=True),
        Recipe("shell-trail", trail, ("dash",), _ASKED),
    ]


def _of_gitlab() -> list[Recipe]:
    (pipeline,) = documents("gitlab.md")
    return [
        Recipe(
            f"gitlab-{name}",
            "\n".join(pipeline[name]["script"]),
            ("bash", "-eo", "pipefail"),
            pipeline[name]["variables"],
        )
        for name in ("deploy", "trail")
    ]


def _of_buildkite() -> list[Recipe]:
    (pipeline,) = documents("buildkite.md")
    return [
        Recipe(
            f"buildkite-{name}",
            step["command"].replace("$$", "$"),
            ("bash", "-e"),
            step["env"],
            only_newest=True,
        )
        for name, step in zip(("deploy", "trail"), pipeline["steps"], strict=True)
    ]


def _of_github() -> list[Recipe]:
    deploy, trail = documents("github.md")
    shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
    found = []
    for name, job in (("deploy", deploy["jobs"]["deploy"]), ("trail", trail["jobs"]["trail"])):
        scripts = [step for step in job["steps"] if "run" in step]
        env = {key: str(value) for step in scripts for key, value in step.get("env", {}).items()}
        found.append(Recipe(f"github-{name}", "\n".join(step["run"] for step in scripts), shell, env))
    return found


def run(recipe: Recipe, sample: Path, folder: Path, *, deployed: int = 0) -> Ran:
    """Runs a script in a new folder, with the stand-ins first on the path."""
    tools = folder / "tools"
    tools.mkdir(parents=True)
    scripts = {
        "npx": NPX,
        "aws": AWS,
        "npm": 'test "$1" = ci',
        "sleep": "exec /bin/sleep 0.3",
        "buildkite-agent": 'test "$1" = annotate && cat >annotation.md',
    }
    for name, body in scripts.items():
        _program(tools / name, f"#!/bin/sh\n{body}")
    _program(tools / "lostwrite", LOSTWRITE)
    work = folder / "work"
    work.mkdir()
    (folder / "script").write_text(recipe.script, encoding="utf-8")
    calls = folder / "calls"
    with subprocess.Popen(
        [*recipe.shell, str(folder / "script")],
        cwd=work,
        env={
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "SAMPLE": str(sample),
            "CALLS": str(calls),
            "DEPLOYED": str(deployed),
            "ONE_LOG": "" if recipe.only_newest else "1",
            **recipe.env,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=300)
        finally:  # also what it left in the background, as a job's runner does
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    lines = calls.read_text().splitlines() if calls.exists() else []
    return Ran(process.returncode, out + err, [line.split("\0") for line in lines])


def _program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
