"""Real images with captions, and the pair graphs they make."""

from theory.infrastructure import interruption as interruption  # before what takes seconds to load

# isort: split
from real_data.emoji_concepts import emoji_graph, label_names
from real_data.resampling import resampled_nt_xent

__all__ = ["emoji_graph", "label_names", "resampled_nt_xent"]
