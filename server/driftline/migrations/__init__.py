"""The migrated schema: the revision graph, its operations, and what they add up to."""
