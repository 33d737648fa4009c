"""Events → the writes that a deploy intended: one file per kind of resource."""
