"""Views drawn anew: crops of originals by processes, colours and blur in batches, against torchvision one by one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision.transforms.v2.functional as tv
from PIL import Image
from scipy.stats import ks_2samp
from torchvision.transforms import RandomResizedCrop

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.pictures import digest, open_original, open_picture
from pairbounds.real_data.pairings.views import Reach
from pairbounds.real_data.training import changes, views
from pairbounds.real_data.training.changes import changed, random_box, random_changes
from pairbounds.real_data.training.crops import cut
from pairbounds.real_data.training.views import DecodedPictures, FreshViews, shown_pictures, stored_pictures, view_pool
from tests.real_data.colours import coloured


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


@pytest.mark.parametrize(("width", "height"), [(500, 375), (300, 900), (20, 30)])
def test_crops_have_the_distribution_of_torchvisions(width, height):
    rng, count = np.random.default_rng(0), 4000
    ours = np.array([random_box(width, height, 0.08, rng) for _ in range(count)])
    assert (ours >= 0).all()
    assert (ours[:, 2:] <= (width, height)).all()
    picture = Image.new("RGB", (width, height))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = np.array(
            [RandomResizedCrop.get_params(picture, [0.08, 1.0], [3 / 4, 4 / 3]) for _ in range(count)], dtype=float
        )
    sides = ours[:, 2:] - ours[:, :2]
    for own, peer in (
        (sides[:, 0] * sides[:, 1], theirs[:, 2] * theirs[:, 3]),
        (sides[:, 0] / sides[:, 1], theirs[:, 3] / theirs[:, 2]),
        (ours[:, 0], theirs[:, 1]),
        (ours[:, 1], theirs[:, 0]),
    ):
        assert ks_2samp(own, peer).pvalue > 1e-4


@pytest.mark.parametrize(("width", "height"), [(1000, 10), (10, 1000), (1, 1)])
def test_a_picture_of_no_shape_gives_its_middle_as_torchvisions_does(width, height):
    top, left, h, w = RandomResizedCrop.get_params(torch.empty(3, height, width), [0.08, 1.0], [3 / 4, 4 / 3])
    found = {random_box(width, height, 0.9, np.random.default_rng(seed)) for seed in range(5)}
    assert (left, top, left + w, top + h) in found


def test_changes_of_a_batch_are_torchvisions_one_by_one():
    rng, reach = np.random.default_rng(1), Reach.of(1.0)
    crops = torch.from_numpy(rng.integers(0, 256, (40, 3, 48, 48), dtype=np.uint8))
    rows = torch.from_numpy(np.stack([random_changes(reach, rng) for _ in crops]))
    found = changed(crops, rows)
    assert found.dtype == torch.uint8
    for view, crop, row in zip(found, crops, rows, strict=True):
        x = crop.float() / 255
        if row[changes.FLIP]:
            x = tv.horizontal_flip(x)
        for place in row[changes.ORDER].int().tolist():
            if place:
                change = {
                    changes.BRIGHTNESS: tv.adjust_brightness,
                    changes.CONTRAST: tv.adjust_contrast,
                    changes.SATURATION: tv.adjust_saturation,
                    changes.HUE: tv.adjust_hue,
                }[place]
                x = change(x, float(row[place]))
        if row[changes.GREYED]:
            x = tv.rgb_to_grayscale(x, 3)
        if row[changes.SIGMA]:
            x = tv.gaussian_blur(x, [5, 5], [float(row[changes.SIGMA])])
        assert (255 * x - view.float()).abs().max() < 0.52  # half a step, and the rounding of float32


def test_changes_are_made_as_often_and_as_far_as_is_published():
    rng = np.random.default_rng(2)
    for strength in (1.0, 0.25):
        rows = np.stack([random_changes(Reach.of(strength), rng) for _ in range(20_000)])
        jittered, blurred = rows[:, changes.ORDER].any(axis=1), rows[:, changes.SIGMA] > 0
        for share, expected in (
            (rows[:, changes.FLIP], 0.5), (jittered, 0.8), (rows[:, changes.GREYED], 0.2), (blurred, 0.5),
        ):  # fmt: skip
            assert np.mean(share) == pytest.approx(expected, abs=5 * np.sqrt(0.25 / len(rows)))
        colour = rows[jittered][:, [changes.BRIGHTNESS, changes.CONTRAST, changes.SATURATION]]
        assert 0.999 * 0.8 * strength < np.abs(colour - 1).max() <= 0.8 * strength
        assert 0.999 * 0.2 * strength < np.abs(rows[:, changes.HUE]).max() <= 0.2 * strength
        assert 0.1 <= rows[blurred, changes.SIGMA].min() < 0.11
        assert 0.99 * (0.1 + 1.9 * strength) < rows[:, changes.SIGMA].max() <= 0.1 + 1.9 * strength
        assert len(np.unique(rows[jittered][:, changes.ORDER], axis=0)) == 24
        assert not rows[~jittered, changes.HUE].any()


def test_a_batch_in_parts_is_the_batch(monkeypatch):
    rng = np.random.default_rng(3)
    crops = torch.from_numpy(rng.integers(0, 256, (11, 3, 24, 24), dtype=np.uint8))
    rows = torch.from_numpy(np.stack([random_changes(Reach.of(1.0), rng) for _ in crops]))
    whole = changed(crops, rows)
    monkeypatch.setattr(changes, "AT_ONCE", 4)
    assert torch.equal(changed(crops, rows), whole)


def test_a_large_jpeg_is_decoded_in_part_and_the_crop_is_the_same_to_the_eye(tmp_path):
    path = photograph(tmp_path / "large.jpg", 1600, 1200)
    boxes = [(104, 48, 1504, 1104), (0, 0, 1200, 1200)]  # in eighths
    with open_original(path) as picture:
        found = cut(picture, boxes, 64)
        assert picture.size == (200, 150)  # an eighth
    whole = open_picture(path, None)
    for part, box in zip(found, boxes, strict=True):
        exact = whole.crop(box).resize((64, 64), Image.Resampling.BICUBIC)
        assert np.abs(part.permute(1, 2, 0).numpy() - np.asarray(exact, dtype=float)).mean() < 1
    with open_original(path) as picture:
        box = (10, 20, 110, 150)
        (small,) = cut(picture, [box], 64)
        assert picture.size == (1600, 1200)  # a small crop needs all there is
    exact = whole.crop(box).resize((64, 64), Image.Resampling.BICUBIC)
    assert np.abs(small.permute(1, 2, 0).numpy() - np.asarray(exact, dtype=float)).max() <= 2


def test_views_are_cut_out_of_the_original_which_is_decoded_once_for_all_of_an_image(tmp_path, monkeypatch):
    dataset = photographs(tmp_path)
    opened = []
    monkeypatch.setattr(
        ImageTextDataset, "original", lambda self, index: opened.append(index) or open_original(self.files[index])
    )
    source, images = FreshViews(dataset, 1.0, device="cpu"), np.array([4, 1])
    (batch,) = source.batches([images], 2, np.random.default_rng(7))
    assert opened == [4, 1]
    seeds = np.random.default_rng(7).integers(2**63, size=(2, 2))
    for row, (image, seed) in enumerate(zip(np.tile(images, 2), seeds.ravel(), strict=True)):
        rng = np.random.default_rng(seed)
        box = random_box(500, 375, 0.08, rng)
        whole = open_picture(dataset.files[image], None)
        crop = torch.from_numpy(np.array(whole.crop(box).resize((32, 32), Image.Resampling.BICUBIC))).permute(2, 0, 1)
        expected = changed(crop[None], torch.from_numpy(random_changes(Reach.of(1.0), rng))[None])
        assert (batch.pictures[row].float() - expected[0].float()).abs().mean() < 2


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")  # from Python 3.12 on: torch forks its workers
@pytest.mark.filterwarnings("ignore:This DataLoader will create")  # more workers than a machine of one core has
def test_processes_stay_from_epoch_to_epoch_and_draw_what_one_does(tmp_path):
    dataset, work = photographs(tmp_path), [np.array([0, 3]), np.array([5, 2])]
    here, there = FreshViews(dataset, device="cpu"), FreshViews(dataset, workers=2, device="cpu")
    kept = set()
    for seed in range(3):
        ours, theirs = (list(source.batches(work, 2, np.random.default_rng(seed))) for source in (here, there))
        assert all(torch.equal(one.pictures, same.pictures) for one, same in zip(ours, theirs, strict=True))
        loader, _ = there._loader
        kept.add(tuple(worker.pid for worker in loader._iterator._workers))
    assert len(kept) == 1


def test_a_view_is_the_same_in_whatever_batch_it_is_drawn(tmp_path):
    dataset = photographs(tmp_path, side=16)
    crops = views.Crops(dataset, 1.0)
    alone, among = [crops[(3, [11])]], [crops[(0, [5])], crops[(3, [11])]]
    first, second = (changed(*views.together(drawn)) for drawn in (alone, among))
    assert torch.equal(first[0], second[1])


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")  # from Python 3.12 on: torch forks its workers
@pytest.mark.parametrize("workers", [0, 1])
def test_a_picture_that_is_gone_is_one_line(tmp_path, workers):
    dataset = photographs(tmp_path, 2)
    dataset.files[1].write_bytes(dataset.files[1].read_bytes()[:5000])
    source = FreshViews(dataset, workers=workers, device="cpu")
    with pytest.raises(ValueError, match=f"cannot read picture {dataset.files[1]}: ") as caught:
        list(source.batches([np.array([0, 1])], 2, np.random.default_rng(0)))
    assert "\n" not in str(caught.value)


def test_above_a_size_no_copy_of_pictures_is_written(tmp_path, monkeypatch):
    dataset = coloured(tmp_path)
    stored = stored_pictures(dataset, tmp_path / "some")
    assert isinstance(shown_pictures(dataset, tmp_path / "some"), np.ndarray)
    monkeypatch.setattr(views, "STORED", stored.nbytes - 1)
    decoded = shown_pictures(dataset, tmp_path / "none")
    assert isinstance(decoded, DecodedPictures)
    assert len(decoded) == len(stored)
    for start in (0, 50, 100, 20):
        assert np.array_equal(decoded[start : start + 50], stored[start : start + 50])
    for draw in (lambda: stored_pictures(dataset, tmp_path / "none"), lambda: view_pool(dataset, 2, 1.0, tmp_path)):
        with pytest.raises(ValueError, match=r"are stored: draw new views in every epoch \(--views 0\)"):
            draw()
    assert not (tmp_path / "none").exists()


def test_a_drawing_is_rendered_at_the_size_of_its_views(tmp_path):
    path = tmp_path / "line.svg"
    shape = '<rect width="7" height="20"/>'
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{shape}</svg>')
    dataset = replace(photographs(tmp_path, 1), files=(path,), size=100)
    with dataset.original(0) as picture:
        assert picture.size == (100, 100)


@pytest.mark.gpu
def test_on_a_gpu_views_are_those_of_the_cpu_up_to_rounding(tmp_path):
    dataset, work = photographs(tmp_path, side=224), [np.arange(6)]
    first, second = (
        next(FreshViews(dataset, workers=1, device=device).batches(work, 2, np.random.default_rng(0))).pictures
        for device in ("cpu", "cuda")
    )
    assert second.is_cuda
    assert (first.float() - second.cpu().float()).abs().max() <= 1
