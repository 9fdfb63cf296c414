"""What follows a rejection: it is answered in time, may be contested once, and is judged then."""
