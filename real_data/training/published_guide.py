"""The guide as the published code has it: views without normalisation, embeddings in half precision."""

import numpy as np
import torch
from PIL import Image

from pairbounds.real_data.encoders.cache import Rows, content_key
from pairbounds.real_data.encoders.encoder import LiveEncoder


class PublishedGuide(LiveEncoder):
    """An encoder that is given pictures in [0, 1] where it expects them normalised, and rounds its features to half.

    Its normalisation is that of a black and of a white picture. It computes as the encoder does, where the published
    guide computes in half precision throughout; its views have their own size, as there.

    Parameters
    ----------
    encoder : as it should be used
    size : pixels of the views

    Notes
    -----
    Source: github.com/PKU-ML/CLIP-Help-SimCLR, models/ssl.py and models/losses.py.
    """

    def __init__(self, encoder: LiveEncoder, size: int) -> None:
        black, white = (encoder.prepare(Image.new("RGB", (size, size), colour)) for colour in ("black", "white"))
        self.encoder, self.black, self.contrast = encoder, black, white - black
        self.name, self.key = f"{encoder.name}-published", content_key(encoder.key, "not normalised, rounded to half")

    def prepare(self, image: Image.Image) -> torch.Tensor:
        """See `LiveEncoder`: in [0, 1]."""
        return (self.encoder.prepare(image) - self.black) / self.contrast

    def embed(self, batch: torch.Tensor) -> Rows:
        """See `LiveEncoder`."""
        return self.encoder.embed(batch).astype(np.float16).astype(np.float32)
