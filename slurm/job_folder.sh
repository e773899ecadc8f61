# A job's own folder on a node's disk, to be sourced:
#
#   job_folder NAME     makes it, empty, and sets `own`; returns 1 with a sentence if it cannot
#   remove_job_folder   removes it, with the processes that still use it
#   use_job_folder      points Ray, Python, vLLM and the compilers at it, so that nothing else is written
#
# Whoever made it removes it at the end: nothing of a job is to be left on a node.

# A Unix socket's path has at most 107 characters, of which Ray appends 64
# (/session_DATE_TIME_MICROSECONDS_PID/sockets/plasma_store).
longest_job_folder=43

job_folder() {
    local scratch=${CULTURE_RAY_SCRATCH:-${SLURM_TMPDIR:-/tmp}}
    own=$scratch/ray-$1
    if [ ${#own} -gt $longest_job_folder ]; then
        if [ -n "${CULTURE_RAY_SCRATCH:-}" ]; then
            echo "job_folder: $own has ${#own} characters, and Ray's sockets leave room for $longest_job_folder: set a shorter scratch" >&2
            return 1
        fi
        own=/tmp/ray-$1
    fi
    rm -rf "$own" # of an earlier attempt of this job, which lost its power
    mkdir -p -m 700 "$own" && return 0
    echo "job_folder: cannot make $own on $(hostname): set scratch to the node's own disk" >&2
    return 1
}

# What Ray started here outlives a killed raylet by seconds, in which it makes the folder anew.
remove_job_folder() {
    local tenth environment left
    for ((tenth = 0; tenth < 100; tenth++)); do
        rm -rf "$own" 2>/dev/null # at once: a job that is cancelled has little time
        left=
        for environment in $(TMPDIR='' grep -lsz "^TMPDIR=$own/" /proc/[0-9]*/environ); do
            left=${environment//[!0-9]/}
            kill -KILL "$left" 2>/dev/null
        done
        [ -n "$left" ] || [ -e "$own" ] || return 0
        sleep 0.1
    done
    rm -rf "$own"
}

use_job_folder() {
    local home=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache} name folder
    # What is to last beyond the job stays where it was: weights and the embedded model.
    export HF_HOME=${HF_HOME:-$home/huggingface} CULTURE_RAY_CACHE=${CULTURE_RAY_CACHE:-$home}
    while read -r name folder; do
        case $name in '' | '#'*) continue ;; esac
        mkdir -p "$own/$folder" && export "$name=$own/$folder"
    done <"$CULTURE_RAY_SLURM/job_folder.variables"
}
