internal import CLinux
internal import Glibc
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
    /// The port is 0 in a `DestroyMonitor` row of a socket that did not bind explicitly: it was given back before.
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
    /// RCV_SHUTDOWN 1, SEND_SHUTDOWN 2; nil in rows of minisocks, request socks and `DestroyMonitor`.
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

    /// Reads a row from the payload of a SOCK_DIAG_BY_FAMILY message. Unknown attributes are passed over.
    ///
    /// Never traps. Throws `MalformedMessage` for what is too short or has an unknown family, state or timer.
    package init(_ payload: UnsafeRawBufferPointer) throws {
        guard let message = payload.structure(inet_diag_msg.self) else {
            throw MalformedMessage("an inet_diag row of \(payload.count) bytes")
        }
        guard let state = TCPState(rawValue: message.idiag_state),
            let timer = DiagTimer(rawValue: message.idiag_timer),
            let local = Self.address(message.idiag_family, message.id.idiag_src, message.id.idiag_sport),
            let remote = Self.address(message.idiag_family, message.id.idiag_dst, message.id.idiag_dport)
        else {
            throw MalformedMessage(
                "an inet_diag row with family \(message.idiag_family), state \(message.idiag_state), "
                    + "timer \(message.idiag_timer)")
        }
        var shutdown: UInt8?
        var mark: UInt32?
        var info: TCPInfo?
        for (type, payload) in NetlinkAttributes(payload, from: MemoryLayout<inet_diag_msg>.size) {
            switch type {
            case Int(INET_DIAG_SHUTDOWN): shutdown = payload.first
            case Int(INET_DIAG_MARK): mark = payload.integer(UInt32.self, at: 0)
            case Int(INET_DIAG_INFO): info = TCPInfo(bytes: Array(payload))
            default: break
            }
        }
        family = Int32(message.idiag_family)
        self.state = state
        self.timer = timer
        retransmits = Int(message.idiag_retrans)
        expires = Int(message.idiag_expires)
        self.local = local
        self.remote = remote
        interface = message.id.idiag_if
        cookie = UInt64(message.id.idiag_cookie.0) | UInt64(message.id.idiag_cookie.1) << 32
        receiveQueue = Int(message.idiag_rqueue)
        sendQueue = Int(message.idiag_wqueue)
        uid = message.idiag_uid
        inode = message.idiag_inode
        self.shutdown = shutdown
        self.mark = mark
        self.info = info
    }

    /// The kernel's name of this very socket, to ask for it again.
    var socketID: inet_diag_sockid {
        var id = inet_diag_sockid()
        id.idiag_sport = local.port.bigEndian
        id.idiag_dport = remote.port.bigEndian
        withUnsafeMutableBytes(of: &id.idiag_src) { $0.copyBytes(from: local.ip.bytes) }
        withUnsafeMutableBytes(of: &id.idiag_dst) { $0.copyBytes(from: remote.ip.bytes) }
        id.idiag_if = interface
        id.idiag_cookie = (UInt32(truncatingIfNeeded: cookie), UInt32(cookie >> 32))
        return id
    }

    private static func address<Words: BitwiseCopyable>(
        _ family: UInt8, _ words: Words, _ port: UInt16
    ) -> SocketAddress? {
        let length: Int
        switch Int32(family) {
        case AF_INET: length = 4
        case AF_INET6: length = 16
        default: return nil
        }
        return withUnsafeBytes(of: words) {
            SocketAddress(IPAddress(bytes: Array($0.prefix(length))), UInt16(bigEndian: port))
        }
    }
}
