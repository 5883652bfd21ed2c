"""Governance, as far as the modules above it need it: who may change parameters.

Proposals, deposits and votes are built here later. It must not know any module that asks.
"""

from akashpy.chain.authority import AUTHORITY as AUTHORITY
from akashpy.chain.authority import require_authority as require_authority
