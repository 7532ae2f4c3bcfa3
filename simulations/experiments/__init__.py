"""Experiments that a sweep runs in each of its cells, each a module that is found by its name."""
