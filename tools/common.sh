# shellcheck shell=bash
# What the scripts in this folder share; they source it. Sets `root`, the repository's folder, and `jobs`.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034  # read by those who source this
jobs=$(nproc)

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# The repository's own files that match the patterns, NUL after each: tracked ones and new ones that git does not ignore.
# Outside of git (an unpacked archive), all but the build folder.
own_files() {
  if git -C "$root" -c safe.directory='*' rev-parse --git-dir >/dev/null 2>&1; then
    (cd "$root" && git -c safe.directory='*' ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" |
      while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done)
  else
    local names=() pattern
    for pattern in "$@"; do names+=(-o -name "$pattern"); done
    (cd "$root" && find . -path ./build -prune -o -type f \( "${names[@]:1}" \) -printf '%P\0')
  fi
}
