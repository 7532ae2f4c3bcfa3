"""SimCLR's views of original files, against torchvision's transforms of one picture of Pillow after another.

`python -m tests.benchmarks.bench_loader` says how many views of 224 pixels a core draws, the CPU's part (decode, crop)
and the device's (colours, blur; here on a CPU too) apart, and what the rows of the paper's table cost: arithmetic,
cores that feed a GPU, and GPU-hours at a throughput that is given. No GPU was measured.
"""

import io
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
import timm
import torch
import typer
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode
from torchvision.transforms import v2

from pairbounds.infrastructure.commandline import echo, print_table, run
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.pictures import open_picture
from pairbounds.real_data.pairings.views import LEAST_AREA, Reach, simclr
from pairbounds.real_data.training.changes import changed
from pairbounds.real_data.training.crops import Crops, together
from tests.benchmarks.duel import Duel, Size

SIZES = ("XS", "S")
WIDTH, HEIGHT, SIDE, VIEWS = 500, 375, 224, 2  # as ImageNet's pictures are on average, and as it is trained on
BEFORE = 34  # views a second and core, of a stored copy, before crops and changes were apart
AIM = 10 * BEFORE
IMAGES, EPOCHS, BATCH = 1_281_167, 100, 512  # the paper's: ImageNet, ResNet-50, a CLIP guide
ROWS = ("SimCLR", "AddNewPositive", "DropFalsePositive", "DropFalseNegative", "DropEasyNegative")
NETWORK, GUIDE = "resnet50", "vit_base_patch32_clip_224"
PLAIN = v2.Compose([v2.RandomResizedCrop(SIDE, (LEAST_AREA, 1.0)), v2.RandomHorizontalFlip(), v2.PILToTensor()])

Drawn = tuple[torch.Tensor, torch.Tensor]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


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


def drawn_before(dataset: ImageTextDataset) -> torch.Tensor:
    """As it was: each view of a picture that is decoded and made smaller for it alone."""
    whole = v2.Compose([simclr(SIDE), v2.PILToTensor()])
    return torch.stack([whole(dataset.image(index)) for _ in range(VIEWS) for index in range(len(dataset))])


@dataclass(frozen=True)
class Rates:
    """Views a second and core."""

    cut: float
    changed: float
    whole: float
    plain_cut: float
    plain_whole: float
    before: float


def measured(count: int, seed: int, repeats: int) -> Rates:
    data = pictures(count, seed)
    drawn = cut_here(data)
    works: list[Callable[[], object]] = [
        lambda: cut_here(data),
        lambda: changed(*drawn),
        lambda: drawn_here(data),
        lambda: cut_by_torchvision(data),
        lambda: drawn_by_torchvision(data),
        lambda: drawn_before(data),
    ]
    for work in works:
        work()
    spent = [[_cpu(work) for work in works] for _ in range(repeats)]  # in turn
    return Rates(*(VIEWS * count / np.median(spent, axis=0)))


def _cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU: the machine may be busy."""
    start = time.process_time()
    work()
    return time.process_time() - start


def arithmetic(name: str, *, trained: bool) -> float:
    """Floating-point operations for one view, by torch's counter; with the gradients, if it is trained."""
    network = timm.create_model(name, num_classes=0)
    with FlopCounterMode(display=False) as counter, torch.set_grad_enabled(trained):
        rows = network(torch.zeros(1, 3, SIDE, SIDE))
        if trained:
            rows.sum().backward()
    return float(counter.get_total_flops())


@app.command()
def main(
    count: Annotated[int, typer.Option(help="Pictures.")] = 32,
    repeats: Annotated[int, typer.Option(min=1, help="Timed runs of each; medians are shown.")] = 5,
    seed: Annotated[int, typer.Option(help="Of pictures and views.")] = 0,
    network: Annotated[float | None, typer.Option(help=f"Views a second that a GPU trains {NETWORK} on.")] = None,
    guide: Annotated[float | None, typer.Option(help=f"Views a second that a GPU sees by {GUIDE}.")] = None,
) -> None:
    """Time the loader on one thread, and say what the paper's table would cost."""
    if any(rate is not None and not rate > 0 for rate in (network, guide)):
        raise ValueError(f"--network {network} and --guide {guide}: views a second, more than 0")
    torch.set_num_threads(1)
    rates = measured(count, seed, repeats)
    kilobytes = np.mean([path.stat().st_size for path in pictures(count, seed).files]) / 1e3
    echo(f"Views a second and core, of CPU time; {count} JPEGs of {WIDTH} x {HEIGHT}, {kilobytes:.0f} kB on average:")
    for what, ours, theirs in (
        ("decode and crop", rates.cut, rates.plain_cut),
        ("whole, all on the CPU", rates.whole, rates.plain_whole),
    ):
        echo(f"  {what}: {ours:.0f}, torchvision {theirs:.0f}, ratio {ours / theirs:.2f}")
    echo(f"  colours, grey and blur in batches, on the CPU: {rates.changed:.0f}")
    echo(f"  the CPU's part against the {BEFORE} of before: {rates.cut / BEFORE:.1f} times (aim: {AIM / BEFORE:.0f})")
    echo(f"  and against what was before, measured here, {rates.before:.0f}: {rates.cut / rates.before:.1f} times")
    costs(rates, network, guide)


def costs(rates: Rates, network: float | None, guide: float | None) -> None:
    views = VIEWS * EPOCHS * (IMAGES // BATCH) * BATCH
    trained, seen = arithmetic(NETWORK, trained=True), arithmetic(GUIDE, trained=False)
    columns = [("row", "left"), ("views", "right"), ("operations", "right"), ("core-hours", "right")]
    rows = []
    for name in ROWS:
        guided = name != ROWS[0]
        hours = None if network is None else views / network / 3600
        if guided:
            hours = None if hours is None or guide is None else hours + views / guide / 3600
        operations = views * (trained + (seen if guided else 0))
        told = "not measured" if hours is None else f"{hours:.0f}"
        rows.append((name, f"{views:.3g}", f"{operations:.2e}", f"{views / rates.cut / 3600:.0f}", told))
    title = f"One seed of each row of the paper: {NETWORK}, {EPOCHS} epochs of {IMAGES} pictures, {GUIDE} as guide"
    print_table(title, [*columns, ("GPU-hours", "right")], rows)
    if network is not None:
        echo(f"{network:.0f} views a second need {network / rates.cut:.0f} cores that decode and crop")
    else:
        echo("No GPU was measured here: --network and --guide take its views a second. Without the linear classifier.")


if __name__ == "__main__":
    run(app)
