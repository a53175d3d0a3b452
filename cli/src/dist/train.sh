#!/usr/bin/env bash
# Makes the start-up caches of a distribution: runs each command once with the distribution's own runtime, asks it what a
# browser asks at first, and lets the virtual machine write down what it loaded.
set -euo pipefail
dist=$1
(cd "$dist/lib" && ls *.jar) >"$dist/lib/classpath.names"
tr '\n' ':' <"$dist/lib/classpath.names" >"$dist/lib/classpath"
rm "$dist/lib/classpath.names" "$dist"/lib/*.aot 2>/dev/null || true

work=$(mktemp -d)
# What it started ends with it, however that comes about.
trap 'jobs -p | xargs -r kill 2>/dev/null || true; rm -rf "$work"' EXIT

trained() { # PROFILE COMMAND...: becomes a command, in a home of its own, that writes the cache of its profile at its end
  local profile=$1
  shift
  exec env -u JUPYTER_DATA_DIR -u JUPYTER_RUNTIME_DIR -u JUPYTER_CONFIG_DIR HOME="$work/home" JUPYTER_TOKEN=train \
    ORRERY_JAVA_OPTS="-XX:AOTCacheOutput=$dist/lib/$profile.aot" "$dist/bin/orrery" "$@"
}

ask() { # METHOD PATH [BODY]: one request over a plain socket; what came back
  local body=${3:-}
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
  printf '%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: token train\r\nConnection: close\r\nContent-Length: %s\r\n\r\n%s' \
    "$1" "$2" "${#body}" "$body" >&3
  timeout 10 cat <&3 || true
  exec 3<&-
}

socket() { # PATH FRAME: one WebSocket that sends a short text and is closed; what came back
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: token train\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dHJhaW4gdGhlIGNhY2hlIQ==\r\n\r\n' "$1" >&3
  # A final text frame with a mask of zeros, then a closing frame with status 1000.
  printf "\\x81\\x$(printf %x $((128 + ${#2})))\\0\\0\\0\\0%s" "$2" >&3
  sleep 0.3
  printf '\x88\x82\0\0\0\0\x03\xe8' >&3
  timeout 5 cat <&3 || true
  exec 3<&-
}

await_port() { # LOG PID PATTERN: sets port to what sed finds in the log of a process once it is there
  local log=$1 pid=$2 pattern=$3 waited=0
  until port=$(sed -n "$pattern" "$log" | head -n 1) && [ -n "$port" ]; do
    waited=$((waited + 1))
    if [ $waited -gt 300 ] || ! kill -0 "$pid" 2>/dev/null; then
      cat "$log" >&2
      kill "$pid" 2>/dev/null || true
      return 1
    fi
    sleep 0.1
  done
}

id_in() { # the first "id" of the JSON that comes in
  sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' | head -n 1
}

# The proxy in front of itself: its API answers as a backend.
train_proxy() {
  local log=$work/proxy.log pid port public api
  trained proxy proxy --ip 127.0.0.1 --port 0 --api-ip 127.0.0.1 --metrics-ip 127.0.0.1 --metrics-port 0 >"$log" 2>&1 &
  pid=$!
  await_port "$log" $pid 's/.*Serve metrics at http:\/\/127\.0\.0\.1:\([0-9]*\)\/.*/\1/p'
  ask GET /metrics >/dev/null
  public=$(sed -n 's/.*Proxying http:\/\/127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$log" | head -n 1)
  api=$(sed -n 's/.*Proxy API at http:\/\/127\.0\.0\.1:\([0-9]*\)\/.*/\1/p' "$log" | head -n 1)
  port=$api
  ask POST /api/routes/api "{\"target\":\"http://127.0.0.1:$port\"}" >/dev/null
  ask POST /api/routes/user/a%40b '{"target":"http://127.0.0.1:1","user":"a"}' >/dev/null
  ask GET /api/routes >/dev/null
  ask GET '/api/routes?inactive_since=2026-01-01T00:00:00Z' >/dev/null
  ask DELETE /api/routes/user/a%40b >/dev/null
  port=$public
  for path in /_chp_healthz /api/routes /nowhere; do
    ask GET "$path" >/dev/null
  done
  ask POST /api/routes/b '{"target":"http://127.0.0.1:1"}' >/dev/null
  ask GET /b >/dev/null
  # What it does all day, long enough to be known as that: it is then compiled at once when a proxy starts.
  "$JAVA_HOME/bin/java" "$(dirname "$0")/ProxyLoad.java" "$public" "$api" 120000 30 >"$work/load.log" 2>&1 || {
    cat "$work/load.log" "$log" >&2
    kill $pid
    return 1
  }
  kill -TERM $pid
  wait $pid || true
  [ -f "$dist/lib/proxy.aot" ] || { cat "$log" >&2; return 1; }
}

