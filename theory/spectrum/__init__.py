"""The singular triplets of a pair graph: the engines that compute them, and certificates."""
