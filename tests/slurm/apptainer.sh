#!/bin/bash
# A stand-in for Apptainer: `apptainer exec [--nv] [--bind A,B] IMAGE COMMAND...`. The command sees
# the image's folders, the home directory and what is bound, and nothing else of the node. IMAGE has
# a line of folders and one that is its PATH. As with the real one, the environment goes in but for
# PATH, a bound folder has to be there, and signals and exit codes are the command's.
set -eu
refuse() { echo "apptainer: $1" >&2; exit 255; }
[ "${1:-}" = exec ] || refuse "unknown command ${1:-}"
shift
binds=$HOME,${APPTAINER_BINDPATH:-}
while [[ $1 == -* ]]; do
    case $1 in
        --nv) ;;
        --bind) binds+=,$2 && shift ;;
        *) refuse "unknown flag $1" ;;
    esac
    shift
done
{ read -r folders && read -r path; } <"$1" || refuse "no image $1"
shift
# shellcheck disable=SC2016
exec unshare --mount --propagation private bash -c '
    folders=$1 binds=$2 path=$3 here=$PWD && shift 3
    mount -t tmpfs tmpfs /mnt
    for folder in $folders ${binds//,/ } /proc /sys /dev; do
        [ -d "$folder" ] || { echo "apptainer: no folder $folder to bind" >&2; exit 255; }
        mkdir -p "/mnt$folder" && mount --rbind "$folder" "/mnt$folder" || exit 255
    done
    exec chroot /mnt env "PATH=$path" bash -c "cd \"\$0\" || cd; exec \"\$@\"" "$here" "$@"
' bash "$folders" "$binds" "$path" "$@"
