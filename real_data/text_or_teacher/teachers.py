"""Guides that are trained here, without labels: one network for all, and below it heads that know text or views."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.resampling import Rule
from pairbounds.real_data.text_or_teacher.parts import Icons
from pairbounds.real_data.training.networks import SMALL_MAP, WordBag
from pairbounds.real_data.training.objectives.simclr import TwoViews
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.trainer import Trained, train_encoder
from pairbounds.real_data.training.view_batches import BLOCK, Pixels, view_pool
from pairbounds.real_data.training.view_guides import SHUFFLED_HEAD, VIEWS_HEAD, blind_guide

TRUNK = Recipe(backbone=SMALL_MAP, epochs=25, batch=240, learning_rate=3e-3, precision="bfloat16")
STRENGTH, VIEWS, TOLD_VIEWS = 0.25, 8, 4  # of the views that the trunk learns from, and the heads
# Of heads.
WIDTH, DROPOUT, EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY, TEMPERATURE = 64, 0.3, 30, 256, 3e-3, 1e-2, 0.1
HEAD = (WIDTH, DROPOUT, EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY, TEMPERATURE)
ABOUT = [asdict(TRUNK), STRENGTH, VIEWS, TOLD_VIEWS, *HEAD]


@dataclass(frozen=True, eq=False)
class Teachers:
    """The network below all heads, and what it sees of the icons that they learn from.

    Attributes
    ----------
    trunk : trained by SimCLR on the icons that it teaches with, without labels and texts
    features : (n, v, width), of views of the icons that heads learn from
    tags, subjects : of each of them
    """

    trunk: Trained
    features: torch.Tensor
    tags: tuple[tuple[str, ...], ...]
    subjects: npt.NDArray[np.str_]
    _heads: dict[tuple[str, int], nn.Module] = field(default_factory=dict)

    def head(self, kind: str, seed: int, without: Sequence[str] = ()) -> nn.Module:
        """The head of a kind and a seed, trained when it is first asked for, on other subjects than some."""
        if (kind, seed) not in self._heads:
            own = np.flatnonzero(~np.isin(self.subjects, np.array(without)))
            with torch.random.fork_rng():
                torch.manual_seed(seed)
                self._heads[kind, seed] = self._trained(kind, own, np.random.default_rng(seed))
        return self._heads[kind, seed]

    def _trained(self, kind: str, told: IntArray, rng: np.random.Generator) -> nn.Module:
        """A linear head on features of the trunk, by a symmetric cross-entropy of cosines in a batch of concepts.

        Parameters
        ----------
        kind : whose partner of a view is the bag of its icon's tags ("text_head"), of another icon's ("shuffled_head"),
            or another view of the icon, through the head ("views_head")
        """
        views, width = self.features.shape[1:]
        tags = [" ".join(self.tags[icon]) for icon in told]
        if kind == SHUFFLED_HEAD:
            tags = [tags[other] for other in rng.permutation(len(told))]
        head = nn.Sequential(nn.BatchNorm1d(width, affine=False), nn.Dropout(DROPOUT), nn.Linear(width, WIDTH))
        bag = WordBag(tags, WIDTH)
        rows = bag.tokens(tags)
        optimizer = torch.optim.AdamW([*head.parameters(), *bag.parameters()], LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        for _ in range(EPOCHS):
            for own in np.array_split(rng.permutation(len(told)), -(-len(told) // BATCH)):
                first, second = rng.permuted(np.tile(np.arange(views), (len(own), 1)), axis=1)[:, :2].T
                u = normalize(head(self.features[told[own], first].float()))
                partner = head(self.features[told[own], second].float()) if kind == VIEWS_HEAD else bag(rows[own])
                scores, target = u @ normalize(partner).T / TEMPERATURE, torch.arange(len(own))
                loss = (cross_entropy(scores, target) + cross_entropy(scores.T, target)) / 2
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
                optimizer.step()
        return head.eval()

    def see(self, pictures: Pixels) -> torch.Tensor:
        """Features of pictures, (n, 3, s, s), by the trunk: (n, width)."""
        blocks = (
            torch.from_numpy(np.array(pictures[start : start + BLOCK])) for start in range(0, len(pictures), BLOCK)
        )
        return torch.from_numpy(self.trunk.features(blocks, len(pictures)))


_KEPT: dict[tuple[str, Path], Teachers] = {}  # by content: a process is given the data anew with each run


def teachers(icons: Icons, cache: Path, folder: Path) -> Teachers:
    """The trunk, trained on drawings with a seed of its own, and kept in `folder`."""
    if (icons.key, folder) not in _KEPT:
        _KEPT[icons.key, folder] = _teachers(icons, cache, folder)
    return _KEPT[icons.key, folder]


def _teachers(icons: Icons, cache: Path, folder: Path) -> Teachers:
    taught, told = icons.taught, icons.told
    trunk = train_encoder(
        view_pool(taught, VIEWS, STRENGTH, cache),
        np.arange(len(taught)),
        lambda width: TwoViews(width, TRUNK.temperature, Rule(), blind_guide),
        TRUNK,
        seed=0,
        about={"data": taught.key, "strength": STRENGTH, "views": VIEWS},
        folder=folder / "trunk",
    )
    views = view_pool(told, TOLD_VIEWS, STRENGTH, cache).pictures
    seen = Teachers(trunk, torch.empty(0), (), np.array([])).see(views.reshape(-1, *views.shape[2:]))
    features = seen.reshape(len(told), TOLD_VIEWS, -1).half()
    return Teachers(trunk, features, tuple(told.captions), np.array(told.subjects))
