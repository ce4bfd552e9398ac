#!/usr/bin/env python3
"""The network between hosts: carries IP packets between namespaces, delayed, with loss, or not at all.

    wire.py NAME=ADDRESS...    e.g. ada=10.77.0.2

Gives each namespace NAME a device `eth0` with this address and carries what is sent there. Commands on
standard input, as JSON lines, change the link of one host; each is answered by a line:
{"host": "ada", "loss": 0.05, "delay_ms": 100, "drop": ["udp"]}.
{"host": "ada", "away_from": ["bob"], "only_tcp": 8443} lets nothing pass between the two, and to others only
TCP with this port. It ends when standard input does, and the devices with it.

Why not netem: that is a module many kernels lack, and nothing here needs to be fast.
"""

import ctypes
import fcntl
import heapq
import ipaddress
import itertools
import json
import os
import random
import selectors
import struct
import subprocess
import sys
import time

PREFIX = "halloo-"
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
PROTOCOLS = {"tcp": 6, "udp": 17}
PACKET_BYTES = 65536


class Host:
    """A namespace, its device and what its link does to packets."""

    def __init__(self, name, address):
        self.name = name
        self.configure()
        with open(f"/run/netns/{PREFIX}{name}") as namespace:
            enter(namespace.fileno())
        self.device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.device, TUNSETIFF, struct.pack("16sH", b"eth0", IFF_TUN | IFF_NO_PI))
        for command in ("link set lo up", "link set eth0 up", f"addr add {address}/24 dev eth0"):
            subprocess.run(["ip", *command.split()], check=True)

    def configure(self, loss=0.0, delay_ms=0.0, drop=(), away_from=(), only_tcp=None):
        self.loss, self.delay_s = loss, delay_ms / 1000
        self.dropped = frozenset(PROTOCOLS[protocol] for protocol in drop)
        self.away_from, self.only_tcp = frozenset(away_from), only_tcp

    def lets_pass(self, packet, other):
        if other.name in self.away_from or packet[9] in self.dropped:
            return False
        if self.only_tcp and not (packet[9] == PROTOCOLS["tcp"] and self.only_tcp in ports(packet)):
            return False
        return random.random() >= self.loss


def ports(packet):
    """Of the sender and of the receiver, in a TCP or UDP packet."""
    return struct.unpack_from("!HH", packet, (packet[0] & 0x0F) * 4)


def enter(namespace):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Wire:
    def __init__(self, hosts):
        self.hosts = {host.name: host for host in hosts}
        # Which host uses an address is learned from what it sends, so that addresses may change.
        self.owners = {}
        self.under_way, self.order = [], itertools.count()
        self.events = selectors.DefaultSelector()
        for host in hosts:
            self.events.register(host.device, selectors.EVENT_READ, lambda host=host: self.take(host))
        os.set_blocking(sys.stdin.fileno(), False)
        self.events.register(sys.stdin, selectors.EVENT_READ, self.obey)
        self.unread, self.ended = b"", False

    def run(self):
        while not self.ended:
            patience = max(0.0, self.under_way[0][0] - time.monotonic()) if self.under_way else None
            for key, _ in self.events.select(patience):
                key.data()
            while self.under_way and self.under_way[0][0] <= time.monotonic():
                _, _, to, packet = heapq.heappop(self.under_way)
                deliver(to, packet)

    def take(self, sender):
        while True:
            try:
                packet = os.read(sender.device, PACKET_BYTES)
            except BlockingIOError:
                return
            if packet[0] >> 4 != 4:
                continue
            source, target = packet[12:16], packet[16:20]
            self.owners[source] = sender
            receiver = self.owners.get(target)
            if not receiver or receiver is sender:
                continue
            if sender.lets_pass(packet, receiver) and receiver.lets_pass(packet, sender):
                at = time.monotonic() + sender.delay_s + receiver.delay_s
                heapq.heappush(self.under_way, (at, next(self.order), receiver, packet))

    def obey(self):
        chunk = os.read(sys.stdin.fileno(), PACKET_BYTES)
        self.ended = not chunk
        *lines, self.unread = (self.unread + chunk).split(b"\n")
        for line in lines:
            command = json.loads(line)
            self.hosts[command.pop("host")].configure(**command)
            print("done", flush=True)


def deliver(to, packet):
    try:
        os.write(to.device, packet)
    except OSError:
        # As on any network: a host that cannot take a packet loses it.
        pass


def main():
    pairs = [argument.split("=") for argument in sys.argv[1:]]
    wire = Wire([Host(name, address) for name, address in pairs])
    for name, address in pairs:
        wire.owners[ipaddress.ip_address(address).packed] = wire.hosts[name]
    print("ready", flush=True)
    wire.run()


main()
