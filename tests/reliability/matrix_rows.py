"""Rows of `make matrix`."""

ROWS = {  # Python and row of the record, by the name of a session
    "lowest": ("3.11", "Python 3.11, lowest dependencies"),
    "newest": ("3.11", "Python 3.11, newest dependencies"),
    "3.13": ("3.13", "Python 3.13, newest dependencies"),
    "3.14": ("3.14", "Python 3.14, newest dependencies"),
}
