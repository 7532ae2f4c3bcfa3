"""Features from arrays, or from models and their inputs."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.foreign import foreign_code
from pairbounds.theory.quantities.probes import as_features

if TYPE_CHECKING:
    import torch

BLOCK = 4096  # inputs of a model in one batch


def features_of(encoder: Any, inputs: Any = None) -> tuple[Any, Any]:
    """Features f and g from arrays or models of one or two sides; g is `None` without a right side.

    `ValueError`: a model without inputs, arrays with inputs, inputs without a length, or outputs that are not features.
    `ForeignCodeError`: a model raised an exception.
    """
    both = isinstance(encoder, tuple | list) and len(encoder) == 2
    sides: Sequence[Any] = encoder if both else (encoder,)
    if any(callable(side) for side in sides):
        parts = inputs if both else (inputs,)
        if not isinstance(parts, tuple | list) or len(parts) != len(sides) or any(part is None for part in parts):
            shape = "(left, right) for two models" if both else "... for one"
            raise ValueError(f"inputs do not fit: give inputs={shape}")
        sides = [_outputs(side, part, name) for side, part, name in zip(sides, parts, "fg", strict=False)]
    elif inputs is not None:
        raise ValueError("inputs are given with features: leave them out, or give a model")
    return sides[0], sides[1] if both else None


def _outputs(model: Any, inputs: Any, name: str) -> FloatArray:
    """Outputs of a model on its inputs, block by block."""
    if not callable(model):
        raise ValueError(f"{name} is not a model, but the other side is: give two models or two arrays")
    if not hasattr(inputs, "__len__"):
        raise ValueError(f"the inputs of {name} have no length: give an array, a tensor or a list")
    parts = []
    with _evaluation_mode(model):
        for start in range(0, len(inputs), BLOCK):
            block = _converted(model, inputs[start : start + BLOCK])
            with foreign_code(f"model {name}", model):
                outputs = model(block)
            parts.append(as_features(outputs, len(block), name))
    return np.vstack(parts)


@contextmanager
def _evaluation_mode(model: Any) -> Iterator[None]:
    """Put a torch module in evaluation mode without gradients; restore the mode of each submodule at the end."""
    if not _is_module(model):
        yield
        return
    import torch

    before = {part: part.training for part in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part, training in before.items():
            part.training = training


def _converted(model: Any, block: Any) -> Any:
    """Convert arrays and tensors to the dtype and device of a torch module."""
    if not _is_module(model) or not hasattr(block, "dtype"):
        return block
    import torch

    tensor, like = torch.as_tensor(block), next(model.parameters(), None)
    if like is None:
        return tensor
    return tensor.to(like.device, like.dtype if tensor.is_floating_point() else tensor.dtype)


def _is_module(model: Any) -> "TypeGuard[torch.nn.Module]":
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)
