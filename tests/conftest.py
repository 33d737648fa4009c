"""The property tests: the same examples in each run; `make properties` searches at random, with its seed printed.

And what all tests share: the models of AWS's services, which each session of botocore reads for a tenth of a second.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

if TYPE_CHECKING:
    from collections.abc import Iterator

for name in (
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_WORKSPACE",
    "CI_PROJECT_DIR",
):  # the project's own CI is no part of a test
    os.environ.pop(name, None)

if "PYTEST_XDIST_WORKER" in os.environ and "LOSTWRITE_PROPERTIES" not in os.environ:
    # There is a process for each core already: threads of polars besides would only wait for each other.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

SLOW = [HealthCheck.too_slow]  # a busy machine is no fault of a test

settings.register_profile(
    "same", deadline=None, max_examples=30, derandomize=True, database=None, suppress_health_check=SLOW
)
settings.register_profile(
    "search", deadline=None, max_examples=200, database=None, print_blob=True, suppress_health_check=SLOW
)
_PROFILE = os.environ.get("LOSTWRITE_PROPERTIES", "same")
settings.load_profile(_PROFILE)
if _PROFILE == "same":
    # Hypothesis also tries constants of every module that the process has loaded by then: other ones in each run of the
    # suite, as the tests are shared out among processes anew.
    providers._get_local_constants = Constants


@pytest.fixture(autouse=True, scope="session")
def _models_of_aws_are_read_once() -> Iterator[None]:
    loader = JSONFileLoader()
    read = cache(loader.load_file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
        yield
