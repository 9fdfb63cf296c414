"""Criteria that learn from decisions: pure functions over arrays."""
