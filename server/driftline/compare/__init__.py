"""Differences between the declared and the migrated schema."""
