"""The command lines: what is typed, read, said and written."""
