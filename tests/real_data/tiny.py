"""Small pictures and a CLIP model, and the error of a wrong call."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import open_clip
import pytest
from PIL import Image

from pairbounds.infrastructure.files import replacing

CLIP = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 16, "heads": 1, "layers": 1},
}


def picture(path: Path, seed: int = 0) -> Path:
    """A picture of noise, 40 x 30 pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def imagefolder(folder: Path) -> Path:
    """Two ImageNet classes and another one, of 3, 4 and 3 pictures; one of the goldfish is truncated."""
    for number, name in enumerate(("n01440764", "n01443537", "widgets")):
        for index in range(3):
            picture(folder / name / f"{index}.{'png' if number else 'JPEG'}", seed=10 * number + index)
    broken = picture(folder / "n01443537" / "0_cut.png", seed=99)
    broken.write_bytes(broken.read_bytes()[:1000])
    return folder


def class_folders(folder: Path, counts: dict[str, int], seed: int = 0) -> Path:
    """A folder of different pictures for each class."""
    for number, (name, count) in enumerate(counts.items()):
        for index in range(count):
            picture(folder / name / f"{index}.png", seed=seed + 100 * number + index)
    return folder


def register_clip(folder: Path) -> None:
    """Register three tiny CLIP models: "tiny-clip", and "tiny-pair" with both activations."""
    for name, changes in {"tiny-clip": {}, "tiny-pair": {}, "tiny-pair-quickgelu": {"quick_gelu": True}}.items():
        path = folder / f"{name}.json"
        with replacing(path) as temporary:  # another process may read it
            temporary.write_text(json.dumps(CLIP | changes))
        open_clip.add_model_config(path)


def error_of(build: Callable[..., object], *arguments: object, **options: object) -> str:
    """Message of the error that a call raises; it is one line."""
    with pytest.raises((ValueError, FileNotFoundError)) as caught:
        build(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def sets(**settings: object) -> list[str]:
    """Command-line options for these settings of a study."""
    values = {name: json.dumps(value) if isinstance(value, list) else value for name, value in settings.items()}
    return [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
