"""Features from what people have: arrays, or a model and its inputs."""

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

BLOCK = 4096  # inputs that a model is given at once


def features_of(encoder: Any, inputs: Any = None) -> tuple[Any, Any]:
    """F and g, which is `None` where there is no right side, of features or of models, of one side or of two.

    `ValueError`: a model without inputs, features with inputs; inputs without a length; outputs that are no features.
    `ForeignCodeError`: a model raised something.
    """
    both = isinstance(encoder, tuple | list) and len(encoder) == 2
    sides = tuple(encoder) if both else (encoder,)
    if not any(callable(side) for side in sides):
        if inputs is not None:
            raise ValueError("inputs are for a model, and features are given")
        return _two(sides)
    given = inputs if both else (inputs,)
    if not isinstance(given, tuple | list) or len(given) != len(sides) or any(each is None for each in given):
        raise ValueError(
            f"{'two models take' if both else 'a model takes'} inputs={'(left, right)' if both else '...'}"
        )
    found = [_outputs(side, each, name) for side, each, name in zip(sides, given, "fg", strict=False)]
    return _two(found)


def _two(sides: Sequence[Any]) -> tuple[Any, Any]:
    """Both, the second `None` where there is one."""
    return sides[0], sides[1] if len(sides) > 1 else None


def _outputs(model: Any, inputs: Any, name: str) -> FloatArray:
    """Outputs of a model on its inputs, block by block."""
    if not callable(model):
        raise ValueError(f"{name} is no model, and the other is one: give two of a kind")
    if not hasattr(inputs, "__len__"):
        raise ValueError(f"the inputs of {name} have no length: give an array, a tensor or a list")
    parts = []
    with _at_rest(model):
        for start in range(0, len(inputs), BLOCK):
            block = _beside(model, inputs[start : start + BLOCK])
            with foreign_code(f"model {name}", model):
                outputs = model(block)
            parts.append(as_features(outputs, len(block), name))
    return np.vstack(parts)


@contextmanager
def _at_rest(model: Any) -> Iterator[None]:
    """A torch module in evaluation mode and without gradients; each part of it is as before afterwards."""
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


def _beside(model: Any, block: Any) -> Any:
    """Arrays and tensors for a torch module in its own type of numbers, and on its device."""
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
