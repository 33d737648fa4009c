"""`python -m tests.world N [--seed S]`."""

from __future__ import annotations

from tests.world.run import main

if __name__ == "__main__":
    raise SystemExit(main())
