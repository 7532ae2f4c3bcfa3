"""Features of images without any training: principal components of the outputs of a fixed map."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageOps
from sklearn.decomposition import PCA
from torch.nn.functional import interpolate

from pairbounds.infrastructure.arrays import row_blocks, without_torch
from pairbounds.infrastructure.checks import find_named
from pairbounds.infrastructure.devices import torch_device
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.feature_maps import FEATURE_MAPS

if TYPE_CHECKING:
    from pairbounds.real_data.datasets import ImageTextDataset

BATCH = 8  # images; with more, activations do not fit the cache, and `patches` takes three times as long
FITTED = 5_000  # maximum number of images for fitting a map
MOST, IMAGES_EACH = 256, 4  # default number of features, and minimum number of images for each feature
PIXELS = 32  # pixels along a side
ROUND_OFF = 1e-5  # relative round-off of float32


def untrained_features(
    images: "npt.ArrayLike | ImageTextDataset | str | Path",
    *,
    kind: str = "conv",
    seed: int = 0,
    n_features: int | None = None,
    fit: "npt.ArrayLike | ImageTextDataset | str | Path | None" = None,
    device: str = "auto",
) -> npt.NDArray[np.float32]:
    """Features of images by an untrained map: a constant 1, then principal components of the map's outputs.

    They are inputs of `PairGraph.through` and `linear_optimum` (theorem 42).

    Parameters
    ----------
    images : array (n, h, w, 3) or (n, 3, h, w) of bytes or of floats in [0, 1]; a data set; or a folder, whose pictures
        are read with those of its subfolders, in the order of their paths. They are resized to 32 x 32 pixels.
    kind : "conv": a random convolutional network. "patches": random patches as filters. "pixels": the pixels.
        "tangent": gradients of a random network, sketched
    seed : seed of weights, patches and sketch. Torch's global generators are not used.
    n_features : at least 2, with the constant. By default 256, or a quarter of the images if there are fewer than
        1,024: with nearly as many features as images, a linear encoder can reach any embedding.
    fit : as `images`, optional
        The images for fitting patches and principal components, by default `images`; at most 5,000 of them, at random.
        For new images give the original images here; otherwise the features are not comparable.
    device : "auto", "cpu" or "cuda"

    Returns
    -------
    (n, n_features), float32
        With the same `fit`, an image has the same features in any `images`, up to round-off.

    Raises
    ------
    ValueError : an unknown kind; images of another shape, type or range; n_features out of range

    Examples
    --------
    >>> import numpy as np
    >>> from pairbounds import untrained_features
    >>> images = np.random.default_rng(0).integers(0, 256, (50, 32, 32, 3), dtype=np.uint8)
    >>> untrained_features(images, kind="pixels", n_features=20).shape
    (50, 20)
    """
    build = find_named("kind", kind, FEATURE_MAPS)
    size, pictures = _reader(images)
    n_fitted, fit_pictures = (size, pictures) if fit is None else _reader(fit)
    where, (rng, choice) = torch_device(device), np.random.default_rng(seed).spawn(2)
    chosen = np.sort(choice.choice(n_fitted, min(n_fitted, FITTED), replace=False))
    fitted = torch.cat([fit_pictures(chosen[block]) for block in row_blocks(len(chosen), 1, BATCH)]).to(where)
    computed = build(fitted, rng)
    with torch.no_grad():
        raw = torch.cat([computed(part) for part in torch.split(fitted, BATCH)]).cpu().double().numpy()
        count = max(2, min(MOST, len(raw) // IMAGES_EACH)) if n_features is None else n_features
        if not 2 <= count <= min(raw.shape):
            limits = f"{kind} has {raw.shape[1]} outputs, and is fitted to {len(raw)} images"
            raise ValueError(f"n_features={count} is not in 2..{min(raw.shape)}: {limits}")
        if np.ptp(raw, axis=0).max() <= ROUND_OFF * np.abs(raw).max():
            raise ValueError(f"all {len(raw)} images have the same features: give images that differ")
        components = PCA(count - 1, svd_solver="arpack", random_state=0).fit(raw)
        features = np.ones((size, count), dtype=np.float32)
        for block in Bar([*row_blocks(size, 1, BATCH)], desc=f"features by {kind}"):
            rows = computed(pictures(np.arange(size)[block]).to(where)).cpu().numpy()
            features[block, 1:] = components.transform(rows)
    return features


def _reader(images: Any) -> tuple[int, Callable[[npt.NDArray[np.int64]], torch.Tensor]]:
    """The number of images, and a function from b indices to images, (b, 3, PIXELS, PIXELS) in [-1, 1]."""
    if isinstance(images, str | Path):
        from pairbounds.real_data.datasets.picture_files import open_picture, pictures_in  # needs the extra images

        files = pictures_in(Path(images))
        return len(files), lambda rows: _squares(open_picture(files[row], None) for row in rows)
    if callable(getattr(images, "image", None)):
        return len(images), lambda rows: _squares(map(images.image, rows))
    array = images if isinstance(images, np.memmap) else np.asarray(without_torch(images))
    if array.ndim != 4 or 3 not in (array.shape[1], array.shape[3]) or 0 in array.shape:
        raise ValueError(f"images have shape {array.shape}: give (n, h, w, 3) or (n, 3, h, w)")
    if array.dtype != np.uint8 and not np.issubdtype(array.dtype, np.floating):
        raise ValueError(f"images hold {array.dtype}: give bytes (uint8), or floats in [0, 1]")
    return len(array), lambda rows: _resized(array[rows])


def _squares(pictures: Iterable[Image.Image]) -> torch.Tensor:
    fitted = [ImageOps.fit(picture, (PIXELS, PIXELS), Image.Resampling.BICUBIC) for picture in pictures]
    return _resized(np.stack([np.asarray(picture) for picture in fitted]))


def _resized(array: npt.NDArray[Any]) -> torch.Tensor:
    largest = 255 if array.dtype == np.uint8 else 1
    values = np.moveaxis(array, 3, 1) if array.shape[3] == 3 else array
    pictures = torch.from_numpy(values.astype(np.float32)) / largest
    if not (pictures.min() >= 0 and pictures.max() <= 1):
        raise ValueError("images hold values outside [0, 1]: rescale them, or give bytes (uint8)")
    if pictures.shape[2:] != (PIXELS, PIXELS):
        pictures = interpolate(pictures, (PIXELS, PIXELS), mode="bilinear", antialias=True)
    return 2 * pictures - 1
