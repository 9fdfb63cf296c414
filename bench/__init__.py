"""Benchmarks: `python -m bench [NAME…] [--quick] [--json FILE]`, or `make bench`."""
