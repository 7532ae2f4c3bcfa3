"""Experiments that train a small network on many pairings of one set of images, and evaluate it on held-out images."""
