"""The native engine: a dense stack's whole epoch in C, without TensorFlow, with the same bits on every machine."""
