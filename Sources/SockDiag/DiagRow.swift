package import Linux

/// One socket, time-wait minisock or request sock as inet_diag describes it (`struct inet_diag_msg` and attributes).
///
/// Three kernel functions write rows (net/ipv4/inet_diag.c). inet_sk_diag_fill(), for full sockets, always adds
/// INET_DIAG_SHUTDOWN; inet_twsk_diag_fill() and inet_req_diag_fill() never do. That, not the inode, tells a request sock
/// from a full socket in SYN_RECV: a child that nobody has accepted yet has no inode either.
package struct DiagRow: Hashable, Sendable {
    /// AF_INET or AF_INET6. A dual-stack socket is AF_INET6 and has IPv4-mapped addresses.
    package let family: Int32
    package let state: TCPState
    package let timer: DiagTimer
    /// Retransmissions for `.retransmit`, unanswered probes for `.keepalive` and `.persist`.
    package let retransmits: Int
    /// Milliseconds until the timer fires, 0 when none runs.
    package let expires: Int
    package let local: SocketAddress
    package let remote: SocketAddress
    /// The interface it is bound to, 0 for none.
    package let interface: UInt32
    /// Names the connection from request to minisock; never used twice in one boot.
    package let cookie: UInt64
    /// Bytes not yet read; of a listener, connections waiting for accept.
    package let receiveQueue: Int
    /// Bytes not yet acknowledged; of a listener, the backlog.
    package let sendQueue: Int
    package let uid: UInt32
    /// Zero when no file refers to the socket.
    package let inode: UInt32
    /// RCV_SHUTDOWN 1, SEND_SHUTDOWN 2; nil in rows of minisocks and request sockets.
    package let shutdown: UInt8?
    /// SO_MARK; nil without CAP_NET_ADMIN. Of minisocks only newer kernels tell it (6.18 does).
    package let mark: UInt32?
    /// Nil when it was not asked for, and for minisocks and request socks.
    package let info: TCPInfo?

    /// A time-wait minisock, whose state is TIME_WAIT or FIN_WAIT2.
    package var isMinisock: Bool { timer == .timewait && inode == 0 }

    /// A request sock: the SYN has come, no socket has been made yet.
    package var isRequest: Bool {
        (state == .SYN_RECV || state == .NEW_SYN_RECV) && timer == .retransmit && inode == 0 && shutdown == nil
    }

    /// A full socket that its process has closed and that TCP still needs.
    ///
    /// __tcp_close() of net/ipv4/tcp.c shuts down both directions before it lets go of the inode.
    package var isOrphan: Bool { inode == 0 && shutdown == Self.bothDirections }

    /// A full socket in a listener's queue that no process has accepted yet.
    package var isUnaccepted: Bool { inode == 0 && shutdown != nil && shutdown != Self.bothDirections }

    private static let bothDirections: UInt8 = 3

    package init(
        family: Int32, state: TCPState, timer: DiagTimer, retransmits: Int, expires: Int, local: SocketAddress,
        remote: SocketAddress, interface: UInt32, cookie: UInt64, receiveQueue: Int, sendQueue: Int, uid: UInt32,
        inode: UInt32, shutdown: UInt8?, mark: UInt32?, info: TCPInfo?
    ) {
        self.family = family
        self.state = state
        self.timer = timer
        self.retransmits = retransmits
        self.expires = expires
        self.local = local
        self.remote = remote
        self.interface = interface
        self.cookie = cookie
        self.receiveQueue = receiveQueue
        self.sendQueue = sendQueue
        self.uid = uid
        self.inode = inode
        self.shutdown = shutdown
        self.mark = mark
        self.info = info
    }
}

extension DiagRow {
    /// The state by its common name: the kernel shows a request as SYN_RECV too.
    package var shownState: TCPState { state == .NEW_SYN_RECV ? .SYN_RECV : state }

    package var kind: RowKind {
        if isMinisock || isRequest { return .minisock }
        return isOrphan ? .orphan : isUnaccepted ? .queued : .owned
    }

    /// The row in the words of an expectation.
    package var words: String {
        var words = [shownState.description]
        switch kind {
        case .owned: break
        case .queued: words.append("in the accept queue")
        case .orphan: words.append("orphan")
        case .minisock: words.append("minisock")
        }
        words.append("timer \(timer)")
        if timer != .off { words.append("expires \(Double(expires) / 1000) s") }
        words.append("retransmits \(retransmits) rqueue \(receiveQueue) wqueue \(sendQueue)")
        return words.joined(separator: " ")
    }
}

/// What kind of socket a row is of.
package enum RowKind: String, Codable, Sendable {
    /// A full socket that a descriptor refers to.
    case owned
    /// A child in the accept queue, to which no descriptor refers yet.
    case queued
    /// A full socket that no descriptor refers to any more.
    case orphan
    /// A request or time-wait minisock.
    case minisock
}
