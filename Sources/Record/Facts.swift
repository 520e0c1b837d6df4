/// A system call that a worker made, with its answer.
package struct CallFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    /// Nanoseconds since the attempt began, at entry.
    package var at: Int64
    /// Nanoseconds inside the call; nil while it has not returned.
    package var took: Int64?
    /// `A` or `B`.
    package var host: String
    /// Which process of the host.
    package var process: String
    /// The scenario's name for the socket, if the call has one.
    package var socket: String?
    /// `send`, and its arguments in words.
    package var call: String
    package var arguments: String
    /// The return value; nil while it has not returned.
    package var result: Int64?
    /// The symbol, when it failed.
    package var errno: String?
    /// What it gave besides the return value (bytes read, an option's value, poll bits), in words.
    package var output: String?
    /// Signals that were handled during the call, by symbol.
    package var signals: [String]

    package init(
        attempt: Attempt, at: Int64, took: Int64?, host: String, process: String, socket: String?, call: String,
        arguments: String, result: Int64?, errno: String?, output: String?, signals: [String]
    ) {
        self.attempt = attempt
        self.at = at
        self.took = took
        self.host = host
        self.process = process
        self.socket = socket
        self.call = call
        self.arguments = arguments
        self.result = result
        self.errno = errno
        self.output = output
        self.signals = signals
    }
}

/// One `sock:inet_sock_set_state` event.
package struct TransitionFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var at: Int64
    package var host: String
    /// The scenario's name for the socket, once known.
    package var socket: String?
    /// Numbers the kernel's sockets of the attempt in the order they were first seen.
    package var kernelSocket: Int
    package var old: String
    package var new: String
    package var local: String
    package var remote: String

    package init(
        attempt: Attempt, at: Int64, host: String, socket: String?, kernelSocket: Int, old: String, new: String,
        local: String, remote: String
    ) {
        self.attempt = attempt
        self.at = at
        self.host = host
        self.socket = socket
        self.kernelSocket = kernelSocket
        self.old = old
        self.new = new
        self.local = local
        self.remote = remote
    }
}

/// One sock_diag row, as netlink showed it.
package struct RowFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var at: Int64
    package var host: String
    package var socket: String?
    /// The state's name; a request or time-wait minisock is shown as `SYN_RECV (request)`, `TIME_WAIT (minisock)`.
    package var state: String
    /// `off`, `retransmit`, `keepalive`, `timewait`, `persist`, `delayedAck`.
    package var timer: String
    /// Milliseconds until the timer fires.
    package var expires: Int
    package var retransmits: Int
    package var receiveQueue: Int
    package var sendQueue: Int
    /// False for orphans, requests and minisocks.
    package var owned: Bool
    package var local: String
    package var remote: String

    package init(
        attempt: Attempt, at: Int64, host: String, socket: String?, state: String, timer: String, expires: Int,
        retransmits: Int, receiveQueue: Int, sendQueue: Int, owned: Bool, local: String, remote: String
    ) {
        self.attempt = attempt
        self.at = at
        self.host = host
        self.socket = socket
        self.state = state
        self.timer = timer
        self.expires = expires
        self.retransmits = retransmits
        self.receiveQueue = receiveQueue
        self.sendQueue = sendQueue
        self.owned = owned
        self.local = local
        self.remote = remote
    }
}

/// What became of a segment on the wire.
package enum Fate: String, Codable, Sendable {
    /// Went through (on a direct link: was seen leaving).
    case passed
    case held
    /// Was held before and has now been let go.
    case released
    case dropped
    /// Went through later than it came.
    case delayed
    /// Made by the harness, not by a kernel.
    case injected
}

