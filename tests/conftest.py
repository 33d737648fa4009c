"""The property tests: the same examples in each run; `make properties` searches at random, with its seed printed."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):  # the project's own CI is no part of a test
    os.environ.pop(name, None)

SLOW = [HealthCheck.too_slow]  # a busy machine is no fault of a test

settings.register_profile("same", deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
settings.register_profile(
    "search", deadline=None, max_examples=200, database=None, print_blob=True, suppress_health_check=SLOW
)
settings.load_profile(os.environ.get("LOSTWRITE_PROPERTIES", "same"))
