#!/bin/bash
# Starts the server that a hub expects; where it listens comes from JUPYTERHUB_SERVICE_URL.
set -euo pipefail
echo "Executing the command: jupyterhub-singleuser $*" >&2
exec jupyterhub-singleuser "$@"
