"""`action.yml`: its scripts are run in bash as GitHub runs them, with the environment that it would give them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.adoption.options import commands
from tests.commands.hostile import VALUES

ROOT: Final = Path(__file__).parents[2]
ACTION: Final[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: Final[list[dict[str, Any]]] = ACTION["runs"]["steps"]
SAMPLES: Final = ROOT / "samples"

_EXPRESSION: Final = re.compile(r"\$\{\{\s*([a-z_]+(?:\.[A-Za-z_-]+)+)\s*\}\}")

# Stands in for the Python of the runner: it makes an environment whose Python runs this one, and notes its arguments.
PYTHON: Final = """\
#!/bin/sh
printf '%s\\0' "$@" >>"$NOTES/calls"; printf '\\n' >>"$NOTES/calls"
case "$1 $2" in
("-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
("-m pip") ;;
(*) test -z "$REAL" || exec "$REAL" "$@" ;;
esac
"""


@dataclass
class Runner:
    """The part of GitHub's runner that the steps of a composite action with scripts need."""

    home: Path
    inputs: dict[str, str]
    real: bool
    outputs: dict[str, str] = field(default_factory=dict)
    stdout: str = ""
    codes: list[int] = field(default_factory=list)

    def value(self, text: str) -> str:
        """A text with its expressions replaced; those that the action may use, and no others."""

        def of(match: re.Match[str]) -> str:
            context, *path = match[1].split(".")
            if context == "inputs":
                return self.inputs[path[0]]
            if context == "steps":
                return self.outputs.get(".".join(path), "")
            assert match[1] == "github.action_path"
            return str(ROOT)

        assert text.count("${{") == len(_EXPRESSION.findall(text))
        return _EXPRESSION.sub(of, text)

    def run(self) -> None:
        """Runs the steps one after the other until one fails."""
        (self.home / "python").write_text(PYTHON)
        (self.home / "python").chmod(0o755)
        self.outputs["python.outputs.python-path"] = str(self.home / "python")
        for number, step in enumerate(STEPS):
            if "run" not in step:
                continue
            output = self.home / f"output-{number}"
            output.touch()
            script = self.home / f"step-{number}.sh"
            script.write_text(step["run"], encoding="utf-8")
            environment = {
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "NOTES": str(self.home),
                "REAL": sys.executable if self.real else "",
                "PYTHONPATH": str(ROOT),
                "RUNNER_TEMP": str(self.home / "temp dir"),
                "GITHUB_ACTIONS": "true",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
            }
            (self.home / "temp dir").mkdir(exist_ok=True)
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                env=environment | {name: self.value(text) for name, text in step["env"].items()},
                cwd=self.home,
                check=False,
                capture_output=True,
                text=True,
                timeout=300,
            )
            self.stdout += done.stdout + done.stderr
            self.codes.append(done.returncode)
            for line in output.read_text().splitlines():
                name, _, text = line.partition("=")
                self.outputs[f"{step['id']}.outputs.{name}"] = text
            if done.returncode:
                return

    def calls(self) -> list[list[str]]:
        """The arguments of each call of Python."""
        text = (self.home / "calls").read_text(encoding="utf-8")
        return [call.split("\0") for call in text.split("\0\n")[:-1]]


def ran(folder: Path, *, real: bool = False, **inputs: str) -> Runner:
    """The action with these inputs, and the defaults of the others."""
    defaults = {name: str(given.get("default", "")) for name, given in ACTION["inputs"].items()}
    named = {name.replace("_", "-"): text for name, text in inputs.items()}
    assert set(named) <= set(defaults)
    runner = Runner(folder, defaults | named, real)
    runner.run()
    return runner


def test_it_is_a_composite_action_with_documented_inputs_and_outputs() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert {"name", "description", "inputs", "outputs", "runs"} <= set(ACTION)
    assert all(given["description"] for given in [*ACTION["inputs"].values(), *ACTION["outputs"].values()])
    assert [name for name, given in ACTION["inputs"].items() if given.get("required")] == ["log"]


def test_no_script_contains_an_expression() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert len(scripts) == 3
    assert [script for script in scripts if "${{" in script] == []
    assert all(step["shell"] == "bash" for step in STEPS if "run" in step)


def test_actions_of_others_are_pinned_to_a_major_version() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert all(re.fullmatch(r"(actions|github)/[\w/-]+@v\d+", name) for name in used)


def test_every_input_is_used() -> None:
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(ACTION["inputs"])


def test_every_option_that_it_gives_exists() -> None:
    text = "".join(step["run"] for step in STEPS if step.get("id") == "check")
    given = set(re.findall(r"(?<![\w-])--[a-z-]+[a-z]", text))
    assert given - commands()["check"] == set()


