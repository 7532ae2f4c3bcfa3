"""Quantities of a graph, its spectrum or an embedding: consistency, connectivity, probes, hops, votes."""
