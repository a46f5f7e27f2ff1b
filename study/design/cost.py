"""How much arithmetic a trial takes, for the estimate of the time left."""

from __future__ import annotations

from study.design.own_model import ModelSpec
from study.records.networks import OwnModel
from study.records.trials import Configuration


def flops(
    configuration: Configuration,
    inputs: int,
    classes: int,
    sizes: tuple[int, int, int],
    model: ModelSpec | None = None,
) -> float:
    """Floating-point operations of a whole trial.

    ``sizes`` are the rows of train, validation and test with all training samples. Two operations a weight and
    row for each of: forward, gradient of the weights, gradient of the layer's input (not for the first layer);
    evaluation takes a forward pass over all rows. ``model`` is the user's own where the study has one.
    """
    network = configuration.network
    weights: tuple[float, ...]
    if isinstance(network, OwnModel):
        weights = (1.0,) if model is None else model.products(network)
    else:
        weights = network.products(inputs, classes)
    train = configuration.samples or sizes[0]
    forward = 2.0 * sum(weights)
    step = 2 * forward + 2.0 * sum(weights[1:])
    evaluations = -(-configuration.epochs // configuration.evaluate_every)
    return configuration.epochs * train * step + evaluations * (train + sizes[1] + sizes[2]) * forward
