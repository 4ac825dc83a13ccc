"""The language server. The only package that imports pygls and lsprotocol.

A handler is: get a view, call `ide`, convert.
"""
