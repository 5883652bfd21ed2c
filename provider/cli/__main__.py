"""`python -m provider.cli` is the command `akashpy-provider`."""

from provider.cli import main

main(prog_name="akashpy-provider")
