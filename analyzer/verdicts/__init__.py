"""Writes, calls and coverage → what became of each write."""
