"""Editor features over a finished analysis, as plain data: diagnostics, hover, code actions.

Invariant: no type of the language server protocol in here; offsets are code points, and nothing reads a file but
through a `View`.
"""
