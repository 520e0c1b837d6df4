internal import Linux
package import Netlink
internal import Packets
internal import Record

// Looks at and attacks on a listener's queue of requests.
extension Lab {
    /// The requests of a listener's port, as netlink shows them.
    package func requests(on listener: Socket) throws -> [DiagRow] {
        let rows = try listener.host.rows()
        guard let port = rows.first(where: { $0.cookie == listener.identity.cookie })?.local.port else { return [] }
        return rows.filter { $0.isRequest && $0.local.port == port }
    }

    /// Waits until each of so many SYNs is a request or was dropped because the queue was full; returns the requests.
    package func countRequests(
        on listener: Socket, after sent: Int, file: StaticString = #fileID, line: Int = #line
    ) throws -> Int {
        var kept = 0
        var dropped = 0
        try require(
            "\(sent) SYNs are requests of \(listener.label) or dropped", file: file, line: line,
            seen: { "\(kept) requests, TCPReqQFullDrop +\(dropped)" }
        ) {
            kept = try self.requests(on: listener).count
            dropped = Int(try listener.host.counters()["TCPReqQFullDrop"] ?? 0)
            return kept + dropped == sent
        }
        return kept
    }

    /// Sends B SYNs that no kernel made, each from another port of A that nobody uses.
    ///
    /// The rule that is returned loses the answers, so that A does not reset what it knows nothing of.
    package func forgeSYNs(_ count: Int, to port: UInt16) throws -> WireRule {
        let sources = (0..<count).map { SocketAddress(a.ip, 1000 + UInt16($0)) }
        let answers = try wire.drop("<SYN/ACK", ends: sources)
        for source in sources {
            try wire.inject(
                TCPSegment(
                    source: source, destination: SocketAddress(b.ip, port), sequence: 1000, flags: .SYN,
                    options: [.mss(1460)]), to: .b)
        }
        return answers
    }
}
