"""What the registry knows of itself: rule files, and what a new one would change for real cases."""
