"""Blind, weighted, independent appraisal by people without a conflict of interest."""
