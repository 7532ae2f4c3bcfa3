"""Latent worlds, their caption and augmentation graphs, and encoders trained on these graphs."""
