"""Models of the kinds that people publish, as their code would stand in a file of theirs: 8 x 8 digits in, 10 out."""

import keras
import keras_tuner
import numpy as np
from keras import layers


def dense(first=32, second=16):
    return keras.Sequential(
        [
            layers.Input((8, 8)),
            layers.Flatten(),
            layers.Dense(first, activation="relu"),
            layers.Dense(second, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def tutorial(first=32, second=16):
    model = dense(first, second)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def convolutional(inputs, classes, blocks=1):
    model = keras.Sequential([keras.Input(inputs)])
    for block in range(blocks):
        model.add(layers.Conv2D(4 * 2**block, 3, padding="same", activation="relu"))
    model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(classes))
    return model


def normalized(inputs, classes, width=16):
    x = entry = keras.Input(inputs)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(width, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
    model = keras.Model(entry, layers.Dense(classes, activation="softmax")(x))
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), "sparse_categorical_crossentropy")
    return model


def residual(inputs, classes, blocks=2, width=16):
    entry = keras.Input(inputs)
    x = layers.Dense(width)(layers.Flatten()(entry))
    for _ in range(blocks):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.Dense(width, activation="gelu")(y)])
    return keras.Model(entry, layers.Dense(classes)(x))


def branches(inputs, classes):
    entry = keras.Input(inputs)
    small = layers.Conv2D(3, 1, activation="relu")(entry)
    large = layers.Conv2D(3, 5, padding="same", activation="relu")(entry)
    x = layers.GlobalAveragePooling2D()(layers.Concatenate()([small, large]))
    return keras.Model(entry, layers.Dense(classes, activation="softmax")(x))


def scheduled(inputs, classes, steps, width=16):
    model = keras.Sequential([keras.Input(inputs), layers.Flatten(), layers.Dense(width, activation="silu")])
    model.add(layers.Dense(classes, activation="softmax"))
    rate = keras.optimizers.schedules.CosineDecay(0.01, steps)
    model.compile(keras.optimizers.AdamW(rate, clipnorm=1.0), keras.losses.CategoricalCrossentropy(label_smoothing=0.1))
    return model


class Half(layers.Layer):
    """Halves what it is given, in training alone."""

    def call(self, x, training=False):
        return x * 0.5 if training else x


class Subclassed(keras.Model):
    """Layers put together by hand."""

    def __init__(self, width, classes):
        super().__init__()
        self.flat = layers.Flatten()
        self.hidden = layers.Dense(width, activation="tanh", kernel_regularizer=keras.regularizers.L2(1e-3))
        self.half = Half()
        self.out = layers.Dense(classes)

    def call(self, x, training=False):
        return self.out(self.half(self.hidden(self.flat(x)), training=training))


def half(inputs, classes):
    halved = layers.Lambda(keras.activations.relu)
    return keras.Sequential([keras.Input(inputs), layers.Flatten(), Half(), halved, layers.Dense(classes)])


def nameless(classes):
    return keras.Sequential([keras.Input((64,)), layers.Lambda(lambda x: 2 * x), layers.Dense(classes)])


def nameless_within(classes):
    inner = keras.Sequential([keras.Input((64,)), layers.Dense(8, activation=lambda x: 2 * x, name="dense")])
    return keras.Sequential([inner, layers.Dense(classes)])


def subclassed(classes, width=12):
    return Subclassed(width, classes)


def sequence(classes, units=6):
    model = keras.Sequential([keras.Input((8, 8)), layers.Conv1D(8, 3, activation="relu"), layers.GRU(units)])
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile("rmsprop", "categorical_crossentropy")
    return model


def embedded(classes):
    model = keras.Sequential([keras.Input((64,)), layers.Embedding(17, 3), layers.Flatten(), layers.Dense(classes)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def begun(classes, width=16):
    """A first layer that comes from elsewhere, as of a model that was read from a file; then one of its own."""
    first = layers.Dense(width, activation="relu", name="known")
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), first, layers.Dense(classes)])
    first.kernel.assign(np.arange(64 * width).reshape(64, width) / 1000)
    return model


TRUNK = layers.Dense(16, activation="relu", name="trunk")


def on_a_trunk(classes):
    """A layer of the module's, so that all models share it."""
    return keras.Sequential([keras.Input((8, 8)), layers.Flatten(), TRUNK, layers.Dense(classes)])


LAZY = keras.Sequential([layers.Flatten(), layers.Dense(16)])


def on_a_lazy_trunk(classes):
    return keras.Sequential([keras.Input((8, 8)), LAZY, layers.Dense(classes)])


def copied(classes):
    """Two branches that begin alike."""
    entry = keras.Input((8, 8))
    x = layers.Flatten()(entry)
    one, other = layers.Dense(8), layers.Dense(8)
    x = layers.Concatenate()([one(x), other(x)])
    other.set_weights(one.get_weights())
    return keras.Model(entry, layers.Dense(classes)(x))


