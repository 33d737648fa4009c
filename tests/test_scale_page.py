"""docs/scale.md and its manifests: their commands are those of the programs, and Kubernetes would take them.

The manifests were also validated, once and by hand, with `kubernetes-validate` 1.37.0 (schemas of Kubernetes 1.35,
strict): it is 119 MB, and no part of the development environment.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.adoption.options import commands

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "scale.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


def manifests() -> dict[tuple[str, str], Any]:
    text = (DOCS / "k8s" / "dask.yaml").read_text(encoding="utf-8")
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(text)}


def programs() -> list[list[str]]:
    """Every command of the page and of the manifests."""
    found = [shlex.split(line, comments=True) for line in LINES if not line.startswith(("pip", "export"))]
    for manifest in manifests().values():
        pods = manifest["spec"].get("template")
        found += (
            [each["command"] + each.get("args", []) for each in pods["spec"]["containers"]] if pods else []
        )
    return found


def test_the_options_of_lostwrite_are_there() -> None:
    audits = [words for words in programs() if words[0] == "lostwrite"]
    assert len(audits) == 2
    for words in audits:
        assert {word for word in words if word.startswith("--")} <= commands()["audit"]


def test_the_options_of_dask_are_there() -> None:
    scheduler = pytest.importorskip("distributed.cli.dask_scheduler").main
    worker = pytest.importorskip("distributed.cli.dask_worker").main
    known = {
        name: {
            option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]
        }
        for name, command in (("scheduler", scheduler), ("worker", worker))
    }
    of_dask = [words for words in programs() if words[0] == "dask"]
    assert sorted(words[1] for words in of_dask) == ["scheduler", "scheduler", "worker", "worker"]
    for words in of_dask:
        assert {word for word in words if word.startswith("--")} <= known[words[1]]
        if words[1] == "worker":
            assert "--no-nanny" in words
            assert words[words.index("--nthreads") + 1] == "1"


def test_the_manifests_fit_together() -> None:
    found = manifests()
    service = found["Service", "lostwrite-scheduler"]
    for kind, name in (("Deployment", "lostwrite-scheduler"), ("Deployment", "lostwrite-worker")):
        spec = found[kind, name]["spec"]
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    scheduler = found["Deployment", "lostwrite-scheduler"]["spec"]["template"]
    assert service["spec"]["selector"].items() <= scheduler["metadata"]["labels"].items()
    address = f"tcp://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    assert sum(address in words for words in programs()) == 2
    policy = found["NetworkPolicy", "lostwrite"]["spec"]
    for manifest in found.values():
        if "template" in manifest["spec"]:
            pod = manifest["spec"]["template"]
            assert policy["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
            assert pod["spec"]["automountServiceAccountToken"] is False
            volumes = {volume["name"] for volume in pod["spec"].get("volumes", [])}
            for container in pod["spec"]["containers"]:
                assert {mount["name"] for mount in container.get("volumeMounts", [])} <= volumes
                assert "memory" in container["resources"]["limits"]
