#!/usr/bin/env bash
# Back up a running bot that keeps its data in SQLite: deploy/backup.sh DATA_DIR BACKUP_DIR
# For PostgreSQL see docs/running.md. A backup holds what people said: keep it as carefully as the data itself.
set -euo pipefail

data=${1:?usage: deploy/backup.sh DATA_DIR BACKUP_DIR}
target=${2:?usage: deploy/backup.sh DATA_DIR BACKUP_DIR}
umask 077

if [ ! -f "$data/oh-lora.sqlite3" ]; then
    echo "no database at $data/oh-lora.sqlite3; give the folder that OHLORA_DATA_DIR names" >&2
    exit 1
fi
mkdir -p "$target"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# SQLite's own backup gives one consistent state while the bot goes on; a plain copy of the file would not.
python3 - "$data/oh-lora.sqlite3" "$folder/oh-lora.sqlite3" <<'PYTHON'
import sqlite3
import sys

with sqlite3.connect(sys.argv[1]) as source, sqlite3.connect(sys.argv[2]) as copy:
    source.backup(copy)
PYTHON
cp -a "$data/pictures" "$folder/" 2>/dev/null || true
cp -a "$data/secret.key" "$folder/" 2>/dev/null || true
archive="$target/oh-lora-$(date -u +%Y%m%dT%H%M%SZ).tar.gz"
tar -C "$folder" -czf "$archive.part" .
mv "$archive.part" "$archive"
echo "$archive"
