"""Settings of one encoder's training, and the key of its folder."""

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np

from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.view_guides import RANDOM, SEEING

UNTRAINED, SUPERVISED = "untrained", "supervised"  # kinds of runs, beside "simclr"


@dataclass(frozen=True)
class Run:
    """Settings of one encoder's training.

    Attributes
    ----------
    kind : "supervised" or "simclr", or "untrained" for the initial network
    recipe : recipe of the optimisation
    seed : seed of the split of the data, the weights, the order and the views
    strength : strength of the augmentations
    rule : rule of resampling, for "simclr"
    guide : guide of the rule: "encoder" (of the data set's source), "labels" or "random"; "no_text", the encoder's
        features below its heads, or EfficientNet-Lite0 if it has none; or "captions", similarity by common captions
    repeat : number of the repetition, with the same split and data, but other weights, order and views
    """

    kind: str
    recipe: Recipe
    seed: int
    strength: float = 1.0
    rule: str = "none"
    guide: str = RANDOM
    repeat: int = 0

    @property
    def weights(self) -> int:
        """Seed of the weights, the order and the views."""
        derived = np.random.SeedSequence([self.seed, self.repeat]).generate_state(1)
        return int(derived[0]) if self.repeat else self.seed

    @property
    def view_guide(self) -> str:
        """Name of the guide that embeds the views; empty for most runs."""
        return self.guide if self.rule != "none" and self.guide in SEEING else ""

    @property
    def key(self) -> str:
        """Name of the run's folder."""
        content = json.dumps(asdict(self), sort_keys=True)
        words = [self.kind, *([self.rule, self.guide] if self.rule != "none" else []), f"seed{self.seed}"]
        return "-".join(words).replace("+", "-and-") + "-" + hashlib.sha256(content.encode()).hexdigest()[:12]
