#!/bin/bash
# Starts the notebook server, or where a hub has started the container, the one that belongs to the hub.
set -euo pipefail

if [ -n "${JUPYTERHUB_API_TOKEN:-}" ]; then
  exec start-singleuser.sh "$@"
fi

more=()
if [ -n "${NOTEBOOK_ARGS:-}" ]; then
  # Split as a shell does, with quotes, but nothing in it is run.
  mapfile -t more < <(xargs printf '%s\n' <<<"$NOTEBOOK_ARGS")
fi
command=${DOCKER_STACKS_JUPYTER_CMD:-lab}
case "$command" in
  lab | notebook | server) ;;
  *)
    echo "DOCKER_STACKS_JUPYTER_CMD is '$command', and this image has lab, notebook and server." >&2
    exit 2
    ;;
esac
echo "Executing the command: jupyter $command ${more[*]-} $*" >&2
exec jupyter "$command" ${more[@]+"${more[@]}"} "$@"
