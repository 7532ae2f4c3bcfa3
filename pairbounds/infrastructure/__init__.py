"""Modules without theory: arrays, devices, tables, files, command line, workers, users' code."""
