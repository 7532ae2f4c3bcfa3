"""Pair graphs of images through captions, views and anchors, and their controls, by one formula."""
