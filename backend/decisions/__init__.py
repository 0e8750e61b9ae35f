"""The decision on an application: proposed by one person, signed by another."""
