"""The data sets whose captions people wrote, as studies measure them side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.kinds import PLACES
from pairbounds.real_data.settings import ImageSettings
from pairbounds.sweeps import place

NATURAL = ("emoji", "openclipart", "tuxpaint")


@dataclass(frozen=True)
class NaturalSets:
    """Data sets of a study.

    Attributes
    ----------
    datasets : their kinds: openclipart, tuxpaint, emoji and others that captions were written for
    root : of those that are not in installed packages: what `make data` unpacked
    device : where encoders run: auto, cpu or cuda
    cache : folder where features and views are kept
    jobs : processes that share the work; --jobs sets it

    Raises
    ------
    ValueError
        None at all, or one that `ImageSettings` does not know.
    """

    datasets: tuple[str, ...] = NATURAL
    root: str = place("build/data")
    device: str = place("auto")
    cache: str = place(str(FEATURES))
    jobs: int = place(1)

    def __post_init__(self) -> None:
        if not self.datasets:
            raise ValueError(f"datasets is empty: give one of {', '.join(NATURAL)} at least")
        self.each()

    def each(self) -> dict[str, ImageSettings]:
        """The settings of each of them, by its kind."""
        at = {"device": self.device, "cache": self.cache, "jobs": self.jobs}
        return {
            name: ImageSettings(name, self.root if name in PLACES else None, **at)  # type: ignore[arg-type]  # strings, and a number
            for name in self.datasets
        }

    def input_keys(self) -> Mapping[str, object]:
        """What rows depend on besides the settings: `ImageSettings.input_keys` of every data set."""
        return {name: dict(settings.input_keys()) for name, settings in self.each().items()}
