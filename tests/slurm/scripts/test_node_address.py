"""A node's address is the one in the network that the nodes share."""

from __future__ import annotations

import pytest

from tests.slurm.scripts.shell import bash

STAND_INS = """
hostname() { case ${1:-} in -I) echo 172.16.0.7 10.2.0.7 ;; *) echo node7 ;; esac; }
ip() {
    echo '1: lo    inet 127.0.0.1/8 scope host lo'
    echo '2: eth0    inet 172.16.0.7/16 brd 172.16.255.255 scope global eth0'
    echo '3: ib0    inet 10.2.0.7/16 scope global ib0'
}
getent() {
    case $2 in
        node7 | node7.site) echo "172.16.0.7  STREAM $2" ;;
        node7i | node7i.site) echo "10.2.0.7  STREAM $2" ;;
        node7x) echo "10.9.9.9  STREAM $2" ;;
        alias) echo "127.0.1.1  STREAM $2" ;;
    esac
}
command() { true; }
"""


def addresses(where: str = "", node: str = "node7") -> tuple[list[str], str]:
    said = bash(
        f"{STAND_INS}\nnode_addresses '{where}'", {"SLURMD_NODENAME": node}, "node_address.sh"
    )
    return said.stdout.split(), said.stderr


@pytest.mark.parametrize("where", ["ib0", "10.2.0.0/16", "10.0.0.0/8", "i"])
def test_an_interface_a_subnet_or_a_suffix_chooses_the_network(where: str) -> None:
    assert addresses(where) == (["10.2.0.7"], "")


def test_a_suffix_comes_before_the_domain() -> None:
    assert addresses("i", "node7.site") == (["10.2.0.7"], "")


def test_without_a_choice_the_nodes_name_comes_first_and_then_its_other_networks() -> None:
    assert addresses() == (["172.16.0.7", "10.2.0.7"], "")
    assert addresses(node="alias") == (["172.16.0.7", "10.2.0.7"], "")
    assert addresses(node="node7x") == (["172.16.0.7", "10.2.0.7"], "")


@pytest.mark.parametrize("where", ["ib1", "192.168.0.0/24", "x"])
def test_a_network_that_the_node_has_not_is_named(where: str) -> None:
    found, said = addresses(where)
    assert found == []
    assert said == (
        f"node_addresses: slurm.address={where} is no interface, subnet or suffix of a name of "
        "node7, which has eth0 172.16.0.7 ib0 10.2.0.7 \n"
    )
