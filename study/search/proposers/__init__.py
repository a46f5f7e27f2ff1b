"""What to try next: the seam between the coordinator and the tuners. History in, configuration out.

A proposer is never stored. It is made again by replaying the recorded events, in their order, on a fresh engine with
the same seed, and then asks what the uninterrupted one would have asked; trials that the history asks for but does
not tell are still pending, and the coordinator runs them again. For this to hold, what an engine does depends on
the parameters, its seed and the events alone: no global random state, no budget (so a study can go on with more
trials), and an ask that gives no setting leaves no trace.

Importing this package loads no tuner. ``optuna:*`` loads Optuna when one is made; ``keras-tuner:*`` loads KerasTuner,
and with it Keras and TensorFlow: seconds, and some hundred MB in this process.
"""
