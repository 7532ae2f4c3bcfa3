"""Mistakes on the command line, and the answer to each."""
