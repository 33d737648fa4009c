"""CloudTrail → the calls on key-value stores, the chain of each store, and what the available records cover."""
