"""Text or teacher: whether a guide of AddNewPositive needs text to help, or only a network.

The plan is docs/preregistration/text_or_teacher.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pairbounds.infrastructure.inputs import require_file
from pairbounds.real_data.studies import text_or_teacher_tuning as tuning
from pairbounds.real_data.text_or_teacher import analysis
from pairbounds.real_data.text_or_teacher.baselines import baselines
from pairbounds.real_data.text_or_teacher.graphs import forecasts
from pairbounds.real_data.text_or_teacher.merges import merged_tags
from pairbounds.real_data.text_or_teacher.parts import Icons
from pairbounds.real_data.text_or_teacher.studio import ARMS
from pairbounds.real_data.training.forecast import EncoderStudy
from pairbounds.real_data.training.run import Run
from pairbounds.real_data.training.view_guides import CAPTIONS, MERGED, MERGED_MOST
from pairbounds.sweeps.studies import digest

PLAN = Path(__file__).resolve().parents[2] / "docs" / "preregistration" / "text_or_teacher.md"
ANALYSIS = Path(analysis.__file__)
# The learning rate and the strength of each arm that its runs on the splits that tune chose.
CHOSEN = dict.fromkeys(tuning.SHARING, (3e-3, 0.06)) | {
    "labels": (3e-3, 0.06),
    "random": (1e-3, 0.12),
    "none": (1e-3, 0.06),
    "no_text": (3e-3, 0.12),
}
TABLES = ("text_or_teacher", "text_or_teacher_graphs", "text_or_teacher_icons")


@dataclass(frozen=True)
class Settings(tuning.Settings):
    """Icons and training, at the settings that were chosen.

    Attributes
    ----------
    repeats : seeds of weights of each arm on each training set
    """

    arms: tuple[str, ...] = (*ARMS, MERGED, MERGED_MOST)
    repeats: int = 2

    def input_keys(self) -> Mapping[str, object]:
        """Content of the icons, and digests of the plan, of its analysis, and of the modules that guide and judge."""
        modules = sorted(ANALYSIS.parent.glob("*.py"))
        registered = {"preregistration": [PLAN], "analysis": [ANALYSIS], "modules": modules}
        require_file(PLAN, "plan")
        return {
            **super().input_keys(),
            **{name: digest(b"".join(path.read_bytes() for path in paths)) for name, paths in registered.items()},
        }


def measure(settings: Settings, seed: int) -> dict[str, pd.DataFrame]:
    """Every arm on one training set, and the graphs of the arms.

    Returns
    -------
    dict of DataFrame : `text_or_teacher`, as the tuning has it, with `right`, the icons of the test that were found;
        and `text_or_teacher_graphs`, by `kind`: the forecasts of each arm, theorem 15's bound at each merge of tags,
        and, with the first training set, baselines on the test; and `text_or_teacher_icons`, the icons of the test in
        the order of the digits, with category and the word with which their name begins
    """
    studio = settings.training_data()
    runs = tuning.measured(encoders(settings, seed), settings)
    parts = [pd.DataFrame(forecasts(studio, seed)).assign(kind="arm")]
    if MERGED in settings.arms:
        levels = merged_tags(studio.icons, seed)[1]
        parts.append(pd.DataFrame({"arm": list(levels), "theorem_15": list(levels.values())}).assign(kind="merge"))
    if seed == 0:
        parts.append(pd.DataFrame(baselines(studio)).assign(kind="baseline"))
    return dict(zip(TABLES, (runs, pd.concat(parts, ignore_index=True), _judging(studio.icons)), strict=True))


def _judging(icons: Icons) -> pd.DataFrame:
    test = icons.split(0).test
    names = [icons.shown.label_names[label] for label in icons.shown.labels[test]]
    words = [icons.families[image].partition("-")[0] for image in test]
    return pd.DataFrame({"id": [icons.shown.ids[image] for image in test], "category": names, "word": words})


def encoders(settings: Settings, seed: int) -> list[Run]:
    """Runs on one training set: the merged tags at the settings of the tags as they are."""
    if seed >= settings.units:
        raise ValueError(f"seed={seed}: there are {settings.units} training sets")
    chosen = CHOSEN | {name: CHOSEN[CAPTIONS] for name in (MERGED, MERGED_MOST) if CAPTIONS in CHOSEN}
    if unknown := {*settings.arms} - {*chosen}:
        raise ValueError(f"arms: no setting was chosen for {', '.join(sorted(unknown))}")
    return [
        settings.run(arm, seed, *chosen[arm], repeat) for arm in settings.arms for repeat in range(settings.repeats)
    ]


def summary(tables: Mapping[str, pd.DataFrame], _: object) -> list[str]:
    """The contrasts by both judges, the agreement of the forecasts, and the answer."""
    runs, graphs, icons = (tables[name] for name in TABLES)
    told = graphs[graphs["kind"] == "arm"]
    lines = []
    for judge in (analysis.SECOND, analysis.JUDGE):
        found = analysis.Found.of(runs, icons.drop_duplicates("id")["word"].tolist(), judge)
        lines += [f"{judge}right:", *analysis.contrasts(found).round(4).to_string(index=False).splitlines()]
    agreement = analysis.agreement(found, told)
    lines.append("Kendall's tau: " + ", ".join(f"{name} {value:.2f}" for name, value in agreement.items()))
    return [*lines, analysis.verdict(found, told)]


STUDY = EncoderStudy(
    question="Does a guide of AddNewPositive need text to help, or only a network?",
    settings=Settings,
    measure=measure,
    seeds=Settings.units,
    tables=TABLES,
    small={"epochs": 1, "warmup": 0, "views": 2, "repeats": 1},
    encoders=encoders,
    summary=summary,
)
