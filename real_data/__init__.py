"""Real images with captions, and the pair graphs they make."""

from real_data.emoji import emoji_graph, label_names
from real_data.resampling import resampled_nt_xent
from theory import interruption as interruption  # isort: split - before what takes seconds to load

__all__ = ["emoji_graph", "label_names", "resampled_nt_xent"]
