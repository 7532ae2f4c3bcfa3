"""Views drawn anew from original files, by processes, and pictures that are too many to be stored."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.transforms.v2.functional import pil_to_tensor

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.datasets.pictures import digest, open_picture
from pairbounds.real_data.pairings.views import simclr
from pairbounds.real_data.training import views
from pairbounds.real_data.training.views import FreshViews, shown_pictures, stored_pictures, view_pool
from tests.real_data import tiny
from tests.real_data.colours import RowEncoder, coloured


def photographs(folder: Path, count: int = 6, side: int = 16) -> ImageTextDataset:
    files = tuple(tiny.picture(folder / f"{number}.jpg", seed=number) for number in range(count))
    ids = tuple(path.name for path in files)
    return ImageTextDataset(
        "photographs", ids, files, tuple(map(digest, files)), (("a",),) * count, np.arange(count) % 2, ("p", "q"),
        side, "", "",
    )  # fmt: skip


def test_views_are_simclrs_of_the_original_which_is_decoded_once_for_all_of_an_image(tmp_path, monkeypatch):
    dataset, images, opened, original = photographs(tmp_path), np.array([4, 1]), [], ImageTextDataset.original
    monkeypatch.setattr(ImageTextDataset, "original", lambda self, i: opened.append(i) or original(self, i))
    before = torch.random.get_rng_state()
    (batch,) = FreshViews(dataset, 0.5, RowEncoder(), device="cpu").batches([images], 2, np.random.default_rng(7))
    assert opened == [4, 1]
    assert torch.equal(before, torch.random.get_rng_state())
    as_eye = batch.pictures.permute(0, 2, 3, 1).float() / 255
    np.testing.assert_allclose(batch.seen, RowEncoder().embed(as_eye), rtol=1e-6)
    seeds = np.random.default_rng(7).integers(2**63, size=(2, 2))
    for row, (image, seed) in enumerate(zip(np.tile(images, 2), seeds.ravel().tolist(), strict=True)):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            view = simclr(16, 0.5)(open_picture(dataset.files[image], None))
        assert torch.equal(batch.pictures[row], pil_to_tensor(view))
    with pytest.raises(ValueError, match="give the data set one"):
        next(FreshViews(replace(dataset, size=None)).batches([images], 2, np.random.default_rng(0)))


class Fixed:
    """Seeds of views by their images, whoever asks."""

    def __init__(self, *batches):
        self.left = list(batches)

    def integers(self, _, size):
        return np.arange(size[0])[:, None] * 50 + self.left.pop(0)


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")  # from Python 3.12 on: torch forks its workers
@pytest.mark.filterwarnings("ignore:This DataLoader will create")  # more workers than a machine of one core has
def test_a_view_is_the_same_in_whatever_batch_and_on_however_many_processes(tmp_path):
    dataset, work = photographs(tmp_path), [np.array([0, 3]), np.array([5, 2])]
    both = [np.concatenate(work)]
    apart, (together,), processes = (
        [one.pictures for one in FreshViews(dataset, workers=workers, device="cpu").batches(given, 2, Fixed(*given))]
        for given, workers in ((work, 0), (both, 0), (work, 2))
    )
    assert torch.equal(together, torch.stack([view.unflatten(0, (2, 2)) for view in apart], 1).flatten(0, 2))
    assert all(torch.equal(one, same) for one, same in zip(apart, processes, strict=True))


@pytest.mark.parametrize("workers", [0, 1])
def test_above_a_size_no_copy_of_pictures_is_written(tmp_path, monkeypatch, workers):
    dataset = coloured(tmp_path)
    stored = stored_pictures(dataset, tmp_path / "some")
    monkeypatch.setattr(views, "BLOCK", 50)
    blocks = list(shown_pictures(dataset, tmp_path / "some"))
    assert list(map(len, blocks)) == [50, 50, 12]
    assert np.array_equal(torch.cat(blocks), stored)
    monkeypatch.setattr(views, "STORED", stored.nbytes - 1)
    assert torch.equal(torch.cat(list(shown_pictures(dataset, tmp_path / "none", workers))), torch.cat(blocks))
    with pytest.raises(ValueError, match=r"are stored: draw new views in every epoch \(--views 0\)"):
        view_pool(dataset, 2, 1.0, tmp_path)
    assert not (tmp_path / "none").exists()


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")  # from Python 3.12 on: torch forks its workers
@pytest.mark.parametrize("workers", [0, 1])
def test_a_picture_that_is_gone_is_one_line(tmp_path, workers):
    dataset = photographs(tmp_path, 2)
    dataset.files[1].write_bytes(dataset.files[1].read_bytes()[:300])
    source = FreshViews(dataset, workers=workers, device="cpu")
    with pytest.raises(ValueError, match=f"cannot read picture {dataset.files[1]}: ") as caught:
        list(source.batches([np.array([0, 1])], 2, np.random.default_rng(0)))
    assert "\n" not in str(caught.value)