def held(classes, hold=False):
    """A kernel that is frozen, of a layer that is not: no configuration tells of it."""
    first = layers.Dense(8)
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), first, layers.PReLU(), layers.Dense(classes)])
    first.kernel.trainable = not hold
    return model


def attentive(classes):
    entry = keras.Input((8, 8))
    x = layers.MultiHeadAttention(2, 4)(entry, entry)
    return keras.Model(entry, layers.Dense(classes)(layers.Flatten()(x)))


def dropped(inputs, classes, rate=0.3, width=16):
    model = keras.Sequential([keras.Input(inputs), layers.Flatten(), layers.Dense(width, activation="relu")])
    model.add(layers.Dropout(rate))
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def noisy(inputs, classes):
    model = keras.Sequential([keras.Input(inputs), layers.GaussianNoise(0.1), layers.Conv2D(4, 3), layers.ReLU()])
    model.add(layers.SpatialDropout2D(0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(classes, activation="softmax"))
    return model


def tuned(hp):
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten()])
    for _ in range(hp.Int("blocks", 1, 3)):
        model.add(layers.Dense(hp.Int("units", 8, 32, step=8), activation="relu"))
    drop = hp.Boolean("drop")
    with hp.conditional_scope("drop", [True]):
        if drop:
            model.add(layers.Dropout(hp.Float("rate", 0.1, 0.5, default=0.25)))
    model.add(layers.Dense(10, activation="softmax"))
    rate = hp.Float("learning_rate", 1e-4, 1e-2, sampling="log", default=1e-3)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return model


def looping(hp):
    """As tutorials have it: how many others are asked for depends on one of them."""
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten()])
    for i in range(hp.Int("blocks", 1, 3)):
        model.add(layers.Dense(hp.Int(f"units_{i}", 8, 32), activation="relu"))
        if hp.Boolean("dropout"):
            model.add(layers.Dropout(hp.Float(f"rate_{i}", 0.1, 0.5)))
    model.add(layers.Dense(10))
    return model


def many(hp):
    """More choices than anybody builds models for, and widths that no memory holds."""
    units = hp.Int("units", 8, 10**9)
    for i in range(60):
        hp.Choice(f"choice_{i}", [1, 2, 3, 4, 5])
    return keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(units), layers.Dense(10)])


def forgetful(hp):
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten()])
    if hp.Int("blocks", 1, 3) == 2:
        model.add(layers.Dense(hp.Int("units_1", 8, 32), activation="relu"))
    model.add(layers.Dense(10))
    return model


def picky(classes, width=16):
    if width > 16:
        raise ValueError("too wide for me")
    return keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(width), layers.Dense(classes)])


def seven():
    return keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(7)])


def two():
    return tutorial(), tutorial()


def nothing():
    return None


def two_inputs(classes):
    one, other = keras.Input((8, 8)), keras.Input((8, 8))
    return keras.Model([one, other], layers.Dense(classes)(layers.Flatten()(layers.Add()([one, other]))))


class OwnStep(keras.Model):
    """Trains itself in its own way."""

    def train_step(self, data):
        return {}


def own_step(classes):
    entry = keras.Input((8, 8))
    return OwnStep(entry, layers.Dense(classes)(layers.Flatten()(entry)))


class Calling(layers.Layer):
    """Calls Python in its midst, which XLA cannot."""

    def call(self, x):
        import tensorflow as tf

        seen = tf.numpy_function(lambda values: values, [tf.stop_gradient(x)], tf.float32)
        return x + 0.0 * tf.reshape(seen, tf.shape(x))


def uncompiled(classes):
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), Calling(), layers.Dense(classes)])
    return model


def named_outputs(classes):
    entry = keras.Input((8, 8))
    return keras.Model(entry, {"label": layers.Dense(classes)(layers.Flatten()(entry))})


def averaged(classes):
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(classes)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(use_ema=True), loss)
    return model


def unadapted(classes):
    return keras.Sequential([keras.Input((64,)), layers.Normalization(), layers.Dense(classes)])


def adapted(classes):
    scaled = layers.Normalization()
    scaled.adapt(np.arange(640.0).reshape(10, 64))
    return keras.Sequential([keras.Input((64,)), scaled, layers.Dense(classes)])


def beside_hp(hp, width):
    return keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(width), layers.Dense(10)])


class Tuned(keras_tuner.HyperModel):
    """As KerasTuner's guide writes one."""

    def build(self, hp):
        units = hp.Int("units", 8, 24, step=8)
        return keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(units), layers.Dense(10)])


class Static:
    """One that asks for no instance."""

    @staticmethod
    def build(hp):
        return Tuned().build(hp)
