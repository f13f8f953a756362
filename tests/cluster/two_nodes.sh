#!/bin/sh
# Run a command on two "nodes" of this computer, each with a name and a network of its own, which
# one cable joins: sh two_nodes.sh COMMAND
#
# The command finds its node in $NODE: 0, at 10.0.0.1, or 1, at 10.0.0.2. The last line printed says
# what went through the cable. Nobody else sees these networks, and nothing outlives the process
# that called. Root may do this, and other users where user namespaces are allowed; needs iproute2.
set -eu

if [ "$1" != --apart ]; then
    user=$([ "$(id -u)" = 0 ] || echo --map-root-user)
    # shellcheck disable=SC2086 # no user, no word
    exec setpriv --pdeathsig KILL unshare $user --mount --net --uts --pid --fork --kill-child \
        sh "$0" --apart "$@"
fi
shift

mount -t tmpfs none /run # names of networks are noted there; ours are nobody else's business
ip netns add other
ip link add eth0 type veth peer name eth0 netns other
ip address add 10.0.0.1/30 dev eth0
ip -n other address add 10.0.0.2/30 dev eth0
for device in lo eth0; do
    ip link set "$device" up
    ip -n other link set "$device" up
done

export GLOO_SOCKET_IFNAME=eth0
hostname node0
NODE=1 nsenter --net=/run/netns/other unshare --uts \
    sh -c 'hostname node1; exec "$@"' sh "$@" &
status=0
NODE=0 "$@" || status=$?
wait $! || status=$?
ip -json -stats link show eth0
exit $status