train() {
  local log=$work/log pid port kernel
  # A home as people have it, with a kernel that starts and says nothing.
  mkdir -p "$work/home/.local/share/jupyter/kernels/python3" "$work/root"
  echo '{"argv":["sh","-c","exec sleep 60","{connection_file}"],"display_name":"Python 3","language":"python","metadata":{"debugger":true}}' \
    >"$work/home/.local/share/jupyter/kernels/python3/kernel.json"
  echo '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}' >"$work/root/a.ipynb"
  trained lab lab --no-browser --allow-root --ip=127.0.0.1 --port=0 --ServerApp.root_dir="$work/root" >"$log" 2>&1 &
  pid=$!
  await_port "$log" $pid 's/.*http:\/\/127\.0\.0\.1:\([0-9]*\)\/lab.*/\1/p'
  for path in /lab /tree /static/lab/style.js /api/kernelspecs /api/kernels /api/sessions /api/terminals /api/me /api/status \
    '/api/contents?content=1&hash=0' '/api/contents/a.ipynb?type=notebook&content=1&hash=1' \
    /lab/api/settings '/lab/api/settings?ids_only=true' /lab/api/translations/default /lab/api/translations \
    /lab/api/workspaces /lab/api/workspaces/default /api/nowhere /login; do
    ask GET "$path" >/dev/null
  done
  ask PUT /lab/api/workspaces/default '{"data":{},"metadata":{"id":"default"}}' >/dev/null
  ask PUT /lab/api/settings/@jupyterlab/apputils-extension:themes '{"raw":"{ // plain\n\"theme\": \"JupyterLab Dark\"}"}' >/dev/null
  ask PUT /api/contents/a.ipynb '{"type":"notebook","format":"json","content":{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}}' >/dev/null
  ask POST /api/terminals >/dev/null
  socket /terminals/websocket/1 '["stdin","exit\r"]' >/dev/null
  kernel=$(ask POST /api/sessions '{"path":"a.ipynb","name":"a.ipynb","type":"notebook","kernel":{"name":"python3"}}' | sed 's/.*"kernel"//' | id_in)
  [ -z "$kernel" ] || socket "/api/kernels/$kernel/channels?session_id=train" '{}' >/dev/null
  # The small commands, by the one that does most, while there is something to list.
  (trained tool troubleshoot) >"$work/tool.log" 2>&1 || { cat "$work/tool.log" >&2; return 1; }
  kill -TERM $pid
  wait $pid || true
  [ -f "$dist/lib/lab.aot" ] || { cat "$log" >&2; return 1; }
  [ -f "$dist/lib/tool.aot" ] || { cat "$work/tool.log" >&2; return 1; }
}

# A hub behind a proxy, with a service of its own, servers in pods and what people and servers ask for all day.
train_hub() {
  local log=$work/hub.log front=$work/hub-proxy.log pods=$work/pods.log pid proxy cluster port public api servers
  local token=0123456789abcdef
  mkdir -p "$work/hub"
  : >"$log"
  : >"$front"
  : >"$pods"
  "$JAVA_HOME/bin/java" -cp "$dist/lib/*" "$(dirname "$0")/PodApi.java" >"$pods" 2>&1 &
  cluster=$!
  await_port "$pods" $cluster 's/^api \([0-9]*\) servers [0-9]*$/\1/p'
  servers=$(sed -n 's/^api [0-9]* servers \([0-9]*\)$/\1/p' "$pods")
  cat >"$work/kubeconfig" <<TEXT
apiVersion: v1
kind: Config
current-context: train
clusters: [{name: train, cluster: {server: "http://127.0.0.1:$port"}}]
users: [{name: train, user: {token: train}}]
contexts: [{name: train, context: {cluster: train, user: train, namespace: train}}]
TEXT
  CONFIGPROXY_AUTH_TOKEN=$token HOME=$work/home "$dist/bin/orrery" proxy --ip 127.0.0.1 --port 0 --api-ip 127.0.0.1 \
    >"$front" 2>&1 &
  proxy=$!
  await_port "$front" $proxy 's/.*Proxy API at http:\/\/127\.0\.0\.1:\([0-9]*\)\/.*/\1/p'
  api=$port
  public=$(sed -n 's/.*Proxying http:\/\/127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$front" | head -n 1)
  (
    cd "$work/hub"
    export CONFIGPROXY_AUTH_TOKEN=$token KUBECONFIG=$work/kubeconfig
    trained hub hub --JupyterHub.bind_url="http://127.0.0.1:$public" --JupyterHub.hub_port=0 \
      --ConfigurableHTTPProxy.should_start=False --ConfigurableHTTPProxy.api_url="http://127.0.0.1:$api" \
      --JupyterHub.authenticator_class=dummy --Authenticator.admin_users="['train']" \
      --JupyterHub.api_tokens="{'$token': 'train'}" --JupyterHub.trust_user_provided_tokens=True \
      --JupyterHub.services="[{'name': 'train', 'command': ['sleep', '600']}]" \
      --JupyterHub.spawner_class=kubespawner.KubeSpawner --KubeSpawner.namespace=train --KubeSpawner.image=train:1 \
      --KubeSpawner.pod_connect_ip=127.0.0.1 --KubeSpawner.port="$servers"
  ) >"$log" 2>&1 &
  pid=$!
  await_port "$log" $pid 's/.*JupyterHub is now running at http:\/\/127\.0\.0\.1:\([0-9]*\)\/.*/\1/p'
  "$JAVA_HOME/bin/java" "$(dirname "$0")/HubLoad.java" "http://127.0.0.1:$public" $token train 30000 40 \
    >"$work/load.log" 2>&1 || {
    cat "$work/load.log" "$log" >&2
    kill $pid $proxy $cluster
    return 1
  }
  kill -TERM $pid
  wait $pid || true
  kill -TERM $proxy
  wait $proxy || true
  kill $cluster
  wait $cluster || true
  [ -f "$dist/lib/hub.aot" ] || { cat "$log" >&2; return 1; }
}

train
train_proxy
train_hub
