"""Organisations: the companies and institutes that apply, offer and take part."""
