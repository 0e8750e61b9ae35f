"""The case page of all roles, the queue, and the downloads of a case."""
