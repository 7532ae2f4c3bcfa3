"""Encoders that are trained on a world, and six faults that are planted in them."""

import math

import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from pairbounds import LatentWorld, train
from pairbounds.simulations.observations import caption_features, image_features

BATCH, STEPS = 64, 60


class Clip(nn.Module):
    """CLIP's loss with a learned temperature; without negatives, pairs only attract each other."""

    def __init__(self, negatives=True):
        super().__init__()
        self.negatives = negatives
        self.log_scale = nn.Parameter(torch.tensor(-math.log(0.07), dtype=torch.float64))

    def forward(self, first, second, weight):
        cosines, pairs = normalize(first) @ normalize(second).T, torch.arange(len(first))
        if not self.negatives:
            return -cosines.diagonal().mean()
        scores = cosines * self.log_scale.exp().clamp(max=100)
        return (cross_entropy(scores, pairs) + cross_entropy(scores.T, pairs)) / 2


def trained(world, graph, steps=STEPS, negatives=True):
    """Embeddings of a network of width 16 on both sides, and the temperature that it learned."""
    loss, inputs = Clip(negatives), (image_features(world), caption_features(world, graph))
    rate = 3e-3 if steps else 0.0
    settings = {"optimizer": "adam", "steps": max(1, steps), "learning_rate": rate, "batch": BATCH, "log_every": 999}
    result = train(graph, 16, loss=loss, encoder="mlp", inputs=inputs, seed=world.seed, **settings)
    return result.left, result.right, float((-loss.log_scale.detach()).exp())


def prompts(world, graph, texts):
    """A caption of each class that names no style."""
    named, style, _ = world.caption_latents(graph)
    return {number: texts[(named == number) & (style == world.n_styles)][0] for number in range(world.n_classes)}


def cases(seed, rng):
    """The first symptom that should be named, `None` for a healthy encoder, and the arguments of `diagnose`."""
    world, coarse = LatentWorld(n_phrases=200, seed=seed), LatentWorld(n_phrases=1, seed=seed)
    graph, shared = (part.caption_graph(detail=0.5) for part in (world, coarse))
    f, g, temperature = trained(world, graph)
    class_prompts = prompts(world, graph, g)
    options = {"batch": BATCH, "temperature": temperature, "prompts": class_prompts}
    yield None, (f, g, graph), options
    for fault, settings in {"Stuck": {"steps": 0}, "Collapse": {"negatives": False}}.items():
        u, v, start = trained(world, graph, **settings)
        yield fault, (u, v, graph), options | {"temperature": start, "prompts": prompts(world, graph, v)}
    factor = 10.0 if seed % 2 else 0.1
    yield "Temperature", (f, g, graph), options | {"temperature": factor * temperature}
    yield "Pairs do not match", (f, g[rng.permutation(len(g))], graph), options
    wrong, other = rng.choice(world.n_classes, 2, replace=False).tolist()
    yield "Prompts", (f, g, graph), options | {"prompts": class_prompts | {wrong: class_prompts[other]}}
    u, v, start = trained(coarse, shared)
    yield "Duplicate captions", (u, v, shared), options | {"temperature": start, "prompts": prompts(coarse, shared, v)}
