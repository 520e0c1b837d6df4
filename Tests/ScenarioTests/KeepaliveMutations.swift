import Lab
import Packets
import Worker

let keepaliveMutations = [
    Mutation(
        "keepalive.off-by-default", "SO_KEEPALIVE does nothing", .option(.SO_KEEPALIVE, 0),
        says: "SO_KEEPALIVE of client is 1", "seen returned 0 0"),
    Mutation(
        "keepalive.off-by-default", "the kernel's idle time is another", .setting("tcp_keepalive_time", "100"),
        says: "the timer of client is set for 7199.95", "s (ESTABLISHED"),

    Mutation(
        "keepalive.defaults-and-options", "the kernel's interval is another", .setting("tcp_keepalive_intvl", "60"),
        says: "tcp_keepalive_intvl is 75", "seen 60"),
    Mutation(
        "keepalive.defaults-and-options", "the option sets something else", .option(.TCP_KEEPIDLE, 200),
        says: "the timer of client is set for 99.95", "s (ESTABLISHED"),
    Mutation(
        "keepalive.defaults-and-options", "any number of probes is allowed", .option(.TCP_KEEPCNT, 127),
        says: "TCP_KEEPCNT of client is 1", "returned 0 127"),

    Mutation(
        "keepalive.timer-visible", "the idle time is another", .option(.TCP_KEEPIDLE, 50),
        says: "the timer of client is set for 99.95", "s (ESTABLISHED"),

    Mutation(
        "keepalive.probe-form", "the probe is not answered", .swallow("<ACK seq=4 ack=6"),
        says: "the wire carries <ACK", "ACK>"),
    Mutation(
        "keepalive.probe-form", "the answer acknowledges the probe's own number",
        .replace("<ACK seq=4 ack=6") {
            var changed = $0
            changed.acknowledgement &-= 1
            return [changed]
        }, says: "the wire carries ACK> seq=5 ack=4 len=0, <ACK seq=4 ack=6 len=0", "ack is 5"),

    Mutation(
        "keepalive.idle-reset", "the idle time is shorter", .option(.TCP_KEEPIDLE, 1),
        says: "A's probe comes 2 s after the last data", "seen 1."),
    Mutation(
        "keepalive.idle-reset", "probes come although data does",
        .replace("DATA> seq=2") { [$0, $0.keepaliveProbe] }, says: "no probe within 1.0 s", "seen ACK>"),

    Mutation(
        "keepalive.probe-unreliable", "the lost probe is sent again early", .option(.TCP_KEEPINTVL, 1),
        says: "the next probe comes after the interval", "seen 1."),
    Mutation(
        "keepalive.probe-unreliable", "the second probe is not answered", .swallow("<ACK seq=1 ack=1"),
        says: "the wire carries ACK> seq=0 ack=1 len=0 count=2, <ACK seq=1 ack=1 len=0", "saw"),

    Mutation(
        "keepalive.pure-ack-unreliable", "the lost ACK is sent again", .double("ACK> ack=6", 1...1),
        says: "server ESTABLISHED owned timer retransmit wqueue 5", "seen server ESTABLISHED timer off"),
    Mutation(
        "keepalive.pure-ack-unreliable", "the duplicate is not reported", .setting("tcp_dsack", "0"),
        says: "sack=1:6 dsack", "it has no SACK block"),

    Mutation(
        "keepalive.rebooted-peer", "the peer keeps silent", .swallow("<RST seq=1"),
        says: "recv(", "on client returns", "still blocked"),

    Mutation(
        "keepalive.unreachable-network", "one probe is enough", .option(.TCP_KEEPCNT, 1),
        says: "counters of A OutOfWindowIcmps +2, TCPKeepAlive +2", "TCPKeepAlive +1"),

    Mutation(
        "keepalive.nat-refresh", "one probe is not answered", .swallow("<ACK seq=1 ack=1", 2...2),
        says: "the wire carries ACK> seq=0 ack=1 len=0, <ACK seq=1 ack=1 len=0", "expected <ACK"),

    Mutation(
        "keepalive.app-not-checked", "nobody answers for a stopped process", .swallow("<ACK seq=1 ack=1"),
        says: "B answers three probes of client", "seen ACK> ACK> RST/ACK>"),

    Mutation(
        "keepalive.go-profile", "the idle time is another", .option(.TCP_KEEPIDLE, 2),
        says: "TCP_KEEPIDLE of client is 1", "returned 0 2"),
    Mutation(
        "keepalive.go-profile", "the kernel sends other than nine probes", .setting("tcp_keepalive_probes", "8"),
        says: "TCP_KEEPCNT of client is 9", "returned 0 8"),

    Mutation(
        "keepalive.period", "the interval counts for nothing", .option(.TCP_KEEPINTVL, 1),
        says: "client 1/3: from probe to probe", "seen 1."),

    Mutation(
        "keepalive.not-while-in-flight", "a probe comes between", .replace("DATA>", 2...2) { [$0, $0.keepaliveProbe] },
        says: "nothing but the data, sent again and again", "DATA> DATA> ACK>"),

    Mutation(
        "keepalive.half-closed", "one probe is enough", .option(.TCP_KEEPCNT, 1),
        says: "the wire carries 2 × ACK> seq=1 ack=1", "seen 1 of"),
    Mutation(
        "keepalive.half-closed", "A says no goodbye", .swallow("RST/ACK>"),
        says: "the wire carries RST/ACK> seq=2 ack=1", "ACK>"),
]

extension TCPSegment {
    /// The probe that the same end would send after this segment.
    fileprivate var keepaliveProbe: TCPSegment {
        var probe = self
        probe.sequence = endSequence &- 1
        probe.flags = .ACK
        probe.payload = []
        return probe
    }
}
