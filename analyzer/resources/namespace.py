"""How SST names what it writes: `<namespace>:<key>`.

Source: SST platform/src/components/aws (router-base-route.ts, ssr-site.ts, static-site.ts, function.ts, router.ts):
the namespace is the first four hex digits of md5("{app}-{stage}-{name}").
"""

from __future__ import annotations

import hashlib


def namespace(stack: str, name: str) -> str:
    """The namespace of the component `name` in the stack `APP-STAGE`, four hex digits."""
    return hashlib.md5(f"{stack}-{name}".encode(), usedforsecurity=False).hexdigest()[:4]
