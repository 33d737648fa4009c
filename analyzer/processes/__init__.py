"""Processes of our own: how they are started safely, and workers that do the same work on many pieces."""
