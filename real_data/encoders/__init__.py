"""Encoders of images and texts, one in each module, and a cache of features.

`open_clip` takes seconds to import, so nothing is imported here.
"""
