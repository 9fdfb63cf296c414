"""What happens when Baton, its network or its chat breaks."""
