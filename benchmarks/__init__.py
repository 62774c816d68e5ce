"""Benchmarks: figures against a plain reference in the same run, or a bound and a yardstick."""
