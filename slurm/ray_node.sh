#!/bin/bash
# One node's Ray, in the foreground until it is told to stop; srun runs it once per node.
#
#   ray_node.sh head FOLDER JOB       starts a cluster and writes its address to FOLDER/address
#   ray_node.sh worker FOLDER JOB     waits for that file and joins
#
# JOB is the id of the part of a heterogeneous job, and the job's own otherwise.
# FOLDER lies on a file system that all nodes of the job see. Ray's own files lie on the node's own
# disk, in a folder of this job, so that two jobs on one node do not meet. See slurm/README.md.
set -u
role=$1 folder=$2 job=$3

# A Unix socket's path may have 107 characters, and Ray appends about 70: the folder must be short.
scratch=${CULTURE_RAY_SCRATCH:-${SLURM_TMPDIR:-/tmp}}
own=$scratch/ray-$job
mkdir -p -m 700 "$own" || { echo "ray_node: cannot make $own on $(hostname): set scratch to the node's own disk" >&2; exit 1; }

echo "$job.$SLURM_STEP_ID" >>"$folder/steps" || {
    echo "ray_node: $(hostname) does not see $folder: put results on a file system that all nodes share" >&2
    exit 1
}

node=${SLURMD_NODENAME:-$(hostname -s)}
ip=$(getent ahostsv4 "$node" | awk 'NR == 1 {print $1}')
case $ip in '' | 127.*) ip=$(hostname -I | awk '{print $1}') ;; esac

# Another job's Ray cannot be met by accident (folders, ports and token are this job's own), but one
# that its job left behind may hold memory of the GPUs: say so, and leave it to its owner.
for pid in $(pgrep -u "$(id -u)" -x raylet); do
    owner=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^SLURM_JOB_ID=//p')
    [ "${owner:-none}" = "$SLURM_JOB_ID" ] && continue
    squeue --noheader --jobs "${owner:-0}" --states running >/dev/null 2>&1 && [ -n "$owner" ] &&
        [ -n "$(squeue --noheader --jobs "$owner" --states running 2>/dev/null)" ] && continue
    echo "ray_node: $node has a Ray of yours from job ${owner:-unknown}, which does not run any more: pid $pid; kill it if its GPUs look full" >&2
done

set -- --node-ip-address="$ip" --temp-dir="$own" --disable-usage-stats --block \
    --object-store-memory=268435456 \
    --num-cpus="${SLURM_CPUS_ON_NODE:?runs under Slurm only}" --num-gpus="${SLURM_GPUS_ON_NODE:-0}"
ray="${CULTURE_RAY_RUNNER:-} ray"

if [ "$role" = head ]; then
    free=$(${CULTURE_RAY_RUNNER:-} python -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
    # Port 0: Ray finds a free port itself. The Ray Client, which nothing here uses, cannot.
    $ray start --head --port=0 --include-dashboard=false --ray-client-server-port="$free" "$@" &
else
    for ((second = 0; second < ${CULTURE_RAY_WAIT_S:-300}; second++)); do
        [ -s "$folder/address" ] && break
        sleep 1
    done
    [ -s "$folder/address" ] || { echo "ray_node: no head after $second s; see $folder" >&2; exit 1; }
    $ray start --address="$(cat "$folder/address")" "$@" &
fi
ray_pid=$!
stopped=
trap 'stopped=1; kill -TERM $ray_pid 2>/dev/null' TERM INT

if [ "$role" = head ]; then
    until [ -s "$own/ray_current_cluster" ] || ! kill -0 $ray_pid 2>/dev/null; do sleep 0.2; done
    [ -s "$own/ray_current_cluster" ] && cp "$own/ray_current_cluster" "$folder/.address" &&
        mv "$folder/.address" "$folder/address"
fi
wait $ray_pid
code=$?
while kill -0 $ray_pid 2>/dev/null; do wait $ray_pid; code=$?; done
rm -rf "$own"
if [ -n "$stopped" ]; then exit 0; fi
exit $code
