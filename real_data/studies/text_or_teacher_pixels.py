"""Text or teacher, measured after its answer and not registered: look-alikes of the test icons, and raw pixels."""

from pathlib import Path

import numpy as np
import pandas as pd
from torch.nn.functional import avg_pool2d

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.datasets.icons import icon_set
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.studies.text_or_teacher_tuning import Settings
from pairbounds.real_data.text_or_teacher.parts import ORDER, plain_drawings
from pairbounds.real_data.text_or_teacher.studio import IconStudio
from pairbounds.sweeps import Study

COMPARED, JUDGED = 32, 16  # pixels along a side of grey pictures: to correlate, and as features


def measure(settings: Settings, _seed: int) -> pd.DataFrame:
    """Pixels of each test icon, in the order of `text_or_teacher_icons`.

    Returns
    -------
    DataFrame, with id; lookalike, the labelled icon whose pixels correlate most, and correlation; right and knn_right,
    whether the judges of encoders find its category by pixels; tuned_first, whether it tuned settings in the first
    order of the icons, of concepts and not families
    """
    studio = settings.training_data()
    icons = studio.icons
    test, labelled, ids = icons.split(0).test, icons.labelled, np.array(icons.shown.ids)
    grey = _grey(studio, COMPARED)
    rows = unit_rows(grey - grey.mean(axis=1, keepdims=True))
    correlations = rows[test] @ rows[labelled].T
    near, right = studio.found(_grey(studio, JUDGED))
    alike = {"lookalike": ids[labelled[correlations.argmax(axis=1)]], "correlation": correlations.max(axis=1)}
    columns = {"right": right[test], "knn_right": near[test], "tuned_first": np.isin(ids[test], _tuned_first(settings))}
    return pd.DataFrame({"id": ids[test], **alike, **columns})


def _grey(studio: IconStudio, side: int) -> FloatArray:
    blocks = (block.float().mean(dim=1, keepdim=True) for block in studio.pictures())
    return np.vstack([avg_pool2d(grey, grey.shape[-1] // side).flatten(1).numpy() for grey in blocks]).astype(float)


def _tuned_first(settings: Settings) -> list[str]:
    every = icon_set(Path(settings.root), settings.size)
    chosen = plain_drawings(every)
    concepts = [chosen[subject] for subject in sorted(chosen) if every.labels[chosen[subject]] >= 0]
    order = np.random.default_rng(ORDER).permutation(concepts)
    return [every.ids[place] for place in order[settings.test + settings.units * settings.train :]]


STUDY = Study(
    question="Which test icons of text or teacher look like labelled ones, and what do pixels alone find?",
    settings=Settings,
    measure=measure,
)
