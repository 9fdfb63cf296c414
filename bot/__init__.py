"""The edges of chat: what a platform sends becomes an Intent, and a Reply becomes what it shows."""
