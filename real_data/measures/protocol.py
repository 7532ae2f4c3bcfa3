"""Protocol of a comparison of pairings."""

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from pairbounds.real_data.image_settings import require_at_least

IMAGE, SUBJECT = "image", "subject"
OTHERS, ALL = "others", "all"


class Convention(NamedTuple):
    """Convention for which pairs count.

    Attributes
    ----------
    exclusion : the pairs that consistency leaves out: of an image with itself, or with any of its subject
    diversity_of : the positives whose effective number is matched: the others, or all, with those that are left out
        Among the others only, a pairing whose positives are hardly ever another image can be as diverse as any.
    """

    exclusion: str
    diversity_of: str


CONVENTIONS = tuple(Convention(*both) for both in product((IMAGE, SUBJECT), (OTHERS, ALL)))


@dataclass(frozen=True)
class Protocol:
    """Protocol of a comparison of pairings.

    Attributes
    ----------
    total_images, draws : about so many images, in so many disjoint draws
    views, strengths : views of each image at each strength of augmentation
    diversities : effective numbers of positives at which consistency is compared
    learned_at, widths : those at which embeddings of these widths are held against their bounds
    anchors : texts, and as many images, of other subjects, at most
    keep : right nodes of each image, at most; by default all
    """

    total_images: int = 1_200
    draws: int = 6
    views: int = 5
    strengths: tuple[float, ...] = (0.25, 0.5, 1.0)
    diversities: tuple[float, ...] = (2, 5, 10, 20, 50)
    learned_at: tuple[float, ...] = (5, 20)
    widths: tuple[int, ...] = (32, 64)
    anchors: int = 2_000
    keep: int | None = None

    def __post_init__(self) -> None:
        if not (self.strengths and self.diversities and self.learned_at and self.widths):
            raise ValueError("strengths, diversities, learned_at and widths: at least one of each")
        require_at_least(self, total_images=1, draws=1, views=2, anchors=1)
        if min(self.widths) < 1:
            raise ValueError(f"widths={self.widths}: at least 1 each")
        if min(self.diversities + self.learned_at) <= 1:
            raise ValueError("diversities are effective numbers of positives, above 1")
