"""SimCLR's views of original files, against torchvision's transforms of one picture of Pillow after another.

The CPU's part, decode and crop, is timed alone and with the device's part, colours and blur, which is on the CPU here.
"""

import io
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import v2

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.pictures import open_picture
from pairbounds.real_data.pairings.views import LEAST_AREA, Reach, simclr
from pairbounds.real_data.training.changes import changed
from pairbounds.real_data.training.crops import Crops, together
from tests.benchmarks.duel import Duel, Size

SIZES = ("XS", "S")
WIDTH, HEIGHT, SIDE, VIEWS = 500, 375, 224, 2  # as ImageNet's pictures are on average, and as it is trained on
PLAIN = v2.Compose([v2.RandomResizedCrop(SIDE, (LEAST_AREA, 1.0)), v2.RandomHorizontalFlip(), v2.PILToTensor()])

Drawn = tuple[torch.Tensor, torch.Tensor]


def duels(size: Size, seed: int) -> list[Duel]:
    count = size.k
    case = f"{count} pictures of {WIDTH} x {HEIGHT}, {VIEWS} views of {SIDE}"
    ours = [("decode and crop", cut_here, cut_by_torchvision), ("whole", drawn_here, drawn_by_torchvision)]
    return [
        Duel(
            case=f"{what}: {case}",
            make=lambda: pictures(count, seed),
            ours=here,
            peer=there,
            peer_name="torchvision, picture by picture",
            note="both of original files, one thread; colours and blur, the device's part, are on the CPU here",
        )
        for what, here, there in ours
    ]


@cache
def pictures(count: int, seed: int) -> ImageTextDataset:
    """JPEGs of about 110 kB, as ImageNet's are: shapes at many scales, and noise."""
    folder = Path(tempfile.mkdtemp(prefix="pairbounds-bench-"))
    files = []
    for number in range(count):
        files.append(folder / f"{number}.jpg")
        files[-1].write_bytes(jpeg(np.random.default_rng([seed, number])))
    ids = tuple(path.name for path in files)
    labels = np.zeros(count, dtype=np.int64)
    return ImageTextDataset("made", ids, tuple(files), ids, (("a",),) * count, labels, ("p",), SIDE, "", "")


def jpeg(rng: np.random.Generator) -> bytes:
    mixed = rng.normal(0, 12, (HEIGHT, WIDTH, 3))
    for weight, parts in ((0.5, 1), (0.3, 6), (0.2, 25)):
        noise = Image.fromarray(rng.integers(0, 256, (3 * parts, 4 * parts, 3), dtype=np.uint8))
        mixed += weight * np.asarray(noise.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    memory = io.BytesIO()
    Image.fromarray(mixed.clip(0, 255).astype(np.uint8)).save(memory, "JPEG", quality=90)
    return memory.getvalue()


def cut_here(dataset: ImageTextDataset) -> Drawn:
    crops = Crops(dataset, Reach.of(1.0))
    return together([crops[index, range(VIEWS * index, VIEWS * index + VIEWS)] for index in range(len(dataset))])


def drawn_here(dataset: ImageTextDataset) -> torch.Tensor:
    return changed(*cut_here(dataset))


def cut_by_torchvision(dataset: ImageTextDataset) -> torch.Tensor:
    return torch.stack([PLAIN(open_picture(path, None)) for _ in range(VIEWS) for path in dataset.files])


def drawn_by_torchvision(dataset: ImageTextDataset) -> torch.Tensor:
    whole = v2.Compose([simclr(SIDE), v2.PILToTensor()])
    return torch.stack([whole(open_picture(path, None)) for _ in range(VIEWS) for path in dataset.files])
