"""Encoders trained from pixels: by views, by captions, by labels; one trainer, one linear probe."""
