"""What is measured on a graph, its spectrum or an embedding: consistency, connectivity, probes, hops, votes."""
