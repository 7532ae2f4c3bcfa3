"""Reports: one HTML file that opens from a disk, of a user's own runs."""
