"""What needs no theorem: arrays, devices, tables and files, the command line, signals, workers, foreign code."""
