"""`python -m analyzer` is `lostwrite`."""

from __future__ import annotations

from analyzer.cli.main import main

if __name__ == "__main__":
    main()
