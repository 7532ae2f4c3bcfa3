"""Latent worlds, the pair graphs that captions and augmentations make of them, and encoders trained on those."""
