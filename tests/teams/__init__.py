"""The edges of chat, with the sandbox as Slack and a real database."""
