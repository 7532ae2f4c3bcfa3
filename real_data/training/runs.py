"""Many encoders on one data set: each in a folder of its own, so that a study that was killed goes on."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from real_data.encoders.encoder import LiveEncoder
from real_data.pairings.sources import Source
from real_data.pairings.views import views_of
from real_data.training.linear_probe import linear_probe
from real_data.training.networks import WORDS, text_tower
from real_data.training.objectives import (
    Guide,
    ImageText,
    Objective,
    Supervised,
    TwoViews,
    blind_guide,
    oracle_guide,
    seen_guide,
)
from real_data.training.recipe import Recipe
from real_data.training.splits import Split, split
from real_data.training.trainer import Trained, check_recipe, train_encoder, untrained
from real_data.training.views import DecodedPictures, FreshViews, Pixels, ViewSource, shown_pictures, view_pool
from theory.infrastructure.arrays import FloatArray
from theory.infrastructure.inputs import is_there
from theory.infrastructure.processes import side_by_side
from theory.infrastructure.progress import tqdm
from theory.infrastructure.tables import replacing

RESULT = "result.json"
Kind = Literal["untrained", "supervised", "simclr", "clip"]
ENCODER, LABELS, RANDOM = "encoder", "labels", "random"
GUIDES = (ENCODER, LABELS, RANDOM)


@dataclass(frozen=True)
class Run:
    """One encoder to be trained.

    Attributes
    ----------
    kind : its objective: "untrained", "supervised", "simclr" or "clip"
    recipe : of its optimisation
    seed : of the split of the data, the weights, the order and the views
    strength : of the augmentations
    rule : of resampling, for "simclr"
    guide : of the rule: "encoder" (of the data set's source), "labels" or "random"
    published : whether the rule is the published code's
    text : the tower of texts, for "clip"
    """

    kind: Kind
    recipe: Recipe
    seed: int
    strength: float = 1.0
    rule: str = "none"
    guide: str = RANDOM
    published: bool = False
    text: str = WORDS

    @property
    def key(self) -> str:
        """A name for its folder."""
        content = json.dumps(asdict(self), sort_keys=True)
        words = [self.kind, *([self.rule, self.guide] if self.rule != "none" else []), f"seed{self.seed}"]
        return "-".join(words).replace("+", "-and-") + "-" + hashlib.sha256(content.encode()).hexdigest()[:12]


@dataclass(frozen=True, eq=False)
class Studio:
    """The data that runs share.

    Attributes
    ----------
    source : the data set, its label sets, its subjects, and the guide that has not learned from some images
    cache : folder for views and features
    views : of each image, drawn once; 0 draws new ones in every epoch
    workers : processes that draw new ones
    device : as `theory.infrastructure.devices.torch_device` has it
    """

    source: Source
    cache: Path
    views: int = 8
    workers: int = 0
    device: str = "auto"

    @property
    def key(self) -> str:
        """Content key of what decides an outcome besides the run."""
        labels = [values.tolist() for values in self.source.labels.values()]
        content = json.dumps([self.source.dataset.key, self.views, labels])
        return hashlib.sha256(content.encode()).hexdigest()

    def split(self, seed: int) -> Split:
        """The images of each part."""
        return split(self.source.subjects, seed)

    def pictures(self) -> Pixels | DecodedPictures:
        """All images as they are, (n, 3, s, s)."""
        return shown_pictures(self.source.dataset, self.cache)

    def view_source(self, run: Run) -> ViewSource:
        """Where the batches of a run come from."""
        guided = run.rule != "none" and run.guide == ENCODER
        if self.views:
            seen = self.seen_views(run.seed, run.strength) if guided else None
            return view_pool(self.source.dataset, self.views, run.strength, self.cache, seen)
        guide = self.guide(run.seed) if guided else None
        return FreshViews(self.source.dataset, run.strength, guide, self.workers, self.device)

    def guide(self, seed: int) -> LiveEncoder:
        """The guide of a seed: it has not learned from the images that judge, nor from those that choose."""
        parts = self.split(seed)
        encoder = self.source.encoder_without(np.concatenate([parts.validation, parts.test]))
        if not isinstance(encoder, LiveEncoder):
            raise TypeError(f"encoder {encoder.name} cannot embed views as they are drawn")
        return encoder

    def seen_views(self, seed: int, strength: float) -> FloatArray:
        """What the guide sees of every view of the pool, (n views, g)."""
        drawn = views_of(self.source.dataset, self.views, strength, seed=0)
        return self.guide(seed).encode_images(drawn, self.cache)

    def prepare(self, runs: Sequence[Run]) -> None:
        """Draw and encode, before many processes would, what the runs will read from the cache."""
        self.pictures()
        for run in {(run.strength, run.rule != "none" and run.guide == ENCODER): run for run in runs}.values():
            if self.views and run.kind != "untrained":
                self.view_source(run)


def run_all(runs: Sequence[Run], studio: Studio, folder: Path, jobs: int = 1) -> pd.DataFrame:
    """Train and judge every encoder that is not yet there.

    Parameters
    ----------
    folder : a folder for each run is made in it, with checkpoint, log and result; a killed study goes on from them
    jobs : runs side by side, of one thread each where there are several; -1: as many as there are cores

    Returns
    -------
    DataFrame, a row for each run and label set: the run and its recipe, labels, validation and test accuracy, the
    weight decay of the probe, last loss, steps and seconds.
    """
    for recipe in {run.recipe for run in runs}:
        check_recipe(recipe)
    studio.prepare(runs)
    one = partial(_outcome, studio=studio, folder=folder, alone=jobs == 1)
    with side_by_side(one, runs, jobs) as done:
        rows = [row for outcome in tqdm(done, total=len(runs), desc="encoders", unit="encoder") for row in outcome]
    return pd.DataFrame(rows)


def _outcome(run: Run, studio: Studio, folder: Path, alone: bool) -> list[dict[str, object]]:
    own = folder / run.key
    path, identity = own / RESULT, {"run": asdict(run), "data": studio.key}
    if is_there(path, "result"):
        return _stored_outcome(path, json.loads(json.dumps(identity)))
    own.mkdir(parents=True, exist_ok=True)
    with threadpool_limits(limits=None if alone else 1):
        rows = list(_judged(run, studio, own, alone))
    with replacing(path) as temporary:
        temporary.write_text(json.dumps({"identity": identity, "rows": rows}, indent=2) + "\n")
    return rows


def _stored_outcome(path: Path, identity: dict[str, object]) -> list[dict[str, object]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found, rows = content["identity"], content["rows"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"result {path} cannot be read: remove it, and it is measured anew") from error
    if found != identity:
        raise ValueError(f"{path} is of other data: choose another folder, or remove it")
    return list(rows)


def _judged(run: Run, studio: Studio, own: Path, alone: bool) -> list[dict[str, object]]:
    parts, trained = studio.split(run.seed), _trained(run, studio, own, alone)
    features = trained.features(studio.pictures())
    last = trained.log.iloc[-1] if len(trained.log) else {"steps": 0, "loss": math.nan}
    about = asdict(run) | asdict(run.recipe) | {name: float(last[name]) for name in ("steps", "loss")}
    del about["recipe"]
    about["seconds"] = trained.seconds
    judged = {name: linear_probe(features, labels, parts, run.seed) for name, labels in studio.source.labels.items()}
    return [
        about | {"labels": name, "validation": one.validation, "test": one.test, "probe_weight_decay": one.weight_decay}
        for name, one in judged.items()
    ]


def _trained(run: Run, studio: Studio, own: Path, alone: bool) -> Trained:
    if run.kind == "untrained":
        return untrained(run.recipe, run.seed, studio.device)
    return train_encoder(
        studio.view_source(run),
        studio.split(run.seed).train,
        partial(_objective, run, studio),
        run.recipe,
        run.seed,
        about={"run": run.key, "data": studio.key},
        folder=own,
        device=studio.device,
        progress=alone,
    )


def _objective(run: Run, studio: Studio, width: int) -> Objective:
    source = studio.source
    labels = next(iter(source.labels.values()))
    if run.kind == "supervised":
        return Supervised(width, labels)
    if run.kind == "clip":
        seen = studio.split(run.seed).train
        texts = {text for image in seen for text in source.dataset.captions[image]}
        return ImageText(width, source.dataset.captions, text_tower(run.text, texts))
    guides: Mapping[str, Guide] = {ENCODER: seen_guide, LABELS: oracle_guide(labels), RANDOM: blind_guide}
    options: dict[str, object] = {"published": True} if run.published else {}
    return TwoViews(width, run.recipe.temperature, run.rule, guides[run.guide], options)
