"""What happens without being asked: the outbox worker and the schedule."""
