"""What `driftline verify` is made of: a program for the project's Python, and the comparison with what came of it.

This is the one place that runs users' code, and it does so in another process, with the project's own interpreter.
"""
