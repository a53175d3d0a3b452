# The first process of a node: run by 'up' (machine.sh), which exports its names and addresses, in namespaces of its own.
set -euo pipefail

# What the kubelet would set for the whole machine. It sees these values as set, and leaves those of the machine alone.
KERNEL_SETTINGS="vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000"

mount_files() {
  local setting file folder
  mount -t proc proc /proc
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir /run/containerd /run/cgroup /run/settings
  # Where the kubelet's statistics of pods look for it, whatever it was told.
  ln -s "$state/containerd.sock" /run/containerd/containerd.sock
  # The interfaces in there are the node's; the cgroups stay the machine's.
  mount --rbind /sys/fs/cgroup /run/cgroup
  mount -t sysfs sysfs /sys
  mount --move /run/cgroup /sys/fs/cgroup
  for setting in $KERNEL_SETTINGS; do
    file=/run/settings/$(echo "${setting%=*}" | tr / .)
    echo "${setting#*=}" >"$file"
    mount --bind "$file" "/proc/sys/${setting%=*}"
  done
  for folder in /var/lib /var/log; do
    mkdir -p "$state/files$folder"
    mount --bind "$state/files$folder" "$folder"
  done
  # Last, because mounts that are shared can't be moved, and an unmount in one place would reach the others.
  mount --make-rshared /
  hostname "$name"
}

wait_for_network() {
  local end=$((SECONDS + 30))
  until [ -f "$state/connected" ]; do
    # Whoever started this one died.
    [ $SECONDS -lt $end ] || exit 1
    sleep 0.02
  done
  echo 1 >/proc/sys/net/ipv4/ip_forward
  # Where this is a part of the kernel, answers on the bridge take the way back through a service.
  echo 1 2>/dev/null >/proc/sys/net/bridge/bridge-nf-call-iptables || true
}

# Runs a program, and again whenever it ends, except while its name is in the folder 'held'.
keep() { # PROGRAM ARGUMENT...
  while :; do
    while [ -e "$state/held/$1" ]; do sleep 0.05; done
    "$@" >>"$state/log/$1.log" 2>&1 </dev/null || echo "$1 ended with status $?"
    sleep 0.3
  done &
}

mount_files
wait_for_network
cd "$state"
PATH=$programs${programs_of_set:+:$programs_of_set}:$PATH

keep containerd --config "$state/config/containerd.toml"
keep etcd --data-dir "$state/etcd" --unsafe-no-fsync --logger zap --log-level warn
keep kube-apiserver --etcd-servers http://127.0.0.1:2379 --bind-address 0.0.0.0 --advertise-address "$node_address" \
  --tls-cert-file "$state/pki/api.crt" --tls-private-key-file "$state/pki/api.key" --cert-dir "$state/pki" \
  --client-ca-file "$state/pki/ca.crt" --token-auth-file "$state/tokens.csv" \
  --kubelet-client-certificate "$state/pki/api-to-kubelet.crt" \
  --kubelet-client-key "$state/pki/api-to-kubelet.key" --kubelet-preferred-address-types InternalIP \
  --service-account-key-file "$state/pki/service-accounts.crt" \
  --service-account-signing-key-file "$state/pki/service-accounts.key" \
  --service-account-issuer https://kubernetes.default.svc.cluster.local --service-cluster-ip-range "$services" \
  --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged
# What asks an API server that only starts waits long for the answer.
until curl -sf --max-time 0.5 --cacert "$state/pki/ca.crt" "https://$node_address:6443/readyz" >/dev/null; do sleep 0.1; done
keep kubelet --config "$state/config/kubelet.yaml" --kubeconfig "$state/users/kubelet" --cert-dir "$state/pki/kubelet" \
  --hostname-override "$name" --node-ip "$node_address"
keep kube-controller-manager --kubeconfig "$state/users/controllers" --bind-address 127.0.0.1 --leader-elect=false \
  --use-service-account-credentials --service-account-private-key-file "$state/pki/service-accounts.key" \
  --root-ca-file "$state/pki/ca.crt" --flex-volume-plugin-dir "$state/volume-plugins" \
  --node-monitor-grace-period 16s --kube-api-qps 200 --kube-api-burst 400
keep kube-scheduler --kubeconfig "$state/users/scheduler" --bind-address 127.0.0.1 --leader-elect=false \
  --kube-api-qps 200 --kube-api-burst 400
# Settings of connection tracking are the machine's: 0 leaves them alone.
keep kube-proxy --kubeconfig "$state/users/proxy" --proxy-mode nftables --hostname-override "$name" \
  --bind-address "$node_address" --cluster-cidr "$pods" --oom-score-adj 0 --conntrack-max-per-core 0 --conntrack-min 0 \
  --conntrack-tcp-timeout-established 0s --conntrack-tcp-timeout-close-wait 0s
keep provisioner "$state/users/provisioner" "$state/volumes" "$name"
[ -z "${programs_of_set:-}" ] || keep kwok --kubeconfig "$state/users/kwok" --manage-all-nodes=false \
  --manage-nodes-with-annotation-selector kwok.x-k8s.io/node=fake --node-lease-duration-seconds 40

# Orphans of the whole node become children of this process, and are taken away while it waits.
while :; do wait || true; done
