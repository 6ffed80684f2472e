#!/usr/bin/env bash
# Recomputes the hashed locks. They name packages, versions and hashes, never the address of a registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

compile() { # name, further arguments
    .uv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal \
        --python-version 3.11 "${@:2}" --output-file "requirements/$1.txt" "requirements/$1.in"
}

compile bootstrap "${@}"
compile runtime "${@}"
# The development list must hold the very versions that run in production.
compile dev --constraint requirements/runtime.txt "${@}"
compile node "${@}"
# What the product is measured against lives in an environment of its own.
compile bench "${@}"
compile bench --constraint requirements/runtime.txt "${@}"
