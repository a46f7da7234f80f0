"""Benchmarks, run by hand: `python -m tests.bench NAME`. Each prints a table and one last line with its bar."""
