"""The training toolkit: makes every set of weights. Only the `train` command imports it."""
