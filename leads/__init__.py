"""The rules: pure functions over frozen values, with no I/O, clock or randomness of their own."""
