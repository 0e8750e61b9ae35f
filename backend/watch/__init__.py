"""Clocks watched: warnings before a day is missed, escalation after, and how long it really takes."""
