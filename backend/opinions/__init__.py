"""Opinions of other agencies on a case: asked for in writing, each with its own time limit."""
