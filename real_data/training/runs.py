"""Many encoders on one data set: each in a folder of its own, so that a study that was killed goes on."""

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import torch

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.inputs import is_there
from pairbounds.infrastructure.processes import side_by_side
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.tables import replacing
from pairbounds.infrastructure.threads import asked_threads, limited_threads
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import ImageEncoder, LiveEncoder
from pairbounds.real_data.pairings.sources import FROZEN, Source, image_encoders
from pairbounds.real_data.pairings.views import Reach, views_of
from pairbounds.real_data.resampling import Rule
from pairbounds.real_data.training import distributed
from pairbounds.real_data.training.evaluation import judgements
from pairbounds.real_data.training.exported import export_encoder
from pairbounds.real_data.training.guides import NO_TEXT, RANDOM, SEEING, Guide, guide_of
from pairbounds.real_data.training.linear_probe import Features
from pairbounds.real_data.training.networks import WORDS
from pairbounds.real_data.training.objectives import OBJECTIVES
from pairbounds.real_data.training.published_guide import PublishedGuide
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.splits import Split, split
from pairbounds.real_data.training.trainer import Trained, check_recipe, train_encoder, untrained
from pairbounds.real_data.training.views import FreshViews, ViewSource, shown_pictures, view_pool

RESULT = "result.json"
UNTRAINED = "untrained"  # the network as it begins


@dataclass(frozen=True)
class Run:
    """One encoder to be trained.

    Attributes
    ----------
    kind : its objective, one of `OBJECTIVES`, or "untrained"
    recipe : of its optimisation
    seed : of the split of the data, the weights, the order and the views
    strength : of the augmentations
    rule : of resampling, for "simclr"
    guide : of the rule: "encoder" (of the data set's source), "labels" or "random"; "no_text", that encoder below its
        heads, or EfficientNet-Lite0 if it has none; or "captions", how far two images share theirs
    published : whether the rule is the published code's, and its guide sees views as there, without normalisation and
        in half precision
    text : the tower of texts, for "clip"
    repeat : others have the same split and data, and other weights, order and views
    """

    kind: str
    recipe: Recipe
    seed: int
    strength: float = 1.0
    rule: str = "none"
    guide: str = RANDOM
    published: bool = False
    text: str = WORDS
    repeat: int = 0

    @property
    def weights(self) -> int:
        """The seed of the weights, the order and the views."""
        own = np.random.SeedSequence([self.seed, self.repeat]).generate_state(1)
        return int(own[0]) if self.repeat else self.seed

    @property
    def seen_by(self) -> str:
        """The guide that embeds its views; none for most."""
        return self.guide if self.rule != "none" and self.guide in SEEING else ""

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
    device : as `pairbounds.infrastructure.devices.torch_device` has it
    judged : so many images at the end judge, if any; by default a part of all
    neighbours : of an image, whose most frequent class it gets
    """

    source: Source
    cache: Path
    views: int = 8
    workers: int = 0
    device: str = "auto"
    judged: int = 0
    neighbours: int = 20

    @property
    def key(self) -> str:
        """Content key of what decides an outcome besides the run."""
        labels = [values.tolist() for values in self.source.labels.values()]
        content = [self.source.dataset.key, self.views, labels]
        if self.judged:
            content.append(self.judged)
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def split(self, seed: int) -> Split:
        """The images of each part."""
        return split(self.source.subjects, seed, self.judged)

    @property
    def classes(self) -> IntArray:
        """Classes of the images by the first label set, (n,): what supervision and the oracle know."""
        return next(iter(self.source.labels.values()))

    def pictures(self) -> Iterator[torch.Tensor]:
        """All images as they are, in blocks of (b, 3, s, s) bytes."""
        return shown_pictures(self.source.dataset, self.cache, self.workers)

    def view_source(self, run: Run) -> ViewSource:
        """Source of the batches of a run."""
        guide = self.guide(run) if run.seen_by else None
        if not self.views:
            return FreshViews(self.source.dataset, Reach.of(run.strength), guide, self.workers, self.device)
        seen: FloatArray | None = None
        if guide is not None:
            seen = guide.encode_images(views_of(self.source.dataset, self.views, run.strength, seed=0), self.cache)
        return view_pool(self.source.dataset, self.views, run.strength, self.cache, seen)

    def guide(self, run: Run) -> LiveEncoder:
        """Encoder of a run's views: it has not learned from the images that judge, nor from those that choose."""
        unseen = np.setdiff1d(np.arange(len(self.source.dataset)), self.split(run.seed).train)
        dual = self.source.encoder_without(unseen)
        encoder: ImageEncoder = dual
        if run.seen_by == NO_TEXT:
            encoder = image_encoders(dual).get(FROZEN) or EfficientNet(device=self.device)
        if not isinstance(encoder, LiveEncoder):
            raise TypeError(f"encoder {encoder.name} cannot embed views as they are drawn")
        size = self.source.dataset.size
        return PublishedGuide(encoder, size) if run.published and size is not None else encoder

    def row_guide(self, run: Run) -> Guide:
        """Guide of a run's rule."""
        return guide_of(run, self)

    def rule(self, run: Run) -> str | Rule:
        """Rule of a run's resampling, as `pairbounds.real_data.resampling.resampled_nt_xent` has it."""
        return run.rule

    def judged_as(self, run: Run, trained: Trained, features: Features) -> Iterator[dict[str, object]]:
        """Judgements of an encoder by the features of all images, a row for each label set."""
        yield from judgements(trained, features, self.source.dataset, self.split(run.seed), self.neighbours, run.seed)

    def prepare(self, runs: Sequence[Run]) -> None:
        """Draw and encode, before many processes would, what the runs will read from the cache."""
        next(self.pictures())
        for run in {(run.strength, run.seen_by, run.published): run for run in runs}.values():
            if self.views and run.kind != UNTRAINED:
                self.view_source(run)


