"""From settings and sources to one finished analysis, and how little of it is done again after an edit."""
