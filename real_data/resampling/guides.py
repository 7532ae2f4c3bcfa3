"""Guides to hold a guide against: one that knows nothing, one that knows the labels, one that knows the captions."""

import numpy as np
import scipy.sparse as sp
import torch

TIE_BREAK = 0.1  # length of the random part of an oracle's rows, which decides within a class and never across


def random_guide(rows: int, rng: np.random.Generator, width: int = 64) -> torch.Tensor:
    """A guide that knows nothing: independent directions, uniform on the sphere, (rows, width), float32, on the CPU.

    The two views of an image have independent rows, so that every rule chooses at random.
    """
    directions = torch.from_numpy(rng.standard_normal((rows, width)).astype(np.float32))
    return torch.nn.functional.normalize(directions, dim=1)


def label_guide(labels: torch.Tensor | np.ndarray, rng: np.random.Generator | None = None) -> torch.Tensor:
    """An oracle: rows of one class are more similar than any rows of two; float32, on the CPU.

    Without an rng the similarities are exactly 1 and 0, and the first of the rows of a class is the nearest of them
    all; with one, ties are broken at random.

    Parameters
    ----------
    labels : (2B,), integers
        The class of each row of the batch, first views, then second views.

    Raises
    ------
    ValueError
        Not one integer for each row.
    """
    classes = np.asarray(torch.as_tensor(labels).cpu())
    if classes.ndim != 1 or not np.issubdtype(classes.dtype, np.integer):
        raise ValueError(f"labels are {classes.dtype} of shape {classes.shape}: give one integer for each row")
    _, columns = np.unique(classes, return_inverse=True)
    one_hot = torch.nn.functional.one_hot(torch.from_numpy(columns)).float()
    return one_hot if rng is None else torch.hstack([one_hot, TIE_BREAK * random_guide(len(classes), rng)])


def caption_guide(captions: sp.csr_array, rng: np.random.Generator | None = None) -> torch.Tensor:
    """Overlap of the captions of the images of two rows, as the cosine of the two sets; float32, on the CPU.

    Without an rng, images that share none have a similarity of exactly 0; with one, ties are broken at random, and
    with them what differs by less than 0.02.

    Parameters
    ----------
    captions : (2B, number of texts)
        How often the image of each row has each text, first views, then second views.

    Raises
    ------
    ValueError
        A row without a caption.

    Notes
    -----
    Cost: O(B times the texts of the batch) memory.
    """
    there = captions[:, np.unique(captions.indices)].toarray()
    if not there.any(axis=1).all():
        raise ValueError(f"row {int(np.argmin(there.any(axis=1)))} has no caption to share")
    sets = torch.nn.functional.normalize(torch.from_numpy(there).float(), dim=1)
    return sets if rng is None else torch.hstack([sets, TIE_BREAK * random_guide(len(there), rng)])
