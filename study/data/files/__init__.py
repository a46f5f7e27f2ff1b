"""The user's own files, none of them trusted: read -> arrays, labels, an own or a drawn test set."""
