"""Encoders learned from n image pairs of Tabler icons with common tags; `make data` downloads the icons."""

from dataclasses import dataclass, replace

from pairbounds.real_data.studies import from_pairs


@dataclass(frozen=True)
class Settings(from_pairs.Settings):
    """Settings of `from_pairs`, for icons."""

    dataset: str = "tabler"


STUDY = replace(
    from_pairs.STUDY,
    name="icons_from_pairs",
    tables=("icons_from_pairs",),
    question="How tight are theorems 42 and 43 for encoders of icons?",
    settings=Settings,
)
