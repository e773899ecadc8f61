# The addresses of this node, to be sourced:
#
#   node_addresses [WHERE]     prints those at which other nodes may reach it, the likeliest first
#
# WHERE is slurm.address: a network interface (ib0), a subnet (10.2.0.0/16), or what a host name gets
# appended for another network (i for node12i.domain). Without it, the address of the node's name comes
# first if it is one of this machine's own, then those of its other interfaces.

node_addresses() {
    local where=${1:-} node=${SLURMD_NODENAME:-$(hostname -s)} own named found=
    own=$(_own_addresses)
    if [ -z "$where" ]; then
        named=$(_address_of "$node")
        [ -n "$named" ] && grep -qxF "$named" <<<"$(cut -d ' ' -f 2 <<<"$own")" && echo "$named"
        cut -d ' ' -f 2 <<<"$own" | grep -vxF "${named:-none}"
        return 0
    fi
    case $where in
        */*) found=$(while read -r _ named; do _is_in "$named" "$where" && echo "$named"; done <<<"$own") ;;
        *)
            found=$(awk -v name="$where" '$1 == name {print $2}' <<<"$own")
            if [ -z "$found" ]; then
                case $node in
                    *.*) named=$(_address_of "${node%%.*}$where.${node#*.}") ;;
                    *) named=$(_address_of "$node$where") ;;
                esac
                grep -qxF "${named:-none}" <<<"$(cut -d ' ' -f 2 <<<"$own")" && found=$named
            fi
            ;;
    esac
    [ -n "$found" ] && echo "$found" && return 0
    echo "node_addresses: slurm.address=$where is no interface, subnet or suffix of a name of $node, which has $(tr '\n' ' ' <<<"$own")" >&2
    return 1
}

# INTERFACE ADDRESS of every interface but the loopback, one per line.
_own_addresses() {
    if command -v ip >/dev/null; then
        ip -o -4 addr show up 2>/dev/null | awk '$2 != "lo" {split($4, part, "/"); print $2, part[1]}'
    else
        hostname -I | tr ' ' '\n' | awk '/^[0-9.]+$/ {print "-", $1}'
    fi
}

_address_of() { getent ahostsv4 "$1" | awk 'NR == 1 {print $1}'; }

# _is_in ADDRESS SUBNET
_is_in() {
    local bits=${2#*/}
    [ $(($(_number "$1") >> (32 - bits))) -eq $(($(_number "${2%/*}") >> (32 - bits))) ]
}

_number() {
    local a b c d
    IFS=. read -r a b c d <<<"$1"
    echo $((((10#$a * 256 + 10#${b:-0}) * 256 + 10#${c:-0}) * 256 + 10#${d:-0}))
}
