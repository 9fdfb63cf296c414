"""Criteria that learn: asked for, made aside, approved by both sides, tried, taken back."""
