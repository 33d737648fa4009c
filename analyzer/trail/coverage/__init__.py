"""Digests, selectors and gaps → what the available trail can speak for, and what proves an absence."""
