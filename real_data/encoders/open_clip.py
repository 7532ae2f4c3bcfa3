"""CLIP models of open_clip, with published weights, a local checkpoint, or random weights."""

import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import huggingface_hub
import open_clip
import torch
from huggingface_hub.utils import get_session
from open_clip.constants import HF_SAFE_WEIGHTS_NAME, HF_WEIGHTS_NAME
from open_clip.transform import ResizeKeepRatio
from PIL import Image

from pairbounds.infrastructure.checks import require_named
from pairbounds.infrastructure.devices import torch_device, weights_in
from pairbounds.infrastructure.inputs import AnyPath
from pairbounds.real_data.datasets.picture_files import digest
from pairbounds.real_data.encoders.cache import Rows, content_key
from pairbounds.real_data.encoders.encoder import DualEncoder

RANDOM = "random"
PATIENCE = 3.0  # timeout of a request to the hub, in seconds
TEXT_BATCH = 256
SAFE = frozenset({".safetensors", ".npz", ".npy"})  # formats of checkpoints that contain only arrays

Precision = Literal["float32", "bfloat16"]


class OpenClip(DualEncoder):
    """A CLIP model.

    `ValueError`: an unknown model, tag or precision; weights that do not fit the model; published weights with another
    activation; a checkpoint with more than weights, which is never unpickled. `FileNotFoundError`: the weights are not
    cached, and the hub cannot be reached.

    Parameters
    ----------
    model : an architecture, one of `open_clip.list_models()`
    pretrained : a tag of its published weights, the path of a checkpoint, or "random" to measure speed
        Published weights come from the hub's cache, or are downloaded. A checkpoint does not contain its activation:
        OpenAI's weights need an architecture whose name ends in "-quickgelu".
    precision : "bfloat16" uses autocast, several times faster on recent processors
    device : as in `pairbounds.infrastructure.devices.torch_device`
    """

    name = "open-clip"

    def __init__(
        self, model: str, pretrained: AnyPath, *, precision: Precision = "float32", device: str = "auto"
    ) -> None:
        require_named("precision", precision, get_args(Precision))
        configuration = architecture(model)
        self.device, self.precision = torch_device(device), precision
        weights, preprocessing = _weights(model, os.fspath(pretrained))
        self.model, self.transform = _loaded(model, weights, preprocessing)
        self.model.eval().to(self.device)
        self.tokenizer = open_clip.get_tokenizer(model)
        self.key = content_key(
            model,
            repr(sorted(configuration.items())),
            digest(weights) if weights else RANDOM,
            repr(self.model.visual.preprocess_cfg),
            precision,
        )

    def prepare(self, image: Image.Image) -> torch.Tensor:
        """See `LiveEncoder`."""
        prepared: torch.Tensor = self.transform(image)
        return prepared

    def embed(self, batch: torch.Tensor) -> Rows:
        """See `LiveEncoder`."""
        rows: Rows = self._features(self.model.encode_image, batch).cpu().numpy()
        return rows

    def see(self, pictures: torch.Tensor) -> torch.Tensor:
        """See `LiveEncoder`; applies the model's transform to a batch of bytes on the device."""
        *resizing, normalising = self.transform.transforms
        if any(isinstance(step, ResizeKeepRatio) for step in resizing):  # works on single Pillow images
            return super().see(pictures)
        batch = pictures.to(self.device)
        for step in resizing:
            batch = step(batch)
        return self._features(self.model.encode_image, normalising(batch / 255))

    def text_rows(self, texts: Sequence[str]) -> Iterator[Rows]:
        """See `TextEncoder`."""
        for start in range(0, len(texts), TEXT_BATCH):
            tokens = self.tokenizer(list(texts[start : start + TEXT_BATCH]))
            yield self._features(self.model.encode_text, tokens).cpu().numpy()

    def _features(self, encode: Any, batch: torch.Tensor) -> torch.Tensor:
        low = self.precision == "bfloat16"
        # With `inference_mode`, bfloat16 on a CPU is 3 to 6 times slower.
        with torch.no_grad(), torch.autocast(self.device.type, torch.bfloat16, enabled=low):
            features: torch.Tensor = encode(batch.to(self.device)).float()
        return features


