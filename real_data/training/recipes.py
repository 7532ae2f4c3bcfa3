"""The published experiments as presets: every number, and which of them its source does not state.

The names of the numbers are settings of `pairbounds.real_data.studies.resampled_training`.
"""

from collections.abc import Mapping
from typing import Any

from pairbounds.sweeps.presets import Preset

HEAD = {"head_width": 128, "head_norm": True}
CLASSIFIER = {
    "crop_iterations": 28_080,
    "crop_batch": 512,
    "crop_learning_rate": 1.6,
    "crop_momentum": 0.9,
    "crop_weight_decay": 0.0,
}
GUIDE = {"model": "ViT-B-32-quickgelu", "pretrained": "openai"}


def _preset(source: str, stated: Mapping[str, Any], ours: Mapping[str, Any], pictures: int) -> Preset:
    """A publication's numbers, those that it does not state, and how many pictures its training set has."""
    return Preset({**stated, **ours, "pictures": pictures}, source=source, unstated=tuple(ours))


RECIPES: Mapping[str, Preset] = {
    "paper": _preset(
        "Zhang, Wang and Wang 2023, as the paper has it; what it does not state, as their code or SimCLR has it",
        stated={
            "dataset": "imagefolder",
            "backbone": "resnet50",
            "batch": 512,
            "epochs": 100,
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
        pictures=1_281_167,
    ),
    "code": _preset(
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
        pictures=126_689,
    ),
}
# The comparison on the emoji, as in results/: several baselines with each split, guides without text and without
# pictures, and SimCLR and its strongest rival tuned alike in the strength of the augmentations, with further seeds.
RESULTS = Preset(
    {
        "precision": "bfloat16",
        "baselines": 3,
        "guides": ("encoder", "labels", "random", "no_text", "captions"),
        "tune": ("simclr", "add_new_positive:encoder"),
        "tuned_rates": (3e-3,),
        "whole_seeds": 3,
    },
    seeds=8,
)
