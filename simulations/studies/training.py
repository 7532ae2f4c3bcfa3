"""Training history of an encoder, compared with the optimum of the spectral loss and its bounds."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.simulations.encoder_training import Optimisation, train
from pairbounds.simulations.encoders import require_encoder
from pairbounds.simulations.observations import caption_features, image_features
from pairbounds.simulations.user_code import loss_of
from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.spectrum.triplets import spectrum


@dataclass(frozen=True)
class WorldTrainingSettings(WorldShape, Optimisation):
    """A world, its captions, and the training of an encoder on them.

    Attributes
    ----------
    k : width of the embedding
    noise, detail : probability that a caption names a wrong class, and that it names a style
    feature_noise : noise of the encoder's inputs; unused by a free embedding
    loss : a name in `pairbounds.simulations.losses.LOSSES`
    encoder : a name in `pairbounds.simulations.encoders.ENCODERS`
    """

    k: int = 8
    noise: float = 0.05
    detail: float = 0.3
    feature_noise: float = 0.1
    steps: int = 2_000
    loss: str = "spectral"
    encoder: str = "free"

    def __post_init__(self) -> None:
        super().__post_init__()
        loss_of(self.loss)
        require_encoder(self.encoder)


def measure(settings: WorldTrainingSettings, seed: int) -> pd.DataFrame:
    """Training history, the number of bounds violated at its end, and bounds on the optimum."""
    world, k = settings.world(seed), settings.k
    graph = world.caption_graph(settings.noise, settings.detail)
    triplets = spectrum(graph, k + 1)
    inputs = None
    if settings.encoder != "free":
        noise = settings.feature_noise
        inputs = image_features(world, noise=noise), caption_features(world, graph, noise=noise)

    options = settings.optimisation() | {"loss": settings.loss, "encoder": settings.encoder, "inputs": inputs}
    result = train(graph, k, **options, device="cpu", seed=seed)
    history = result.history.rename(columns={"loss": "objective"})  # the loss itself is a setting
    trained = check_bounds(graph, k, (result.left, result.right), triplets=triplets)
    history["violated"] = int((~trained["holds"]).sum())
    checks = trained.set_index("bound")
    history["optimum_error"] = checks["measured"]["probe-error"]
    history["guess_error"] = checks["guess"]["probe-error"]
    history["bound"] = checks["value"]["probe-error"]
    history["sharp_bound"] = checks["value"]["sharp-probe-error"]
    return history


STUDY = Study(
    question="How far do the loss and the encoder move training from the optimum of the theory?",
    settings=WorldTrainingSettings,
    measure=measure,
    seeds=5,
    sweep={
        "settings": {
            "optimizer": "adam",
            "learning_rate": 0.02,
            "steps": 400,
            "log_every": 20,
            "feature_noise": 0.6,
        },
        "grid": [
            {
                "loss": ["spectral", "induced_spectral", "nt_xent", "infonce", "clip"],
                "noise": [0.05, 0.1, 0.2, 0.4],
            },
            {"encoder": ["linear", "mlp"], "noise": [0.2]},
        ],
    },
)
