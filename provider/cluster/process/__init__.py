"""The process driver: a lease's services as plain child processes of this machine.

It isolates nothing that a hostile program could not leave. It is made for demonstrations and
tests, runs only the command and args of the SDL, and refuses to start anywhere but on loopback.
This package file stays empty of imports: the launcher of every replica loads it.
"""
