"""Experiments that train one small network on many pairings of one set of images, and judge it on others."""
