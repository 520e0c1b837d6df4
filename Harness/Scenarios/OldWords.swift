internal import Lab
internal import Linux
internal import Netlink
internal import Packets

// For scenarios that are not yet written in the vocabulary.

extension SynSchedule {
    init(of host: Host) throws {
        self.init(
            retries: Int(try host.sysctl("tcp_syn_retries") ?? "6") ?? 6,
            linear: Int(try host.sysctl("tcp_syn_linear_timeouts") ?? "0") ?? 0)
    }
}

/// Two sockets that connect to each other while the wire holds what they send.
struct CrossingOpen {
    let lab: Lab
    let a: Socket
    let b: Socket
    private let syns: (a: WireRule, b: WireRule)
    private let synAcks: WireRule

    var sockets: [Socket] { [a, b] }

    /// Sends both SYNs; neither arrives.
    init(_ lab: Lab, ports: (UInt16, UInt16), v6: Bool? = nil) throws {
        self.lab = lab
        let v6 = v6 ?? lab.prefersIPv6
        let addresses = (
            SocketAddress(v6 ? lab.a.ip6 : lab.a.ip4, ports.0), SocketAddress(v6 ? lab.b.ip6 : lab.b.ip4, ports.1)
        )
        syns = (try lab.wire.hold("SYN>"), try lab.wire.hold("<SYN"))
        synAcks = try lab.wire.hold("SYN/ACK>", "<SYN/ACK")
        a = try lab.a.socket("a", v6: v6)
        b = try lab.b.socket("b", v6: v6)
        try a.bind(addresses.0)
        try b.bind(addresses.1)
        for socket in [a, b] { try socket.setNonblocking() }
        lab.expect(try a.ask(.connect(addresses.1)), fails: .EINPROGRESS)
        lab.expect(try b.ask(.connect(addresses.0)), fails: .EINPROGRESS)
        try lab.require(syns.a, met: 1)
        try lab.require(syns.b, met: 1)
    }

    /// Lets one end's SYN arrive at the other.
    func deliverSYN(of host: HostName) throws { try lab.wire.release(host == .a ? syns.a : syns.b) }

    /// Lets both SYNs arrive and waits until both SYN/ACKs are on the wire.
    func deliverSYNs() throws {
        try lab.wire.release([syns.a, syns.b])
        // One of each end: after a second either sends its own again.
        for synAck in ["SYN/ACK> seq=0 ack=1", "<SYN/ACK seq=0 ack=1"] as [SegmentPattern] {
            try lab.requireCarried(synAck)
        }
    }

    /// Lets both SYN/ACKs arrive.
    func deliverSYNACKs() throws { try lab.wire.release(synAcks) }
}
