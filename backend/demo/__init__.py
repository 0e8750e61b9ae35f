"""The demonstration: a fictional city whose year is told through the real verbs.

Every chain, clock, number and document comes about as it would have; only the clock stands elsewhere. The
files of most documents are made and signed by the worker afterwards, and say so.
"""

from backend.demo.seeding import seed

__all__ = ["seed"]
