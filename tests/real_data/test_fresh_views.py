"""Views drawn anew: crops of originals by processes, colours and blur in batches, against torchvision one by one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision.transforms.v2.functional as tv
from PIL import Image
from torchvision.transforms import RandomResizedCrop

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.picture_files import digest, open_original, open_picture
from pairbounds.real_data.pairings.augmentations import Reach
from pairbounds.real_data.training import fresh_views, view_batches
from pairbounds.real_data.training.fresh_views import FreshViews, changed, cut, drawn_views, random_changes
from pairbounds.real_data.training.view_batches import shown_pictures, stored_pictures, view_pool
from tests.real_data.colours import RowEncoder, coloured


def photograph(path: Path, width: int = 500, height: int = 375, seed: int = 0) -> Path:
    """Shapes at many scales, as a photograph has them, in colour."""
    rng = np.random.default_rng(seed)
    scales = [(4, 3), (25, 19), (100, 75), (width, height)]
    noise = [Image.fromarray(rng.integers(0, 256, (h, w, 3), dtype=np.uint8)) for w, h in scales]
    layers = [layer.resize((width, height), Image.Resampling.BICUBIC) for layer in noise]
    weights = (0.5, 0.3, 0.15, 0.05)
    mixed = sum(weight * np.asarray(layer, dtype=np.float64) for weight, layer in zip(weights, layers, strict=True))
    Image.fromarray(mixed.astype(np.uint8)).save(path, **({"quality": 90} if path.suffix == ".jpg" else {}))
    return path


def photographs(folder: Path, count: int = 6, side: int = 32, **size: int) -> ImageTextDataset:
    files = tuple(photograph(folder / f"{number}.jpg", seed=number, **size) for number in range(count))
    ids = tuple(path.name for path in files)
    return ImageTextDataset(
        "photographs", ids, files, tuple(map(digest, files)), (("a",),) * count, np.arange(count) % 2, ("p", "q"),
        side, "", "",
    )  # fmt: skip


def crops_and_changes(count: int, side: int) -> tuple[torch.Tensor, torch.Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        crops = torch.randint(0, 256, (count, 3, side, side), dtype=torch.uint8)
        return crops, torch.stack([random_changes(Reach.of(1.0)) for _ in crops])


def test_changes_of_a_batch_are_torchvisions_one_by_one():
    crops, rows = crops_and_changes(40, 48)
    found = changed(crops, rows)
    assert found.dtype == torch.uint8
    for view, crop, row in zip(found, crops, rows, strict=True):
        x = crop.float() / 255
        if row[fresh_views.FLIP]:
            x = tv.horizontal_flip(x)
        for place in row[fresh_views.ORDER].int().tolist():
            if place:
                change = {
                    fresh_views.BRIGHTNESS: tv.adjust_brightness,
                    fresh_views.CONTRAST: tv.adjust_contrast,
                    fresh_views.SATURATION: tv.adjust_saturation,
                    fresh_views.HUE: tv.adjust_hue,
                }[place]
                x = change(x, float(row[place]))
        if row[fresh_views.GREYED]:
            x = tv.rgb_to_grayscale(x, 3)
        if row[fresh_views.SIGMA]:
            x = tv.gaussian_blur(x, [5, 5], [float(row[fresh_views.SIGMA])])
        assert (255 * x - view.float()).abs().max() < 0.52  # half a step, and the rounding of float32


def test_changes_are_made_as_often_and_as_far_as_is_published():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        rows = torch.stack([random_changes(Reach.of(0.25)) for _ in range(10_000)])
    jittered, blurred = rows[:, fresh_views.ORDER].any(1), rows[:, fresh_views.SIGMA] > 0
    for share, expected in (
        (rows[:, fresh_views.FLIP], 0.5), (jittered, 0.8), (rows[:, fresh_views.GREYED], 0.2), (blurred, 0.5),
    ):  # fmt: skip
        assert share.float().mean().item() == pytest.approx(expected, abs=5 * np.sqrt(0.25 / len(rows)))
    for columns, middle, reach in (
        (slice(fresh_views.BRIGHTNESS, fresh_views.HUE), 1, 0.2),
        (fresh_views.HUE, 0, 0.05),
    ):
        assert 0.995 * reach < (rows[jittered][:, columns] - middle).abs().max() <= reach + 1e-6
    assert 0.1 <= rows[blurred, fresh_views.SIGMA].min() < 0.57 < rows[blurred, fresh_views.SIGMA].max() <= 0.575
    assert len(rows[jittered][:, fresh_views.ORDER].unique(dim=0)) == 24


def test_a_large_jpeg_is_decoded_in_part_and_the_crop_is_the_same_to_the_eye(tmp_path):
    path = photograph(tmp_path / "large.jpg", 1600, 1200)
    boxes = [(48, 104, 1056, 1400), (0, 0, 1200, 1200)]  # in eighths
    with open_original(path) as picture:
        found = cut(picture, boxes, 64)
        assert picture.size == (200, 150)  # an eighth
    whole = open_picture(path, None)
    for part, box in zip(found, boxes, strict=True):
        exact = tv.resized_crop(whole, *box, [64, 64], tv.InterpolationMode.BICUBIC)
        assert np.abs(part.permute(1, 2, 0).numpy() - np.asarray(exact, dtype=float)).mean() < 1
    with open_original(path) as picture:
        box = (20, 10, 130, 100)
        (small,) = cut(picture, [box], 64)
        assert picture.size == (1600, 1200)  # a small crop needs all there is
    exact = tv.resized_crop(whole, *box, [64, 64], tv.InterpolationMode.BICUBIC)
    assert np.abs(small.permute(1, 2, 0).numpy() - np.asarray(exact, dtype=float)).max() <= 2


def test_views_are_cut_out_of_the_original_which_is_decoded_once_for_all_of_an_image(tmp_path, monkeypatch):
    dataset, opened, images = photographs(tmp_path), [], np.array([4, 1])
    monkeypatch.setattr(
        ImageTextDataset, "original", lambda self, index: opened.append(index) or open_original(self.files[index])
    )
    source = FreshViews(dataset, guide=RowEncoder(), device="cpu")
    (batch,) = source.batches([images], 2, np.random.default_rng(7))
    assert opened == [4, 1]
    as_eye = batch.pictures.permute(0, 2, 3, 1).float() / 255
    np.testing.assert_allclose(batch.seen, RowEncoder().embed(as_eye), rtol=1e-6)
    seeds = np.random.default_rng(7).integers(2**63, size=(2, 2))
    for row, (image, seed) in enumerate(zip(np.tile(images, 2), seeds.ravel().tolist(), strict=True)):
        whole = open_picture(dataset.files[image], None)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            box = RandomResizedCrop.get_params(whole, [0.08, 1.0], [3 / 4, 4 / 3])
            change = random_changes(Reach.of(1.0))
        crop = tv.pil_to_tensor(tv.resized_crop(whole, *box, [32, 32], tv.InterpolationMode.BICUBIC))
        assert (batch.pictures[row].float() - changed(crop[None], change[None])[0].float()).abs().mean() < 3


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")  # from Python 3.12 on: torch forks its workers
@pytest.mark.filterwarnings("ignore:This DataLoader will create")  # more workers than a machine of one core has
def test_a_view_is_the_same_in_whatever_batch_and_on_however_many_processes(tmp_path):
    dataset, before = photographs(tmp_path, side=16), torch.random.get_rng_state()
    work = [(np.array(images), np.array(images)[:, None] + [0, 50]) for images in ([0, 3], [5, 2])]
    first, second = drawn_views(dataset, Reach.of(1.0), work)
    assert torch.equal(before, torch.random.get_rng_state())
    (together,) = drawn_views(dataset, Reach.of(1.0), [tuple(map(np.concatenate, zip(*work, strict=True)))])
    assert torch.equal(
        together, torch.stack([first.unflatten(0, (2, 2)), second.unflatten(0, (2, 2))], 1).flatten(0, 2)
    )
    for one, same in zip((first, second), drawn_views(dataset, Reach.of(1.0), work, workers=2), strict=True):
        assert torch.equal(one, same)
    with pytest.raises(ValueError, match="give the data set one"):
        next(drawn_views(replace(dataset, size=None), Reach.of(1.0), work))


@pytest.mark.parametrize("workers", [0, 1])
def test_above_a_size_no_copy_of_pictures_is_written(tmp_path, monkeypatch, workers):
    dataset = coloured(tmp_path)
    stored = stored_pictures(dataset, tmp_path / "some")
    monkeypatch.setattr(view_batches, "BLOCK", 50)
    blocks = list(shown_pictures(dataset, tmp_path / "some"))
    assert list(map(len, blocks)) == [50, 50, 12]
    assert np.array_equal(torch.cat(blocks), stored)
    monkeypatch.setattr(view_batches, "STORED", stored.nbytes - 1)
    assert torch.equal(torch.cat(list(shown_pictures(dataset, tmp_path / "none", workers))), torch.cat(blocks))
    with pytest.raises(ValueError, match=r"are stored: draw new views in every epoch \(--views 0\)"):
        view_pool(dataset, 2, 1.0, tmp_path)
    assert not (tmp_path / "none").exists()


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")  # from Python 3.12 on: torch forks its workers
@pytest.mark.parametrize("workers", [0, 1])
def test_a_picture_that_is_gone_is_one_line(tmp_path, workers):
    dataset = photographs(tmp_path, 2)
    dataset.files[1].write_bytes(dataset.files[1].read_bytes()[:5000])
    source = FreshViews(dataset, workers=workers, device="cpu")
    with pytest.raises(ValueError, match=f"cannot read picture {dataset.files[1]}: ") as caught:
        list(source.batches([np.array([0, 1])], 2, np.random.default_rng(0)))
    assert "\n" not in str(caught.value)


@pytest.mark.gpu
def test_on_a_gpu_views_are_those_of_the_cpu_up_to_rounding(tmp_path):
    dataset, work = photographs(tmp_path, side=224), [np.arange(6)]
    first, second = (
        next(FreshViews(dataset, workers=1, device=device).batches(work, 2, np.random.default_rng(0))).pictures
        for device in ("cpu", "cuda")
    )
    assert second.is_cuda
    assert (first.float() - second.cpu().float()).abs().max() <= 1
