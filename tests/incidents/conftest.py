"""The chains that the incidents are tried on: ours, and Akash's preset with every fix off."""

from tests.chain.conftest import given, given_akash

__all__ = ["given", "given_akash"]
