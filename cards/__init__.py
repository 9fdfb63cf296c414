"""What people see: neutral cards, their words, and one renderer for each platform."""
