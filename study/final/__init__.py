"""From a verdict to a network in use: choose one, train it for good, certify it, and let it predict.

choose -> training -> card -> pick                 depthgauge pick
model_input -> items -> predict                    depthgauge predict
"""
