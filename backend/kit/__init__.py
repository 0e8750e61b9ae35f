"""What every feature stands on; no domain word in here."""
