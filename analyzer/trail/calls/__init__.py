"""Records → calls: what a record says, each record once, and the chain of a store's writes."""
