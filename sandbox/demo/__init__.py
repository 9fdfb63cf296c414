"""The world of `make demo`: a company, its people, eight weeks of history, and more to come."""
