/// A TCP state, numbered and named as the kernel does (include/net/tcp_states.h).
package enum TCPState: UInt8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case ESTABLISHED = 1
    case SYN_SENT = 2
    case SYN_RECV = 3
    case FIN_WAIT1 = 4
    case FIN_WAIT2 = 5
    case TIME_WAIT = 6
    case CLOSE = 7
    case CLOSE_WAIT = 8
    case LAST_ACK = 9
    case LISTEN = 10
    case CLOSING = 11
    /// A request sock. Only a bit of a mask: the rows themselves say SYN_RECV.
    case NEW_SYN_RECV = 12
    /// Bound and neither listening nor connected. Only a bit of a mask (Linux 6.8): the rows themselves say CLOSE.
    case BOUND_INACTIVE = 13

    /// The state's bit in the mask that a dump asks with.
    package var mask: UInt32 { 1 << UInt32(rawValue) }

    package var description: String {
        switch self {
        case .ESTABLISHED: "ESTABLISHED"
        case .SYN_SENT: "SYN_SENT"
        case .SYN_RECV: "SYN_RECV"
        case .FIN_WAIT1: "FIN_WAIT1"
        case .FIN_WAIT2: "FIN_WAIT2"
        case .TIME_WAIT: "TIME_WAIT"
        case .CLOSE: "CLOSE"
        case .CLOSE_WAIT: "CLOSE_WAIT"
        case .LAST_ACK: "LAST_ACK"
        case .LISTEN: "LISTEN"
        case .CLOSING: "CLOSING"
        case .NEW_SYN_RECV: "NEW_SYN_RECV"
        case .BOUND_INACTIVE: "BOUND_INACTIVE"
        }
    }
}

/// The timer that is running for a socket (`idiag_timer`, inet_sk_diag_fill() of net/ipv4/inet_diag.c).
package enum DiagTimer: UInt8, CaseIterable, Hashable, Sendable {
    case off = 0
    /// Retransmission, loss probe or reordering; of a request sock, the SYN-ACK's.
    case retransmit = 1
    /// `sk_timer`: keepalive, or an orphan's wait in FIN_WAIT2.
    case keepalive = 2
    /// A time-wait minisock, in TIME_WAIT or FIN_WAIT2.
    case timewait = 3
    /// Zero window probe.
    case persist = 4
    /// Delayed ACK, shown where no other timer runs; since 7.1 (c698f5cc940d).
    case delayedAck = 5
}
