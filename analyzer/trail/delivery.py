"""The delivery lag: from a call to the delivery of its record (docs/glossary.md#delivery-lag)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

USUAL_LAG: Final = timedelta(minutes=15)
"""AWS says that records come within about 5 minutes, and as a rule within this time."""

DELIVERY_LAG: Final = timedelta(minutes=30)
"""What is waited for before silence counts. The longest lag measured was 608 s."""
