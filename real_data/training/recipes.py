"""Presets of the published experiments, with the settings that their sources do not state.

The settings are those of `pairbounds.real_data.studies.resampled_training`.
"""

from collections.abc import Mapping

from pairbounds.sweeps import Preset

# Common settings, stated in the code but not in the paper.
SHARED = {
    "size": 224,
    "momentum": 0.9,
    "weight_decay": 1e-6,
    "temperature": 0.1,
    "strength": 1.0,
    "views": 0,
    "head_width": 128,
    "head_norm": True,
    "model": "ViT-B-32-quickgelu",
    "pretrained": "openai",
}
# SimCLR's learning rate: 0.3 for each 256 images of a batch.
OURS = {**SHARED, "learning_rate": 0.6, "warmup": 10}

RECIPES: Mapping[str, Preset] = {
    "paper": Preset(
        {**OURS, "dataset": "imagefolder", "backbone": "resnet50", "batch": 512, "epochs": 100, "optimizer": "lars"},
        source="Zhang, Wang and Wang 2023, from the paper; settings it does not state are from their code or SimCLR",
        unstated=tuple(OURS),
    ),
    "code": Preset(
        {
            **SHARED,
            "dataset": "imagefolder",
            "classes": 100,
            "backbone": "resnet18",
            "batch": 256,
            "iterations": 50_040,
            "optimizer": "lars",
            "learning_rate": 1.2,
            "warmup": 5_004,
            "precision": "float32",
        },
        source="github.com/PKU-ML/CLIP-Help-SimCLR, its configurations and its code",
    ),
}
# The comparison on the emoji in results/: several baselines with each split, guides without text and without pictures,
# and SimCLR and its strongest rival tuned in the same way over augmentation strengths, with further seeds.
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