def run_all(runs: Sequence[Run], studio: Studio, folder: Path, jobs: int = 1) -> pd.DataFrame:
    """Train and judge every encoder that is not yet there.

    Parameters
    ----------
    folder : a folder for each run is made in it, with checkpoint, log and result; a killed study goes on from them
    jobs : runs side by side, of one thread each where there are several; -1: as many as there are cores

    Returns
    -------
    DataFrame, a row for each run and label set: the run and its recipe, last loss, steps and seconds, and what
    `judgements` finds.
    """
    for recipe in {run.recipe for run in runs}:
        check_recipe(recipe)
    studio.prepare(runs)
    distributed.wait()  # the others read what is prepared
    one = partial(_outcome, studio=studio, folder=folder, alone=jobs == 1)
    with side_by_side(one, runs, jobs) as done:
        rows = [row for outcome in Bar(done, total=len(runs), desc="encoders", unit="encoder") for row in outcome]
    return pd.DataFrame(rows)


@contextmanager
def along(encoders: Callable[[Any, int], list[Run]], settings: Any, seeds: Sequence[int], jobs: int) -> Iterator[bool]:
    """A context in which a study of encoders is measured: whether this process writes its tables.

    Of those of `torchrun` the first one does; the others train along here, and write nothing.

    Raises
    ------
    ValueError
        Encoders side by side under `torchrun`.
    """
    with distributed.processes():
        if distributed.count() > 1 and jobs != 1:
            raise ValueError(
                f"jobs={jobs} under torchrun: its {distributed.count()} processes train each encoder together"
            )
        if not distributed.is_first():
            studio = settings.studio()
            for seed in seeds:
                runs = encoders(settings, seed)
                distributed.wait()
                studio.prepare(runs)
                for run in runs:
                    if distributed.decided_by_first():
                        _trained(run, studio, Path(settings.runs) / run.key, alone=False)
        yield distributed.is_first()


def chosen(table: pd.DataFrame, encoder: list[str], trial: list[str]) -> pd.Series:
    """The rows of the trial of each encoder that has the best validation accuracy by the first label set.

    Parameters
    ----------
    encoder, trial : columns that tell encoders, and their trials, apart
    """
    first = table[table["labels"] == table["labels"].iloc[0]]
    best = first.loc[first.groupby(encoder)["validation"].idxmax()]
    return pd.Series(
        pd.MultiIndex.from_frame(table[trial]).isin(pd.MultiIndex.from_frame(best[trial])), index=table.index
    )


def summary(table: pd.DataFrame) -> list[str]:
    """The test accuracies of the chosen encoders over the seeds, in lines."""
    columns = [name for name in ("kind", "rule", "guide", "published") if table[name].nunique() > 1]
    found = (
        table[table["chosen"]].groupby([*columns, "labels"], sort=False)["test"].agg(["mean", "std", "count"]).round(4)
    )
    return found.to_string().splitlines()


def _outcome(run: Run, studio: Studio, folder: Path, alone: bool) -> list[dict[str, object]]:
    own = folder / run.key
    path, evaluation = own / RESULT, {"neighbours": studio.neighbours}
    identity = {"run": asdict(run), "data": studio.key, "evaluation": evaluation}
    rows = _stored_outcome(path, json.loads(json.dumps(identity))) if is_there(path, "result") else None
    distributed.decided_by_first(decision=rows is None)
    if rows is not None:
        return rows
    own.mkdir(parents=True, exist_ok=True)
    with limited_threads((asked_threads() or joblib.cpu_count()) if alone else 1):
        rows = list(_judged(run, studio, own, alone))
    with replacing(path) as temporary:
        temporary.write_text(json.dumps({"identity": identity, "rows": rows}, indent=2) + "\n")
    return rows


def _stored_outcome(path: Path, identity: dict[str, object]) -> list[dict[str, object]] | None:
    """Rows found before; `None` where the encoder was judged in another way, and is to be judged anew."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found, rows = dict(content["identity"]), list(content["rows"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"result {path} cannot be read: remove it, and it is measured anew") from error
    if found | {"evaluation": identity["evaluation"]} != identity:
        raise ValueError(f"{path} is of other data: choose another folder, or remove it")
    return rows if found.get("evaluation") == identity["evaluation"] else None


def _judged(run: Run, studio: Studio, own: Path, alone: bool) -> Iterator[dict[str, object]]:
    trained = _trained(run, studio, own, alone)
    last = trained.log.iloc[-1] if len(trained.log) else {"steps": 0, "loss": math.nan}
    about = asdict(run) | asdict(run.recipe) | {name: float(last[name]) for name in ("steps", "loss")}
    del about["recipe"]
    dataset = studio.source.dataset
    features = trained.features(studio.pictures(), len(dataset))
    if run.kind != UNTRAINED and dataset.size is not None:
        export_encoder(trained.backbone, own, dataset.size)
    for found in studio.judged_as(run, trained, features):
        yield about | {"seconds": trained.seconds} | found


def _trained(run: Run, studio: Studio, own: Path, alone: bool) -> Trained:
    if run.kind == UNTRAINED:
        return untrained(run.recipe, run.weights, studio.device)
    return train_encoder(
        studio.view_source(run),
        studio.split(run.seed).train,
        partial(OBJECTIVES[run.kind].of, run, studio),
        run.recipe,
        run.weights,
        about={"run": run.key, "data": studio.key},
        folder=own,
        device=studio.device,
        progress=alone,
    )
