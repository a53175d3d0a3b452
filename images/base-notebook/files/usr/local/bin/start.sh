#!/bin/bash
# Every start of the container goes through here: it makes the user known and says what will not work, then becomes the
# command.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

if ! id --user --name >/dev/null 2>&1; then
  if [ -w /etc/passwd ]; then
    # One name for two uids: the entry of the image comes first for the name, this one for the uid.
    printf '%s:x:%s:%s::%s:/bin/bash\n' "$NB_USER" "$(id --user)" "$(id --group)" "$HOME" >>/etc/passwd
  elif [ "$(id --group)" != 0 ] && [ "$(id --group)" != 100 ]; then
    say "This image knows no user $(id --user). Programs that ask for its name fail; run it with group 0 or 100" \
      "(docker: --user $(id --user):100, Kubernetes: runAsGroup: 100)."
  fi
fi

if [ ! -w "$HOME" ]; then
  say "$HOME can't be written to by uid $(id --user), gid $(id --group) ($(stat --format 'it belongs to %u:%g, mode %a' "$HOME" 2>/dev/null || echo 'it is not there'))." \
    "Nothing can be saved there; mount a volume of that owner, or run with a group that may write (Kubernetes: fsGroup: 100)."
fi

[ $# -gt 0 ] || set -- bash
exec "$@"
