"""Real images with captions, and the pair graphs they make."""
