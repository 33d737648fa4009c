"""Fuzzing of the log readers: bytes that nobody meant to be a log must not crash, hang or lose a line."""
