"""Microsoft Teams: activity to Intent, Reply to Teams, and the outbound client by plain REST."""
