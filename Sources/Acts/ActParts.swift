package import Linux
package import SockDiag
package import Worker

/// An address and port, by what it belongs to.
package enum Endpoint: Codable, Hashable, Sendable {
    /// A host's address in the family that the scenario runs over.
    case host(HostName, UInt16)
    case hostV4(HostName, UInt16)
    case hostV6(HostName, UInt16)
    /// Its IPv4 address as an AF_INET6 socket has it: `::ffff:192.0.2.1`.
    case hostMapped(HostName, UInt16)
    case any(UInt16)
    case anyV6(UInt16)
    case loopback(UInt16)
    case loopbackV6(UInt16)
    case address(String, UInt16)
    /// What a socket is bound to, and connected to.
    case local(String)
    case remote(String)
    /// Who has sent a segment, and to whom.
    case sender(of: String)
    case receiver(of: String)
}

/// A call on a socket.
package enum Call: Codable, Sendable {
    case bind(Endpoint)
    case connect(Endpoint)
    /// connect(2) with AF_UNSPEC, which ends the connection and lets the socket be used again.
    case disconnect
    case listen(backlog: Int32 = 16)
    case accept
    case send(String, MessageFlags = [])
    case sendFill(count: Int, MessageFlags = [])
    case recv(Int = 100, MessageFlags = [])
    /// recv(2) with errno set to this before, which is expected to stay as it is.
    case recvLeaving(errno: Errno, Int = 100, MessageFlags = [])
    case write(String)
    case read(Int = 100)
    case shutdown(ShutdownHow)
    case close
    case dup
    case poll
    case getsockname
    case getpeername
    /// ioctl(SIOCOUTQ)
    case outputQueue
    case getError
    case tcpInfo
    case getOption(SocketOption)
    case setOption(SocketOption, Int32)
    /// SO_LINGER with `{1, seconds}`.
    case setLinger(seconds: Int32)
    case setNonblocking(Bool)
}

/// How a call is expected to end.
package enum Outcome: Codable, Sendable {
    /// It must succeed: what follows rests on it.
    case succeeds
    case returns(Int64, within: ClosedRange<Duration>? = nil)
    case reads(String)
    case fails(Errno, signals: [Signal])
    case killedBy(Signal)
    case exits(Int32)
    case names(Endpoint)
    /// Whatever it does is right.
    case any
}

/// What a sock_diag row is expected to show; what is not named may be anything.
package struct Row: Codable, Sendable {
    package var state: TCPState
    package var kind: RowKind?
    package var timer: DiagTimer?
    /// How far away the timer is, as the kernel says.
    package var expires: ClosedRange<Duration>?
    package var retransmits: Int?
    /// idiag_rqueue; a FIN counts 1.
    package var receiveQueue: Int?
    /// idiag_wqueue; an unacknowledged SYN or FIN counts 1.
    package var sendQueue: Int?

    package init(
        _ state: TCPState, _ kind: RowKind? = nil, timer: DiagTimer? = nil, expires: ClosedRange<Duration>? = nil,
        retransmits: Int? = nil, receiveQueue: Int? = nil, sendQueue: Int? = nil
    ) {
        self.state = state
        self.kind = kind
        self.timer = timer
        self.expires = expires
        self.retransmits = retransmits
        self.receiveQueue = receiveQueue
        self.sendQueue = sendQueue
    }
}

/// What netstat is expected to print of a socket.
package struct Netstat: Codable, Sendable {
    package var state: TCPState
    package var timer: DiagTimer
    package var since: String?
    package var lasts: ClosedRange<Duration>
    package var retransmits: Int
    package var probes: Int
    package var receiveQueue: Int

    package init(
        _ state: TCPState, timer: DiagTimer, since: String?, lasts: ClosedRange<Duration>, retransmits: Int,
        probes: Int, receiveQueue: Int
    ) {
        self.state = state
        self.timer = timer
        self.since = since
        self.lasts = lasts
        self.retransmits = retransmits
        self.probes = probes
        self.receiveQueue = receiveQueue
    }
}
