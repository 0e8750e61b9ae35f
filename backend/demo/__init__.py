"""The demonstration: a fictional city whose year is told through the real verbs.

Every chain, clock, number and document comes about as it would have; only the clock stands elsewhere.
"""

from backend.demo.seeding import seed

__all__ = ["seed"]
