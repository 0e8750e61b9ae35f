"""Accounts: who someone is, which roles they have, for which organisations they act."""
