"""Memory and disk for as many pictures as ImageNet has. Only names exist; pictures are made on demand."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.training.splits import split
from pairbounds.real_data.training.view_batches import FreshViews, shown_pictures
from tests.rooms import ROOT

IMAGES, CLASSES = 1_281_167, 1000
MEMORY = 1.6  # GiB that the process may take besides the libraries; names, paths and digests are 0.7
DISK = 2**20  # bytes


class Made(ImageTextDataset):
    """Pictures without files."""

    def original(self, index: int) -> Image.Image:
        return Image.new("RGB", (500, 375))

    def image(self, index: int) -> Image.Image:
        return Image.new("RGB", (self.size, self.size))


def made() -> ImageTextDataset:
    """Names, digests, captions and labels as ImageNet's training set has them."""
    labels = np.arange(IMAGES) * CLASSES // IMAGES
    names = tuple(f"n{label:08d}/n{label:08d}_{number}.JPEG" for number, label in enumerate(labels.tolist()))
    digests = tuple(f"{number:064x}" for number in range(IMAGES))
    captions = [tuple(f"{words} number {label}." for words in "abcdefgh") for label in range(CLASSES)]
    return Made(
        "imagefolder", names, tuple(Path("/nowhere", name) for name in names), digests,
        tuple(captions[label] for label in labels.tolist()), labels, tuple(map(str, range(CLASSES))), 224,
    )  # fmt: skip


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def memory_and_disk(cache: Path) -> tuple[float, int]:
    """GiB and bytes of the key, the split, a few batches by two processes and features of the first pictures."""
    before, data = peak(), made()
    assert data.key
    images = split(np.array(data.subjects), 0).train
    order = np.random.default_rng(0).permutation(images)[: 32 * 4].reshape(4, 32)
    for _ in FreshViews(data, workers=2).batches(list(order), 2, np.random.default_rng(1)):
        pass
    next(shown_pictures(data, cache))
    return peak() - before, sum(path.stat().st_size for path in cache.rglob("*"))


@pytest.mark.slow
def test_imagenets_number_of_pictures_takes_little_memory_and_no_disk(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.real_data.test_a_million_pictures", tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    memory, disk = json.loads(done.stdout)
    assert memory < MEMORY
    assert disk < DISK


if __name__ == "__main__":
    print(json.dumps(memory_and_disk(Path(sys.argv[1]))))
