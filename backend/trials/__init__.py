"""The trial: what runs after the grant, an aggregate of its own with its own audit chain."""
