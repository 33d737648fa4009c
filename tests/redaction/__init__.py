"""Tests of the redactor."""
