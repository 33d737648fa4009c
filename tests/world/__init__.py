"""The world that knows the truth: a store, SST's write path, a trail and logs, from a seed.

Source: docs/architecture.md#9-ground-truth.
"""
