"""What Baton remembers: tables, the unit of work, queries and migrations."""
