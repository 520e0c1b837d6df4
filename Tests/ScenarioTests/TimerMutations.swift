import Acts
import Lab
import Packets
import Worker

let timerMutations = [
    // Nothing tampers with the minute itself, which is the kernel's constant; these go wrong before it begins.
    Mutation(
        "timewait.sixty-seconds", "the second FIN never comes", .swallow("<FIN"),
        says: "TIME_WAIT minisock", "FIN_WAIT2"),
    Mutation(
        "timewait.sixty-seconds", "TIME_WAIT is assassinated (RFC 1337)", .replace("<FIN") { [$0, $0.followingReset] },
        says: "client with tcp_fin_timeout 5 TIME_WAIT minisock timer timewait", "no row"),
    Mutation(
        "timewait.sixty-seconds", "shutdown() closes", .shutdown(on: .a) { .close($0) },
        says: "FIN_WAIT2 owned timer off", "FIN_WAIT2 minisock"),

    Mutation(
        "keepalive.dead-peer", "two probes are enough", .option(.TCP_KEEPCNT, 2),
        says: "client ESTABLISHED owned timer keepalive retransmits 3", "client has no row any more; at"),
    Mutation(
        "keepalive.dead-peer", "one probe does not go out", .swallow("ACK> seq=0 len=0", 3...4),
        says: "3 probes below the next sequence number, then RST/ACK", "seen ACK> ACK> RST/ACK>"),
    Mutation(
        "keepalive.dead-peer", "no reset at the end", .swallow("RST/ACK>"),
        says: "the wire carries RST/ACK>", "ACK>"),
    Mutation(
        "keepalive.dead-peer", "the first probe comes too late", .option(.TCP_KEEPIDLE, 2),
        says: "the first probe comes after the idle time: ", "seen 2."),
    Mutation(
        "keepalive.dead-peer", "the probes are further apart", .option(.TCP_KEEPINTVL, 2),
        says: "the next comes after the interval", "seen 2."),
]

extension FaultInjection {
    /// A socket option is set to something else.
    static func option(_ option: SocketOption, _ value: Int32) -> FaultInjection {
        call { _, request in
            guard case .setOption(let fd, option, _) = request else { return nil }
            return .setOption(fd, option, withUnsafeBytes(of: value) { Array($0) })
        }
    }
}

extension TCPSegment {
    /// The reset that a host without the connection would send right after this segment.
    var followingReset: TCPSegment {
        var reset = reset
        reset.sequence = endSequence
        return reset
    }

    /// A reset in this segment's place.
    var reset: TCPSegment {
        TCPSegment(source: source, destination: destination, sequence: sequence, flags: .RST)
    }
}