/// One segment on the wire.
package struct SegmentFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    /// When the kernel stamped it.
    package var at: Int64
    /// `A` or `B`.
    package var from: String
    /// In tcpdump's letters.
    package var flags: String
    /// Relative to the sender's initial sequence number.
    package var sequence: UInt32
    /// Relative to the receiver's; nil without the ACK flag.
    package var acknowledgement: UInt32?
    package var length: Int
    package var window: Int
    /// Options in words, such as `mss 1460`, `sack 0:1`; the blocks count like the acknowledgement.
    package var options: [String]
    package var fate: Fate
    package var sourcePort: UInt16
    package var destinationPort: UInt16
    /// When a delayed one is to go on; nil for others.
    package var due: Int64?
    /// How many of it went on, where that is not one.
    package var copies: Int?
    /// Whether it travels over IPv6; nil over IPv4.
    package var ipv6: Bool?
    /// The urgent pointer, if the flag is set.
    package var urgent: Int?
    /// The whole frame, as it was captured or injected.
    package var frame: FrameBytes?

    package init(
        attempt: Attempt, at: Int64, from: String, flags: String, sequence: UInt32, acknowledgement: UInt32?,
        length: Int, window: Int, options: [String], fate: Fate, sourcePort: UInt16, destinationPort: UInt16,
        due: Int64? = nil, copies: Int? = nil, ipv6: Bool? = nil, urgent: Int? = nil, frame: FrameBytes? = nil
    ) {
        self.attempt = attempt
        self.at = at
        self.from = from
        self.flags = flags
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.length = length
        self.window = window
        self.options = options
        self.fate = fate
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.due = due
        self.copies = copies
        self.ipv6 = ipv6
        self.urgent = urgent
        self.frame = frame
    }
}

/// Who the two hosts are: what a segment's ports do not say.
package struct HostsFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var at: Int64
    /// The addresses of host A, IPv4 first.
    package var a: [String]
    package var b: [String]

    package init(attempt: Attempt, at: Int64, a: [String], b: [String]) {
        self.attempt = attempt
        self.at = at
        self.a = a
        self.b = b
    }
}

/// A retransmission or reset that a tracepoint of the tcp group reported.
package struct TracedPacketFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var at: Int64
    package var host: String
    /// `tcp_retransmit_skb`, `tcp_retransmit_synack`, `tcp_send_reset`, `tcp_receive_reset`.
    package var tracepoint: String
    package var state: String?
    /// Why a reset was sent, where the kernel says (6.10 and later).
    package var reason: String?
    package var local: String
    package var remote: String

    package init(
        attempt: Attempt, at: Int64, host: String, tracepoint: String, state: String?, reason: String?,
        local: String, remote: String
    ) {
        self.attempt = attempt
        self.at = at
        self.host = host
        self.tracepoint = tracepoint
        self.state = state
        self.reason = reason
        self.local = local
        self.remote = remote
    }
}

/// Counters of a host that moved since the attempt began.
package struct CountersFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var at: Int64
    package var host: String
    package var deltas: [String: Int64]

    package init(attempt: Attempt, at: Int64, host: String, deltas: [String: Int64]) {
        self.attempt = attempt
        self.at = at
        self.host = host
        self.deltas = deltas
    }
}

/// The end of a worker process.
package struct ExitFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var at: Int64
    package var host: String
    package var process: String
    /// `exit 0`, `SIGPIPE`.
    package var status: String

    package init(attempt: Attempt, at: Int64, host: String, process: String, status: String) {
        self.attempt = attempt
        self.at = at
        self.host = host
        self.process = process
        self.status = status
    }
}

/// Something the harness did or wants to be read, such as a frozen wire or a changed sysctl.
package struct NoteFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    package var at: Int64
    package var text: String
    /// What was seen from then on up to this note showed nothing, because the scenario's premise did not hold, and is
    /// not to be compared; nil for most notes.
    package var voidsSince: Int64?

    package init(attempt: Attempt, at: Int64, text: String, voidsSince: Int64? = nil) {
        self.attempt = attempt
        self.at = at
        self.text = text
        self.voidsSince = voidsSince
    }
}
