"""The version of each module's state that this program works on.

An upgrade that changes how a module's state lies in the store raises its number here. The numbers
are those Akash's node v2.1 answers with, since the states are the same; `chain` is ours.
"""

VERSIONS = {
    "audit": 3,
    "auth": 5,
    "authz": 3,
    "bank": 4,
    "bme": 1,
    "cert": 4,
    "chain": 1,
    "consensus": 1,
    "deployment": 8,
    "distribution": 3,
    "epochs": 1,
    "escrow": 3,
    "evidence": 1,
    "feegrant": 2,
    "genutil": 1,
    "gov": 5,
    "market": 9,
    "mint": 2,
    "oracle": 2,
    "params": 1,
    "provider": 3,
    "slashing": 4,
    "staking": 5,
    "upgrade": 2,
    "vesting": 1,
}
"""Module -> version."""
