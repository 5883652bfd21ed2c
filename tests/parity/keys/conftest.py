"""These tests drive the Go program, so without AKASH_GO_BIN they are not collected."""

import os

collect_ignore_glob = [] if os.environ.get("AKASH_GO_BIN") else ["test_*.py"]
