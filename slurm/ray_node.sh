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
. "$CULTURE_RAY_SLURM/job_folder.sh"
. "$CULTURE_RAY_SLURM/node_resources.sh"
. "$CULTURE_RAY_SLURM/node_address.sh"
node=${SLURMD_NODENAME:-$(hostname -s)}

# The driver reads `absent` to know for whom not to wait.
give_up() {
    echo "ray_node: $1" >&2
    echo "$node: $1" 2>/dev/null >>"$folder/absent"
    [ -z "${own:-}" ] || remove_job_folder
    exit 1
}

echo "$job.$SLURM_STEP_ID" 2>/dev/null >>"$folder/steps" ||
    give_up "$node does not see $folder: put results on a file system that all nodes share"
stopped= ray_pid=
# Slurm sends TERM when the job is cancelled or over time; ray_down sends URG, which everything else
# ignores and Slurm does not report as an error.
trap 'stopped=1; [ -z "$ray_pid" ] || kill -TERM "$ray_pid" 2>/dev/null' TERM INT URG

job_folder "$job" || give_up "it has no folder of its own"
use_job_folder
name_gpus
ray="${CULTURE_RAY_RUNNER:-} ray" wait_s=${CULTURE_RAY_WAIT_S:-300}

# Another job's Ray cannot be met by accident (folders, ports and token are this job's own), but one
# that its job left behind may hold memory of the GPUs: say so, and leave it to its owner.
for pid in $(pgrep -u "$(id -u)" -x raylet 2>/dev/null); do
    owner=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^SLURM_JOB_ID=//p')
    [ "${owner:-none}" = "$SLURM_JOB_ID" ] && continue
    squeue --noheader --jobs "${owner:-0}" --states running >/dev/null 2>&1 && [ -n "$owner" ] &&
        [ -n "$(squeue --noheader --jobs "$owner" --states running 2>/dev/null)" ] && continue
    echo "ray_node: $node has a Ray of yours from job ${owner:-unknown}, which does not run any more: pid $pid; kill it if its GPUs look full" >&2
done

reachable() {
    # shellcheck disable=SC2086 # the runner is several words
    ${CULTURE_RAY_RUNNER:-} python "$CULTURE_RAY_SLURM/reachable.py" "$@" 2>"$own/problem"
}
addresses=$(node_addresses "${CULTURE_RAY_ADDRESS:-}" 2>"$own/problem") || give_up "$(cat "$own/problem")"
ip=${addresses%%$'\n'*}
if [ "$role" = head ]; then
    if [ "${CULTURE_RAY_NODES:-1}" -gt 1 ] && [ "$addresses" != "$ip" ]; then
        # shellcheck disable=SC2086 # one word per address
        ip=$(reachable head "$folder" $((wait_s / 3)) $addresses) || give_up "$(tail -n 1 "$own/problem")"
    fi
else
    towards=$(reachable worker "$folder" "$wait_s") || give_up "$(tail -n 1 "$own/problem"); set slurm.address to a network that the nodes share"
    [ -n "${CULTURE_RAY_ADDRESS:-}" ] || ip=${towards% *}
fi

memory=$(node_memory)
# Requests and answers go through Ray's store, and they are small; a quarter leaves room on small nodes.
store=$((memory / 4 < 268435456 ? memory / 4 : 268435456))
[ "$store" -gt 80000000 ] || store=80000000 # Ray takes no less
set -- --node-ip-address="$ip" --temp-dir="$own" --disable-usage-stats --block \
    --object-store-memory=$store --memory=$((memory > 2 * store ? memory - store : store)) \
    --num-cpus="${SLURM_CPUS_ON_NODE:?runs under Slurm only}" --num-gpus="$(node_gpus)"
if [ -z "$stopped" ]; then
    if [ "$role" = head ]; then
        # shellcheck disable=SC2086
        free=$(${CULTURE_RAY_RUNNER:-} python -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
        # Port 0: Ray finds a free port itself. The Ray Client, which nothing here uses, cannot.
        $ray start --head --port=0 --include-dashboard=false --ray-client-server-port="$free" "$@" &
    else
        $ray start --address="${towards#* }" "$@" &
    fi
    ray_pid=$!
    [ -z "$stopped" ] || kill -TERM $ray_pid 2>/dev/null
fi

if [ "$role" = head ] && [ -n "$ray_pid" ]; then
    until [ -s "$own/ray_current_cluster" ] || ! kill -0 $ray_pid 2>/dev/null; do sleep 0.2; done
    [ -s "$own/ray_current_cluster" ] && cp "$own/ray_current_cluster" "$folder/.address" &&
        mv "$folder/.address" "$folder/address"
fi
code=0
if [ -n "$ray_pid" ]; then
    wait $ray_pid
    code=$?
    [ "$role" != head ] || [ -n "$stopped" ] || echo "exit code $code" >"$folder/ended"
    for ((tenth = 0; tenth < 100; tenth++)); do # told to stop; Slurm kills what takes much longer
        kill -0 $ray_pid 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL $ray_pid 2>/dev/null
fi
[ -z "$stopped" ] || code=0
# Kept only where something failed: this node's Ray, or the job, of which ray_down leaves word.
if [ $code != 0 ] || [ -e "$folder/failed" ]; then
    # shellcheck disable=SC2086
    ${CULTURE_RAY_RUNNER:-} python -m culture_ray.sweep.execute.ray_logs \
        "$own/session_latest/logs" "${CULTURE_RAY_LOGS:-$folder/ray}/$node" >&2
fi
remove_job_folder
exit $code
