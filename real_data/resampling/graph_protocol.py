"""How resampling on graphs is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GraphProtocol:
    """Which graphs are resampled.

    Attributes
    ----------
    images, draws : about so many images in all, in so many disjoint draws
    views, strength : views of each image, and how strong the augmentations are
    keep : views that could come from an image, the most similar ones; of all others it has true negatives
    diversity : effective number of positives of an image, itself among them, which sets the temperature
    k : width of the embedding
    seed : of the draws, the views and the random guide

    Raises
    ------
    ValueError
        A number that is too small.
    """

    images: int = 2_000
    draws: int = 10
    views: int = 2
    strength: float = 1.0
    keep: int = 10
    diversity: float = 10
    k: int = 32
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in {"images": 1, "draws": 1, "views": 2, "keep": 1, "k": 1}.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name}={getattr(self, name)}: at least {least}")
        if not self.diversity > 1:
            raise ValueError(f"diversity={self.diversity}: an effective number of positives, above 1")
