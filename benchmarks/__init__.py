"""Benchmarks: each figure is a ratio against a plain reference in the same run."""
