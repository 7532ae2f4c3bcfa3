"""Mistakes that a stranger makes on the command line, and what the command says to each."""
