"""Real images with captions, and their pair graphs."""
