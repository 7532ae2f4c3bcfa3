"""Example of your own encoder: a network with a bottleneck of three units.

Train it by name:   pairbounds study training --plugin examples/my_encoder.py --set encoder=bottleneck \
                        --set optimizer=adam --seeds 2 --out net.parquet
Print the error:    python examples/my_encoder.py
"""

from torch import nn

from pairbounds import LatentWorld, encoder, train
from pairbounds.simulations.observations import caption_features, image_features


@encoder("bottleneck")
def bottleneck(n_inputs, k):
    """Network from features (n, n_inputs) to embeddings (n, k); called once for images, once for captions."""
    return nn.Sequential(nn.Linear(n_inputs, 64), nn.GELU(), nn.Linear(64, 3), nn.Tanh(), nn.Linear(3, k))


if __name__ == "__main__":
    world = LatentWorld(seed=0)
    captions = world.caption_graph(noise=0.05, detail=0.3)
    inputs = image_features(world), caption_features(world, captions)
    for name in ("mlp", "bottleneck"):
        result = train(captions, k=8, encoder=name, inputs=inputs, optimizer="adam", steps=200, log_every=200)
        print(f"{name}: probe error {result.history['probe_error'].iloc[-1]:.3f}")
