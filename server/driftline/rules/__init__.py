"""Rules: from differences and histories to findings."""
