"""Example of your own study: at which caption noise is theorem 4 vacuous?

Run it:             pairbounds study caption_noise --plugin examples/my_study.py --set noise=0.1 --out noise.parquet
Several noises:     pairbounds sweep examples/my_study.toml --plugin examples/my_study.py --out noises --jobs 2
"""

from dataclasses import dataclass

from pairbounds import LatentWorld, check_bounds
from pairbounds.sweeps import study


@dataclass(frozen=True)
class Settings:
    """Settings, by `--set` or in a TOML file; each has a default."""

    noise: float = 0.05
    detail: float = 0.3
    k: int = 8


@study("caption_noise", settings=Settings, seeds=3)
def measure(settings, seed):
    """Is theorem 4 vacuous for captions with this noise?"""
    captions = LatentWorld(seed=seed).caption_graph(settings.noise, settings.detail)
    return check_bounds(captions, settings.k, bounds="probe-error")[["measured", "value", "vacuous"]]
