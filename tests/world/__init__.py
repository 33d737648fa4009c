"""The world that knows the truth: a store, SST's write path, a trail and logs, from a seed (DESIGN 9)."""
