"""Guides that are trained here, without labels: one network for all, and below it heads that know text or views."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.resampling import Rule
from pairbounds.real_data.text_or_teacher.parts import plain_drawings
from pairbounds.real_data.training.guides import SHUFFLED_HEAD, VIEWS_HEAD, blind_guide
from pairbounds.real_data.training.networks import WordBag
from pairbounds.real_data.training.objectives.simclr import TwoViews, projection_head
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.trainer import Trained, train_encoder
from pairbounds.real_data.training.views import BLOCK, Pixels, view_pool

TRUNK = Recipe(epochs=50, batch=240, learning_rate=1e-2, precision="bfloat16")
STRENGTH, VIEWS = 0.25, 8  # of the views that trunk and heads learn from
WIDTH, EPOCHS, BATCH, LEARNING_RATE, TEMPERATURE = 64, 40, 256, 3e-3, 0.1  # of heads
ABOUT = [asdict(TRUNK), STRENGTH, VIEWS, WIDTH, EPOCHS, BATCH, LEARNING_RATE, TEMPERATURE]


@dataclass(frozen=True, eq=False)
class Teachers:
    """The network below all heads, and what it sees of the icons that they learn from.

    Attributes
    ----------
    trunk : trained by SimCLR on the icons that it teaches with, without labels and texts
    features : (n, v, 64), of views of one drawing of each concept
    tags : of each of them
    """

    trunk: Trained
    features: torch.Tensor
    tags: tuple[tuple[str, ...], ...]
    _heads: dict[tuple[str, int], nn.Module] = field(default_factory=dict)

    def head(self, kind: str, seed: int) -> nn.Module:
        """The head of a kind and a seed, trained when it is first asked for; see `_trained`."""
        if (kind, seed) not in self._heads:
            self._heads[kind, seed] = self._trained(kind, seed)
        return self._heads[kind, seed]

    def _trained(self, kind: str, seed: int) -> nn.Module:
        """A head on features of the trunk, trained with a symmetric cross-entropy of cosines in a batch of concepts.

        Parameters
        ----------
        kind : whose partner of a view is the bag of its icon's tags ("text_head"), of another icon's ("shuffled_head"),
            or another view of the icon, through the head ("views_head")
        seed : of the weights and the order
        """
        rng, (count, views, width) = np.random.default_rng(seed), self.features.shape
        tags = [" ".join(own) for own in self.tags]
        if kind == SHUFFLED_HEAD:
            tags = [tags[other] for other in np.random.default_rng(0).permutation(count)]
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            head, bag = projection_head(width, WIDTH), WordBag(tags, WIDTH)
        rows = bag.tokens(tags)
        optimizer = torch.optim.AdamW([*head.parameters(), *bag.parameters()], LEARNING_RATE, weight_decay=1e-4)
        for _ in range(EPOCHS):
            for own in np.array_split(rng.permutation(count), -(-count // BATCH)):
                first, second = rng.permuted(np.tile(np.arange(views), (len(own), 1)), axis=1)[:, :2].T
                u = normalize(head(self.features[own, first]))
                partner = head(self.features[own, second]) if kind == VIEWS_HEAD else bag(rows[own])
                scores, target = u @ normalize(partner).T / TEMPERATURE, torch.arange(len(own))
                loss = (cross_entropy(scores, target) + cross_entropy(scores.T, target)) / 2
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
                optimizer.step()
        return head.eval()

    def see(self, pictures: Pixels) -> torch.Tensor:
        """Features of pictures, (n, 3, s, s), by the trunk: (n, 64)."""
        blocks = (
            torch.from_numpy(np.array(pictures[start : start + BLOCK])) for start in range(0, len(pictures), BLOCK)
        )
        return torch.from_numpy(self.trunk.features(blocks, len(pictures)))


_KEPT: dict[tuple[str, Path], Teachers] = {}  # by content: a process is given the data anew with each run


def teachers(taught: ImageTextDataset, cache: Path, folder: Path) -> Teachers:
    """The trunk, trained on drawings with a seed of its own, and kept in `folder`."""
    if (taught.key, folder) not in _KEPT:
        _KEPT[taught.key, folder] = _teachers(taught, cache, folder)
    return _KEPT[taught.key, folder]


def _teachers(taught: ImageTextDataset, cache: Path, folder: Path) -> Teachers:
    pool = view_pool(taught, VIEWS, STRENGTH, cache)
    trunk = train_encoder(
        pool,
        np.arange(len(taught)),
        lambda width: TwoViews(width, TRUNK.temperature, Rule(), blind_guide),
        TRUNK,
        seed=0,
        about={"data": taught.key, "strength": STRENGTH, "views": VIEWS},
        folder=folder / "trunk",
    )
    shown = np.array(sorted(plain_drawings(taught).values()))
    seen = Teachers(trunk, torch.empty(0), ()).see(pool.pictures[shown].reshape(-1, *pool.pictures.shape[2:]))
    return Teachers(trunk, seen.reshape(len(shown), VIEWS, -1), tuple(taught.captions[image] for image in shown))
