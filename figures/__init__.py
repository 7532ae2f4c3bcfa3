"""Figures: each module draws tables on disk, and has a caption."""
