"""Modules that need no theorem: arrays, devices, tables and files, command line, signals, workers, foreign code."""
