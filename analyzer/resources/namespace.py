"""How SST names its resources and what they write: `<component><what it is>.sst.aws.<class>`, `<namespace>:<key>`.

Source: SST platform/src/components/aws (router-base-route.ts, ssr-site.ts, static-site.ts, function.ts, router.ts):
the namespace is the first four hex digits of md5("{app}-{stage}-{name}").
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def namespace(stack: str, name: str) -> str:
    """The namespace of the component `name` in the stack `APP-STAGE`, four hex digits."""
    return hashlib.md5(f"{stack}-{name}".encode(), usedforsecurity=False).hexdigest()[:4]


def suffix(sst_type: str) -> str:
    """How the URN's name of a resource ends that SST shows as `sst_type`: `.sst.aws.KvKeys` of `sst:aws:KvKeys`."""
    return "." + sst_type.replace(":", ".")


def after_component(sst_type: str, name_suffixes: Sequence[str]) -> str:
    """A pattern of what follows the component's name in a resource's: `KvKeys.sst.aws.KvKeys` of `SiteKvKeys.sst…`."""
    return rf"(?:{'|'.join(name_suffixes)}){re.escape(suffix(sst_type))}$"