def architecture(model: str) -> dict[str, Any]:
    """Configuration of an open_clip model, without waiting for the network.

    `ValueError`: an unknown name, or a location ("hf-hub:", "local-dir:"), which would load weights too.
    `FileNotFoundError`: its tokenizer is on the hub, which cannot be reached.
    """
    configuration: dict[str, Any] | None = None if ":" in model else open_clip.get_model_config(model)
    if configuration is None:
        raise ValueError(f"open_clip has no model {model!r}: choose from open_clip.list_models()")
    if "hf_tokenizer_name" in configuration["text_cfg"] and not huggingface_hub.constants.HF_HUB_OFFLINE:
        _require_hub(f"model {model} has its tokenizer on the hub", "connect, or set HF_HUB_OFFLINE=1 if it is cached")
    return configuration


def _weights(model: str, pretrained: str) -> tuple[Path | None, dict[str, Any]]:
    """The file of the weights, `None` for random weights, and the preprocessing used in their training."""
    if pretrained == RANDOM:
        return None, {}
    published = open_clip.get_pretrained_cfg(model, pretrained)
    if not published:
        if not Path(pretrained).exists():
            tags = ", ".join((*open_clip.list_pretrained_tags_by_model(model), RANDOM))
            raise ValueError(f"{pretrained!r} is neither a file nor weights of {model}: give a file or one of {tags}")
        if f"{model}-quickgelu" in open_clip.list_models():
            warnings.warn(
                f"checkpoint {pretrained} may need QuickGELU: for OpenAI's weights use model '{model}-quickgelu'",
                stacklevel=3,
            )
        return Path(pretrained), {}
    _require_activation(model, pretrained, quick=published.get("quick_gelu", False))
    preprocessing = {f"image_{name}": published[name] for name in ("mean", "std", "interpolation", "resize_mode")}
    return _published_file(model, pretrained, published), preprocessing


def _require_activation(model: str, tag: str, *, quick: bool) -> None:
    """Raise `ValueError` for weights trained with QuickGELU in a model with GELU, or the reverse."""
    built_with = bool(open_clip.get_model_config(model).get("quick_gelu", False))
    twin = model.removesuffix("-quickgelu") if built_with else f"{model}-quickgelu"
    if quick != built_with and twin in open_clip.list_models():
        activation = "QuickGELU" if quick else "GELU"
        raise ValueError(f"weights {tag} were trained with {activation}: use model {twin!r}, not {model!r}")


def _published_file(model: str, tag: str, published: dict[str, Any]) -> Path:
    repository, name = os.path.split(published["hf_hub"])
    names = (Path(name).with_suffix(".safetensors").name, name) if name else (HF_SAFE_WEIGHTS_NAME, HF_WEIGHTS_NAME)
    for candidate in names:
        cached = huggingface_hub.try_to_load_from_cache(repository, candidate)
        if isinstance(cached, str):
            return Path(cached)
    _require_hub(f"weights {tag!r} of {model} are not in the hub's cache", "connect, or give the path of a checkpoint")
    return Path(open_clip.download_pretrained(published))


def _require_hub(reason: str, remedy: str) -> None:
    """Raise if the hub does not answer one request; its client would retry for most of a minute."""
    try:
        get_session().head(huggingface_hub.constants.ENDPOINT, timeout=PATIENCE)
    except Exception as error:  # the client's exceptions differ between versions
        raise FileNotFoundError(f"{reason}, and the hub cannot be reached: {remedy}") from error


def _require_state(path: Path) -> None:
    """Raise `ValueError` for a checkpoint with anything other than named weights, numbers and texts."""
    try:
        content = weights_in(path)
    except ValueError as error:
        raise ValueError(f"{error}, and is not loaded: save only the model's state_dict") from error
    state = content.get("state_dict", content) if isinstance(content, dict) else None
    if not isinstance(state, dict) or not any(isinstance(value, torch.Tensor) for value in state.values()):
        raise ValueError(f"checkpoint {path} has no named weights: save the model's state_dict")


def _loaded(model: str, weights: Path | None, preprocessing: dict[str, Any]) -> tuple[Any, Any]:
    """The model and its image transform; random weights have a fixed seed."""
    path = None if weights is None else str(weights)
    if weights is not None and weights.suffix not in SAFE:
        # With an old torch, open_clip may load it again without this restriction.
        _require_state(weights)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network, _, transform = open_clip.create_model_and_transforms(
                model, path, pretrained_text=False, weights_only=True, **preprocessing
            )
    except Exception as error:  # invalid checkpoints raise many types
        reason = (str(error).splitlines() or [type(error).__name__])[0].partition(". ")[0]
        raise ValueError(f"cannot make {model} from {path or RANDOM}: {reason}") from error
    return network, transform
