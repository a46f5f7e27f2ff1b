"""Dense stacks as people write them, and what looks like one and is none: 8 x 8 digits in, 10 out."""

import keras
from keras import layers

SPARSE = "sparse_categorical_crossentropy"


def plain(width=16):
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(width, activation="relu")])
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", SPARSE, metrics=["accuracy"])
    return model


def functional(rate=0.25, epochs=2):
    x = entry = keras.Input((8, 8, 1))
    x = layers.Flatten()(x)
    for width in (16, 12):
        x = layers.Dense(width, kernel_regularizer=keras.regularizers.L2(1e-3))(x)
        x = layers.Activation("tanh")(x)
        x = layers.Dropout(rate)(x)
    model = keras.Model(entry, layers.Dense(10)(x))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss)
    return model


def normalized():
    model = keras.Sequential([layers.Flatten(), layers.Dense(16, use_bias=False), layers.BatchNormalization()])
    model.add(layers.Activation("gelu"))
    model.add(layers.Dense(10))
    model.add(layers.Activation("softmax"))
    model.compile(keras.optimizers.AdamW(3e-3), "categorical_crossentropy")
    return model


def uncompiled(width=16):
    return keras.Sequential([keras.Input((64,)), layers.Dense(width, activation="selu"), layers.Dense(10)])


def softmax():
    return keras.Sequential([keras.Input((64,)), layers.Dense(10, activation="softmax")])


def turning(width=16):
    """A stack up to a width, and none above it."""
    model = plain(width) if width <= 16 else initialized(width)
    model.compile("adam", SPARSE)
    return model


def initialized(width=16):
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten()])
    model.add(layers.Dense(width, activation="relu", kernel_initializer="he_normal"))
    model.add(layers.Dense(10, activation="softmax"))
    return model


def convolutional():
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(10)])
    return model


def _between(layer, last="softmax"):
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(16, activation="relu"), layer])
    model.add(layers.Dense(10, activation=last))
    return model


class Dense(layers.Dense):
    """One that only says that it is a dense layer."""

    def call(self, inputs, training=None):
        return 2 * super().call(inputs)


def disguised():
    return _between(Dense(16, activation="relu"))


def mixed_activations():
    return _between(layers.Dense(16, activation="tanh"))


def own_activation():
    def relu(x):
        return keras.ops.maximum(x, 0.1)

    return keras.Sequential([keras.Input((64,)), layers.Dense(16, activation=relu), layers.Dense(10)])


def leaky():
    return keras.Sequential([keras.Input((64,)), layers.Dense(16, activation=layers.LeakyReLU()), layers.Dense(10)])


def linear():
    return keras.Sequential([keras.Input((64,)), layers.Dense(16), layers.Dense(10)])


def seeded_dropout():
    return _between(layers.Dropout(0.2, seed=3))


def without_bias():
    return _between(layers.Dense(16, activation="relu", use_bias=False))


def frozen():
    model = plain()
    model.layers[1].trainable = False
    return model


def penalised_end():
    return _between(layers.Dense(10, activity_regularizer="l2", activation="relu"))


def half_precision():
    return _between(layers.Dense(16, activation="relu", dtype="mixed_bfloat16"))


def residual():
    entry = keras.Input((64,))
    x = layers.Dense(16, activation="relu")(entry)
    return keras.Model(entry, layers.Dense(10)(layers.Add()([x, layers.Dense(16, activation="relu")(x)])))


def shared():
    entry, twice = keras.Input((64,)), layers.Dense(64, activation="relu")
    return keras.Model(entry, layers.Dense(10)(twice(twice(entry))))


class Subclass(keras.Sequential):
    """A class of one's own may do anything."""


def subclass():
    return Subclass([keras.Input((64,)), layers.Dense(16, activation="relu"), layers.Dense(10)])


def begun():
    model = plain()
    model.layers[-1].bias.assign([1.0] * 10)
    return model


def loaded():
    model = plain()
    kernel = model.layers[-1].kernel
    kernel.assign(kernel * 2.0)
    return model


def held():
    model = plain()
    model.layers[-1].bias.trainable = False
    return model


def _compiled(*how, **more):
    model = keras.Sequential([keras.Input((64,)), layers.Dense(16, activation="relu")])
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(*how, **more)
    return model


def scheduled():
    return _compiled(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 100)), SPARSE)


def clipped():
    return _compiled(keras.optimizers.Adam(clipnorm=1.0), SPARSE)


def without_momentum():
    return _compiled(keras.optimizers.SGD(0.01), SPARSE)


def nadam():
    return _compiled("nadam", SPARSE)


def smoothed():
    return _compiled("adam", keras.losses.CategoricalCrossentropy(label_smoothing=0.1))


def own_loss():
    def sparse_categorical_crossentropy(y, p):
        return keras.losses.sparse_categorical_crossentropy(y, p) * 2

    return _compiled("adam", sparse_categorical_crossentropy)


def weighted_loss():
    return _compiled("adam", SPARSE, loss_weights=[0.5])


def taken_for_probabilities():
    """A loss of probabilities on logits: a mistake, and trained as it stands."""
    model = keras.Sequential([keras.Input((64,)), layers.Dense(16, activation="relu"), layers.Dense(10)])
    model.compile("adam", SPARSE)
    return model


def counted(samples, width=16):
    return plain(width)
