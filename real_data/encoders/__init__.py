"""Encoders of images and texts, a module each, and features kept by content.

`open_clip` takes seconds to import, so nothing is imported here.
"""
