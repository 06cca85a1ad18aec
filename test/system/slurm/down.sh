#!/usr/bin/env bash
# Stops what up.sh has started in DIR, by the process ids that it wrote. Usage: down.sh DIR
dir=$(realpath -m "$1")
SLURM_CONF=$dir/slurm.conf scancel --user="$(id -un)" 2>/dev/null
sleep 1
for file in "$dir"/slurmd-*.pid "$dir/slurmctld.pid" "$dir/munge/pid"; do
  [ -s "$file" ] && kill "$(cat "$file")" 2>/dev/null
done
true
