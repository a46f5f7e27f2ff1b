"""Signs that several figures share, with what they stand for."""

SPLIT_LEGEND = (("train", "train"), ("validation", "validation"), ("test", "test"))
