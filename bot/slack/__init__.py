"""Slack: Bolt listeners, payload to Intent, Reply to Slack, and the outbound client."""
