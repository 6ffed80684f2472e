#!/usr/bin/env bash
# Builds .venv: `environment.sh runtime` for running the product, `environment.sh dev` for working on it.
#
# pip is asked for one thing only, uv, and checks its hash; uv installs the rest, checking every hash.
# Nothing is written outside the project folder but the package caches of pip, uv and npm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
kind="${1:-dev}"

fail() {
    printf 'make env: %s\n' "$*" >&2
    exit 1
}

[ -n "${PYTHON:-}" ] || fail "needs Python 3.11 or newer; none was found. Install one, or name it: make env PYTHON=/path/to/python3.12"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "needs Python 3.11 or newer; '$PYTHON' is $("$PYTHON" --version 2>&1 || true)"

new_venv() { # folder, further arguments
    "$PYTHON" -m venv "${@:2}" "$1" ||
        fail "'$PYTHON -m venv' failed. On Debian and Ubuntu: apt-get install python3-venv"
}

works() { [ -x "$1/bin/python" ] && "$1/bin/python" -c '' 2>/dev/null; }

if ! works .uv || [ ! -e .uv/.stamp ] || [ requirements/bootstrap.txt -nt .uv/.stamp ]; then
    rm -rf .uv
    new_venv .uv
    .uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
    touch .uv/.stamp
fi

# The environment is kept where it stands, so that a change of one package costs one package.
if ! works .venv; then
    rm -rf .venv
    new_venv .venv --without-pip
fi

# A machine that has been set up for development stays so.
[ ! -e .venv/.stamp-dev ] || kind=dev
locks=("requirements/$kind.txt")
node_major="$(PATH="${PATH//"$PWD/.venv/bin:"/}" node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)"
if [ "$node_major" -lt 20 ] || ! command -v npm >/dev/null; then
    locks+=(requirements/node.txt)
fi
# The certificates that this machine trusts, so that a company's own authority counts too.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
.uv/bin/uv pip sync --python .venv/bin/python --require-hashes "${locks[@]}"

# The package itself is used from where it stands: a path entry and a launcher.
site="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
printf '%s\n' "$PWD/src" > "$site/zhike.pth"
cat > .venv/bin/zhike <<LAUNCHER
#!$PWD/.venv/bin/python
import sys

from zhike.interfaces.cli.main import main

sys.exit(main())
LAUNCHER
chmod +x .venv/bin/zhike

touch .venv/.stamp-runtime
[ "$kind" != dev ] || touch .venv/.stamp-dev
