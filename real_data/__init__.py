"""Real images with captions, and the pair graphs they make."""

from real_data.emoji import emoji_graph, label_names

__all__ = ["emoji_graph", "label_names"]
