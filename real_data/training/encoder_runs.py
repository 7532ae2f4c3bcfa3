"""Training of many encoders on one data set, each in its own folder, so that a killed study can resume."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import joblib
import pandas as pd

from pairbounds.infrastructure.files import replacing
from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.workers import asked_threads, limited_threads, side_by_side
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.evaluation import judgements
from pairbounds.real_data.training.networks import export_encoder
from pairbounds.real_data.training.objectives import Objective, Supervised, TwoViews, projection_head
from pairbounds.real_data.training.recipe import SUPERVISED, UNTRAINED, Run
from pairbounds.real_data.training.trainer import Trained, check_recipe, train_encoder, untrained

RESULT = "result.json"


def run_all(runs: Sequence[Run], data: TrainingData, folder: Path, jobs: int = 1) -> pd.DataFrame:
    """Train and evaluate every encoder without a stored result.

    Parameters
    ----------
    folder : parent of a folder for each run, with checkpoint, log and result, from which a killed study resumes
    jobs : number of parallel runs, with one thread each if there are several; -1 for the number of cores

    Returns
    -------
    DataFrame, a row for each run and label set: the run and its recipe, last loss, steps and seconds, and the columns
    of `judgements`.
    """
    for recipe in {run.recipe for run in runs}:
        check_recipe(recipe)
    data.prepare(runs)
    work = partial(_rows, data=data, folder=folder, is_only=jobs == 1)
    with side_by_side(work, runs, jobs) as results:
        rows = [row for result in Bar(results, total=len(runs), desc="encoders", unit="encoder") for row in result]
    return pd.DataFrame(rows)


def train(run: Run, data: TrainingData, folder: Path, *, progress: bool = False) -> Trained:
    """Train the encoder of a run, resuming from the checkpoint in `folder` if there is one."""
    if run.kind == UNTRAINED:
        return untrained(run.recipe, run.weights, data.device)
    return train_encoder(
        data.view_source(run),
        data.split(run.seed).train,
        partial(objective_of, run, data),
        run.recipe,
        run.weights,
        description={"run": run.key, "data": data.key},
        folder=folder,
        device=data.device,
        progress=progress,
    )


def objective_of(run: Run, data: TrainingData, width: int) -> Objective:
    """Objective of a run, for features of this width."""
    if run.kind == SUPERVISED:
        return Supervised(width, data.classes)
    head = projection_head(width, run.recipe.head_width, norm=run.recipe.head_norm)
    return TwoViews(head, run.recipe.temperature, run.rule, data.guide(run))


def _rows(run: Run, data: TrainingData, folder: Path, is_only: bool) -> list[dict[str, object]]:
    """Rows of a run, read from its folder, or measured after training."""
    path = folder / run.key / RESULT
    identity = {"run": asdict(run), "data": data.key, "evaluation": {"neighbours": data.neighbours}}
    rows = _stored_rows(path, json.loads(json.dumps(identity))) if path.exists() else None
    if rows is not None:
        return rows
    path.parent.mkdir(parents=True, exist_ok=True)
    with limited_threads((asked_threads() or joblib.cpu_count()) if is_only else 1):
        rows = list(_evaluated(run, train(run, data, path.parent, progress=is_only), data, path.parent))
    with replacing(path) as temporary:
        temporary.write_text(json.dumps({"identity": identity, "rows": rows}, indent=2) + "\n")
    return rows


def _stored_rows(path: Path, identity: dict[str, object]) -> list[dict[str, object]] | None:
    """Rows of a result file; `None` if the encoder was evaluated with other settings."""
    try:
        content = json.loads(require_file(path, "result").read_text(encoding="utf-8"))
        stored, rows = dict(content["identity"]), list(content["rows"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"result {path} cannot be read: delete it to measure again") from error
    if stored | {"evaluation": identity["evaluation"]} != identity:
        raise ValueError(f"{path} holds results for other data: choose another folder, or delete it")
    return rows if stored.get("evaluation") == identity["evaluation"] else None


def _evaluated(run: Run, trained: Trained, data: TrainingData, folder: Path) -> Iterator[dict[str, object]]:
    """Evaluate an encoder, and export it to `folder`."""
    dataset = data.source.dataset
    features = trained.features(data.pictures(), len(dataset))
    if run.kind != UNTRAINED:
        export_encoder(trained.backbone, folder, dataset.side)
    last_epoch = trained.log.iloc[-1] if len(trained.log) else {"steps": 0, "loss": math.nan}
    row = asdict(run) | asdict(run.recipe) | {name: float(last_epoch[name]) for name in ("steps", "loss")}
    del row["recipe"]
    for judgement in judgements(features, dataset, data.split(run.seed), data.neighbours, run.seed):
        yield row | {"seconds": trained.seconds} | judgement
