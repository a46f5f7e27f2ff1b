"""Models of the user's own for the Keras engine: built anew for each trial, compiled once for all that are alike."""

from __future__ import annotations

import keras

from study.data.dataset import Dataset
from study.design.own_model import ModelSpec
from study.errors import StudyError
from study.records.networks import OwnModel
from study.records.trials import Configuration
from study.seeds import Stream, small_seed, stream
from study.train.network import Candidate
from study.train.own.builder import Builder, Given
from study.train.own.code import changed, load_function, read_code
from study.train.own.own_network import OwnNetwork, given_shape, start_kernels


class OwnCandidates:
    """What a function of the user's builds for a data set; ``seed`` is the study's."""

    def __init__(self, model: ModelSpec, dataset: Dataset, seed: int) -> None:
        self._model = model
        self._dataset = dataset
        self._seed = seed
        self._builder = Builder(load_function(model), model.source, read_code(model).folder)

    def of(self, configuration: Configuration, replicate: int, rows: int) -> Candidate:
        """The model of a trial, built with its seeds."""
        network = self.network(configuration, replicate, rows)
        initial = network.initial

        def of_its_own() -> OwnNetwork:
            network.share()
            return network

        return Candidate(
            network.key(configuration),
            of_its_own,
            lambda shared: shared.start(initial, self._seed, replicate),
            network.parameters,
        )

    def network(self, configuration: Configuration, replicate: int, rows: int) -> OwnNetwork:
        """The model of a trial on ``rows`` training rows, built and ready to train."""
        own = configuration.network
        assert isinstance(own, OwnModel)
        if own.code != self._model.code:
            raise StudyError(changed(self._model))
        keras.utils.set_random_seed(small_seed(stream(self._seed, replicate, Stream.WEIGHTS)))
        built = self._builder.build(dict(own.settings), given_of(configuration, self._dataset, rows))
        network = OwnNetwork(built, configuration, self._dataset)
        start_kernels(network, self._seed, replicate)
        return network


def given_of(configuration: Configuration, dataset: Dataset, rows: int) -> Given:
    """What a function may ask for, of a trial on ``rows`` training rows."""
    horizon = getattr(configuration.network, "horizon", None) or configuration.epochs
    steps = horizon * -(-rows // min(configuration.batch_size, rows))
    return Given(given_shape(dataset), dataset.outputs, rows, steps)
