"""`python -m akashpy.cli` is the command `akashpy`."""

from akashpy.cli.main import main

main(prog_name="akashpy")
