"""Training of encoders from pixels, by views, captions or labels, and their evaluation."""
