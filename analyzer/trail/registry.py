"""Finds the forms of CloudTrail: every module of `forms/` that satisfies `TrailForm`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

import analyzer.trail.forms
from analyzer.trail.interface import TrailForm

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def forms() -> Mapping[str, TrailForm]:
    """The forms of CloudTrail by the kind that `analyzer.sources.identify` detects."""
    folder = analyzer.trail.forms
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."))
    modules = map(importlib.import_module, names)
    return {module.KIND: module for module in modules if isinstance(module, TrailForm)}
