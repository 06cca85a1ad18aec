#!/usr/bin/env bash
# Starts a private Slurm on this machine: munged, slurmctld and N slurmd of one CPU each; as root, without systemd.
# Usage: up.sh DIR N. Everything it writes and every pid file is below DIR. Prints the state of the nodes.
set -euo pipefail
dir=$(realpath -m "$1")
nodes=$2
host=$(hostname -s)
cpus=$(nproc)
# Daemons find each other by the name of the machine, which some containers cannot look up.
getent hosts "$host" > /dev/null || echo "127.0.0.1 $host" >> /etc/hosts
mkdir -p "$dir"/{state,spool,log,munge}
chmod 700 "$dir/munge"
(umask 077 && head -c 128 /dev/urandom > "$dir/munge/key")
{
  cat <<EOF
ClusterName=loop
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/sock
CryptoType=crypto/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
# Neither control groups nor a database.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=10
InactiveLimit=0
KillWait=2
JobRequeue=1
EOF
  for i in $(seq 1 "$nodes"); do
    echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((17000 + i)) CPUs=$((cpus / nodes > 0 ? cpus / nodes : 1)) State=UNKNOWN"
  done
  echo "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP"
} > "$dir/slurm.conf"
echo CgroupAutomount=no > "$dir/cgroup.conf"
export SLURM_CONF=$dir/slurm.conf
munged --force --key-file="$dir/munge/key" --socket="$dir/munge/sock" --pid-file="$dir/munge/pid" \
  --log-file="$dir/log/munged.log" --seed-file="$dir/munge/seed"
slurmctld -f "$SLURM_CONF" -c
for i in $(seq 1 "$nodes"); do slurmd -N "n$i" -f "$SLURM_CONF"; done
for _ in $(seq 1 150); do
  [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" = "$nodes" ] && break
  sleep 0.2
done
sinfo -h -N -o "%N %t"
