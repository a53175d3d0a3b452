# Images made on the spot: sourced by ./cluster.

PYTHON_IMAGE_RELEASE=bookworm

# Makes an archive in the format of 'docker save', with one layer.
image() { # FILE NAME ROOT CONFIG
  local file=$1 name=$2 root=$3 config=$4 parts layer architecture
  case "$(uname -m)" in
    aarch64) architecture=arm64 ;;
    *) architecture=amd64 ;;
  esac
  parts=$(mktemp -d "$(dirname "$file")/image.XXXXXX")
  # Bytecode of Python remembers when its source was written, so times stay as they are.
  tar --sort=name --numeric-owner -C "$root" -cf "$parts/layer.tar" . &&
    layer=$(sha256sum "$parts/layer.tar" | cut -d ' ' -f 1) &&
    printf '{"architecture": "%s", "os": "linux", "config": %s, "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}' \
      "$architecture" "$config" "$layer" >"$parts/config.json" &&
    printf '[{"Config": "config.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]' "$name" >"$parts/manifest.json" &&
    tar -C "$parts" -cf "$parts/image" manifest.json config.json layer.tar &&
    mv "$parts/image" "$file" || { rm -rf "$parts"; return 1; }
  rm -rf "$parts"
}

# What each pod begins with, whatever its containers are.
pause_image() { # FILE PROGRAM
  local files
  files=$(mktemp -d "$(dirname "$1")/root.XXXXXX")
  chmod 755 "$files"
  cp "$2" "$files/pause" && image "$1" localhost/orrery/pause:1 "$files" '{"Entrypoint": ["/pause"]}'
  local status=$?
  rm -rf "$files"
  return $status
}

# Python as Debian has it, and what it needs.
python_image() { # FILE
  local files
  files=$(mktemp -d "$(dirname "$1")/root.XXXXXX")
  chmod 755 "$files"
  quietly mmdebstrap --mode=root --variant=essential --include=python3 \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$PYTHON_IMAGE_RELEASE" "$files" &&
    image "$1" localhost/orrery/python:1 "$files" \
      '{"Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"], "Cmd": ["python3"]}'
  local status=$?
  rm -rf "$files"
  return $status
}

# Where the images are that each cluster gets beside that of the pause program, which is with the programs.
images() {
  local key
  key=$({ declare -f image python_image; echo "$PYTHON_IMAGE_RELEASE"; } | cksum | tr ' ' '-')
  echo "$cache/cluster/images-$key"
}

build_images() {
  local folder partial
  folder=$(images)
  [ ! -d "$folder" ] || return 0
  step "Making the image localhost/orrery/python:1"
  partial=$(partial_folder)
  python_image "$partial/python.tar" && keep_folder "$partial" "$folder"
}
