"""The people's verbs: one deployment is one name. `up`, `status`, `logs`, `exec`, `down`, `ps`."""
