"""The `akashpy` command. Groups load lazily: importing this package imports nothing."""
