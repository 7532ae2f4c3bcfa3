"""Recipes by name: every number of an experiment as it was published, and which of them its source does not state.

A recipe is data. Its numbers are settings of `pairbounds.real_data.studies.resampled_training`, by their names; what
it does not name is as the settings have it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pairbounds.real_data.training.settings import TrainingSettings

OURS, GIVEN = "not stated: ours", "given"
SAID = (*(one.name for one in fields(TrainingSettings) if not one.metadata), "learning_rate", "strength")
NOT_SAID = {"root", "samples", "train_root", "val_root", "eval_dataset"}  # which pictures, and none of a recipe's


@dataclass(frozen=True)
class NamedRecipe:
    """An experiment.

    Attributes
    ----------
    source : where its numbers are from, in words
    stated : those that the source states
    ours : those that it does not state, and what they are here
    images : in its training set, as it is commonly counted
    """

    source: str
    stated: Mapping[str, Any]
    ours: Mapping[str, Any]
    images: int = 0

    @property
    def numbers(self) -> dict[str, Any]:
        """All of them, by the names of the settings."""
        return {**self.stated, **self.ours}


HEAD = {"head_width": 128, "head_norm": True}
CLASSIFIER = {
    "crop_iterations": 28_080,
    "crop_batch": 512,
    "crop_learning_rate": 1.6,
    "crop_momentum": 0.9,
    "crop_weight_decay": 0.0,
}
GUIDE = {"model": "ViT-B-32-quickgelu", "pretrained": "openai"}

RECIPES: Mapping[str, NamedRecipe] = {
    "emoji": NamedRecipe("ours, for the emoji on a CPU", stated={}, ours={}),
    "paper": NamedRecipe(
        "Zhang, Wang and Wang 2023, as the paper has it; what it does not state, as their code or SimCLR has it",
        stated={
            "dataset": "imagefolder",
            "classes": None,
            "backbone": "resnet50",
            "batch": 512,
            "epochs": 100,
            "iterations": 0,
            "optimizer": "lars",
        },
        ours={
            "size": 224,
            "momentum": 0.9,
            "learning_rate": 0.6,  # SimCLR's 0.3 for each 256 images of a batch
            "weight_decay": 1e-6,
            "warmup": 10,
            "temperature": 0.1,
            "strength": 1.0,
            "views": 0,
            **HEAD,
            **CLASSIFIER,
            **GUIDE,
        },
        images=1_281_167,
    ),
    "code": NamedRecipe(
        "github.com/PKU-ML/CLIP-Help-SimCLR, its configurations and its code",
        stated={
            "dataset": "imagefolder",
            "classes": 100,
            "size": 224,
            "backbone": "resnet18",
            "batch": 256,
            "iterations": 50_040,
            "optimizer": "lars",
            "momentum": 0.9,
            "learning_rate": 1.2,
            "weight_decay": 1e-6,
            "warmup": 5_004,
            "precision": "float32",
            "temperature": 0.1,
            "strength": 1.0,
            "views": 0,
            **HEAD,
            **CLASSIFIER,
            **GUIDE,
        },
        ours={},
        images=126_689,
    ),
}
DEFAULT = "emoji"


def chosen_numbers(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a recipe, those that are given in place of its own; `None` is not given.

    Where epochs are given and no iterations, the epochs say how long training is.

    Raises
    ------
    ValueError
        No such recipe.
    """
    if name not in RECIPES:
        raise ValueError(f"recipe {name!r} is none of {', '.join(RECIPES)}")
    numbers, own = RECIPES[name].numbers, {key: value for key, value in given.items() if value is not None}
    if "epochs" in own and "iterations" not in own and numbers.pop("iterations", 0):
        numbers.pop("warmup", None)  # it was in steps
    return numbers | own


def recipe_lines(name: str, settings: Any, given: Mapping[str, Any]) -> list[str]:
    """Every number that an experiment has, a line for each, and which of them its source does not state.

    Parameters
    ----------
    name : of the recipe
    settings : of the study
    given : by options, as in `chosen_numbers`
    """
    recipe = RECIPES[name]
    lines = [f"recipe {name}: {recipe.source}; the learning rate rises linearly, then falls along a cosine"]
    for one in SAID:
        if one not in NOT_SAID:
            value = getattr(settings, one)
            lines.append(f"  {one:<20} {'-' if value is None else value!s:<20} {_mark(one, recipe, given)}".rstrip())
    return lines


def _mark(name: str, recipe: NamedRecipe, given: Mapping[str, Any]) -> str:
    if given.get(name) is not None:
        return GIVEN
    return "" if name in recipe.stated or not recipe.stated else OURS
