"""Protocol of a comparison of pairings."""

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from pairbounds.real_data.image_settings import require_at_least

IMAGE, SUBJECT = "image", "subject"
OTHERS, ALL = "others", "all"


class Convention(NamedTuple):
    """Convention for the pairs that enter consistency and diversity.

    Attributes
    ----------
    exclusion : pairs excluded from consistency: of an image with itself, or with any image of its subject
    diversity_of : positives whose effective number is matched: "others", or "all", with the excluded pairs
        With "others", a pairing that pairs images almost only with themselves can still have high diversity.
    """

    exclusion: str
    diversity_of: str


CONVENTIONS = tuple(Convention(*both) for both in product((IMAGE, SUBJECT), (OTHERS, ALL)))


@dataclass(frozen=True)
class Protocol:
    """Protocol of a comparison of pairings.

    Attributes
    ----------
    total_images, draws : approximate number of images in total, and number of disjoint draws
    views, strengths : views of each image at each strength of augmentation
    diversities : effective numbers of positives at which consistency is compared
    anchors : maximum number of texts, and of images, of other subjects
    keep : maximum number of right nodes of each image; by default all
    """

    total_images: int = 1_200
    draws: int = 6
    views: int = 5
    strengths: tuple[float, ...] = (0.25, 0.5, 1.0)
    diversities: tuple[float, ...] = (2, 5, 10, 20, 50)
    anchors: int = 2_000
    keep: int | None = None

    def __post_init__(self) -> None:
        if not (self.strengths and self.diversities):
            raise ValueError("strengths and diversities: give at least one of each")
        require_at_least(self, total_images=1, draws=1, views=2, anchors=1)
        if min(self.diversities) <= 1:
            raise ValueError("diversities are effective numbers of positives: each must be above 1")
