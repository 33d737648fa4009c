"""The key-value store itself: listings and limits."""
