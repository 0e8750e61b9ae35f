"""Migrations of the issued documents."""
