"""The rule files in force and every file a dossier was ever pinned to."""
