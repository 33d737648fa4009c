"""CloudTrail → calls, their chain, and what they cover."""
