"""Training of encoders from pixels, by views or labels, and their evaluation."""
