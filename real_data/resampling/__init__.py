"""CLIP-guided resampling: a guide's similarities choose the positives and negatives in a batch of two views."""
