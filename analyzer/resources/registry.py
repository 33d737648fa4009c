"""Finds the kinds of resource in this folder: modules that satisfy `ResourceKind`.

A module that has nothing of `ResourceKind` is a helper of the kinds. One that has only a part of it is refused.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import analyzer.resources
from analyzer.protocols import lacking, members
from analyzer.resources.interface import ResourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType


@cache
def kinds() -> tuple[ResourceKind, ...]:
    """The resource kinds, ordered by the type that reports show.

    Raises:
        TypeError: a module has only a part of `ResourceKind` (a defect of this project).
    """
    names = (module.name for module in pkgutil.iter_modules(analyzer.resources.__path__))
    return kinds_of(import_module(f"analyzer.resources.{name}") for name in names)


def kinds_of(modules: Iterable[ModuleType]) -> tuple[ResourceKind, ...]:
    """The kinds among the modules, ordered by type. A module that has no member of `ResourceKind` is left out.

    Raises:
        TypeError: a module has only a part of `ResourceKind`; the message names what it lacks.
    """
    declared = members(ResourceKind)
    candidates = (module for module in modules if any(hasattr(module, name) for name in declared))
    return tuple(sorted(map(_checked, candidates), key=lambda kind: kind.TYPE))


def _checked(module: ModuleType) -> ResourceKind:
    if not isinstance(module, ResourceKind):
        raise TypeError(lacking(module, ResourceKind))
    return module
