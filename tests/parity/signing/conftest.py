"""These tests drive the Go program, so without AKASH_GO_BIN they are not collected."""

import os

from tests.parity.cli.conftest import go as go
from tests.parity.cli.conftest import ours as ours

collect_ignore_glob = [] if os.environ.get("AKASH_GO_BIN") else ["test_*.py"]
