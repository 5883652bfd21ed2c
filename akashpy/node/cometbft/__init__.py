"""A node whose consensus is CometBFT: its files, its process, its blocks beside our servers.

`files` writes CometBFT's configuration, `process` runs it as a child, `follow` reads its blocks
back for gRPC and REST, `daemon` puts all together.
"""
