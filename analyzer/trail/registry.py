"""Finds the forms of CloudTrail: every module of this folder that satisfies `TrailForm`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

import analyzer.trail
from analyzer.trail.interface import TrailForm

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def forms() -> Mapping[str, TrailForm]:
    """The forms of CloudTrail by the kind that `analyzer.sources.identify` tells."""
    names = sorted(module.name for module in pkgutil.iter_modules(analyzer.trail.__path__, "analyzer.trail."))
    modules = map(importlib.import_module, names)
    return {module.KIND: module for module in modules if isinstance(module, TrailForm)}
