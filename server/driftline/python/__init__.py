"""Parsing, and static evaluation: a module's names to values with origins. Knows Python, nothing of SQLAlchemy."""
