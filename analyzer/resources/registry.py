"""Finds the kinds of resource in this folder: modules that satisfy `ResourceKind`."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

import analyzer.resources
from analyzer.resources.interface import ResourceKind


@cache
def kinds() -> tuple[ResourceKind, ...]:
    """The resource kinds, ordered by the type that reports show."""
    names = (module.name for module in pkgutil.iter_modules(analyzer.resources.__path__))
    modules = [import_module(f"analyzer.resources.{name}") for name in names]
    return tuple(sorted((m for m in modules if isinstance(m, ResourceKind)), key=lambda kind: kind.TYPE))