def test_it_installs_itself_from_the_lock_and_a_version_from_the_index(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    own = [call for call in ran(tmp_path / "a", log="x.log").calls() if "install" in call]
    assert own[0][-3:] == ["--require-hashes", "-r", str(ROOT / "requirements/aws.lock")]
    assert own[1][-3:] == ["--no-deps", "--no-build-isolation", str(ROOT)]
    other = [call for call in ran(tmp_path / "b", log="x.log", version="1.2.3").calls() if "install" in call]
    assert [call[-1] for call in other] == ["lostwrite[aws]==1.2.3"]


@pytest.mark.parametrize("version", ["1 --index-url=http://x", "-r/etc/passwd", "$(touch hit)", "1\n2"])
def test_what_is_no_version_is_not_installed(version: str, tmp_path: Path) -> None:
    runner = ran(tmp_path, log="x.log", version=version)
    assert runner.codes == [2]
    assert not any("install" in call for call in runner.calls())
    assert not (tmp_path / "hit").exists()


def test_each_input_becomes_one_word_of_the_command(tmp_path: Path) -> None:
    runner = ran(
        tmp_path,
        log="  a b.log\r\n\nlogs/*.json\n",
        trail="trail\n'quoted'/x",
        keys="arn:x=k.json",
        store="arn:1\narn:2",
        live="true",
        wait="45m",
        baseline="base line.json",
        fail_on="warning",
        min_confidence="high",
        fail_on_doubt="true",
        args="--since=2025-03-20T12:00Z\n--jobs=1",
    )
    command = runner.calls()[-1]
    assert command[:4] == ["-P", "-m", "analyzer", "check"]
    assert command[command.index("--") + 1 :] == ["a b.log", "logs/*.json"]
    assert command[10:-3] == [
        "--live",
        "--fail-on-doubt",
        "--store=arn:1",
        "--store=arn:2",
        "--trail=trail",
        "--trail='quoted'/x",
        "--keys=arn:x=k.json",
        "--wait=45m",
        "--baseline=base line.json",
        "--fail-on=warning",
        "--min-confidence=high",
        "--since=2025-03-20T12:00Z",
        "--jobs=1",
    ]


HOSTILE: Final = [
    "$(touch hit)",
    "`touch hit`",
    "'; touch hit; '",
    '"; touch hit; "',
    "${{ secrets.X }}",
    "--output=/etc/x",
    *[value for value in VALUES if value.isprintable() and value.strip() == value != ""],
]


def test_an_input_is_never_run_and_a_log_is_never_an_option(tmp_path: Path) -> None:
    text = "\n".join(HOSTILE)
    runner = ran(tmp_path, log=text, trail=text)
    command = runner.calls()[-1]
    assert command[command.index("--") + 1 :] == HOSTILE
    assert [word.removeprefix("--trail=") for word in command if word.startswith("--trail=")] == HOSTILE
    assert not (tmp_path / "hit").exists()
    assert runner.outputs["check.outputs.exit-code"] == "0"


@pytest.mark.parametrize(("name", "code"), [("healthy", 0), ("first-route-never-written", 1)])
def test_a_sample_gives_its_exit_code_and_its_reports(name: str, code: int, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / name, tmp_path / "s")
    runner = ran(tmp_path, real=True, log="s/deploy/eventlog.json", trail="s/trail", fail_on="error")
    assert runner.outputs["check.outputs.exit-code"] == str(code), runner.stdout
    assert runner.codes == ([0, 0, 0] if code == 0 else [0, 0, 1])
    assert Path(runner.outputs["check.outputs.sarif"]).stat().st_size > 0
    assert (tmp_path / "summary.md").stat().st_size > 0
    assert ("::error" in runner.stdout) == (code == 1)


def test_wrong_usage_fails_the_step_with_its_own_code(tmp_path: Path) -> None:
    runner = ran(tmp_path, real=True, log="x.log", args="--format=nonsense")
    assert (runner.codes[-1], runner.outputs["check.outputs.exit-code"]) == (2, "2")
    assert "check.outputs.sarif" not in runner.outputs


@pytest.mark.parametrize("inputs", [{"live": "yes"}, {"fail-on-doubt": "TRUE"}])
def test_a_switch_that_is_neither_true_nor_false_is_wrong_usage(
    inputs: dict[str, Any], tmp_path: Path
) -> None:
    """Taken for `false`, it would switch the check off, and the step would pass."""
    runner = ran(tmp_path, log="x.log", **inputs)
    assert 2 in runner.codes
    assert not [call for call in runner.calls() if "check" in call]
