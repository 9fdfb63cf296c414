"""The tests: Baton's promises, checked from the outside."""
