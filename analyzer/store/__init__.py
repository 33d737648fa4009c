"""The key-value store itself: listings of its keys, made offline or live, and lists that are cut into parts."""
