"""Pair graphs: the joint distribution, its files, labels, components and drawings."""
