"""CometBFT's block format: values, their bytes and their hashes.

Exists so that a chain produced without CometBFT is still verified by CometBFT's own light
clients. Pure functions and values: knows nothing of the application, of storage or of time.
"""
