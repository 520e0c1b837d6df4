package import Linux

/// One system call a worker is asked to make, exactly once, as it stands.
package enum Request: Equatable, Sendable {
    case socket(family: Int32, type: Int32, protocol: Int32)
    case setOption(Int32, SocketOption, [UInt8])
    case getOption(Int32, SocketOption, capacity: Int)
    case bind(Int32, SocketAddress)
    case listen(Int32, backlog: Int32)
    case accept(Int32)
    case connect(Int32, SocketAddress)
    /// connect(2) with AF_UNSPEC, which ends the connection.
    case disconnect(Int32)
    case send(Int32, [UInt8], MessageFlags)
    /// Sends `count` bytes of one value, so that large transfers need no large command.
    case sendFill(Int32, UInt8, count: Int, MessageFlags)
    case receive(Int32, count: Int, MessageFlags)
    /// recv(2) with errno set to something before; the output is errno afterwards, not what was read.
    case receiveAfterErrno(Int32, Int32, count: Int, MessageFlags)
    case write(Int32, [UInt8])
    case read(Int32, count: Int)
    case shutdown(Int32, Int32)
    case close(Int32)
    case duplicate(Int32)
    /// poll(2) for every bit, without waiting: what epoll would report.
    case poll(Int32)
    case socketName(Int32)
    case peerName(Int32)
    /// ioctl(SIOCOUTQ): bytes unsent or unacknowledged, a FIN included.
    case outputQueue(Int32)
    case setNonblocking(Int32, Bool)
    case setSignal(Int32, SignalDisposition)
    case raise(Int32)
    /// pipe(2); gives the end for reading.
    case pipe
    /// fork(2); the child listens on the channel that comes with the request and is a child of the lab.
    case fork
    case exit(Int32)
    /// Not a call of the scenario: the socket's cookie and inode, by which netlink names it.
    case identify(Int32)
}

extension Request {
    /// Whether the kernel may send something or change a state because of it: not if it only looks at a socket, or makes
    /// one.
    package var mayChangeAnything: Bool {
        switch self {
        case .socket, .getOption, .bind, .duplicate, .poll, .socketName, .peerName, .outputQueue,
            .setNonblocking, .setSignal, .pipe, .fork, .identify:
            false
        case .setOption, .listen, .accept, .connect, .disconnect, .send, .sendFill, .receive, .receiveAfterErrno,
            .write,
            .read,
            .shutdown, .close, .raise, .exit:
            true
        }
    }
}

/// The level and name of a socket option.
package struct SocketOption: Hashable, Sendable {
    package let level: Int32
    package let name: Int32
    package let symbol: String

    package init(level: Int32, name: Int32, symbol: String) {
        self.level = level
        self.name = name
        self.symbol = symbol
    }
}

extension SocketOption {
    package static let SO_REUSEADDR = SocketOption(level: 1, name: 2, symbol: "SO_REUSEADDR")
    package static let SO_ERROR = SocketOption(level: 1, name: 4, symbol: "SO_ERROR")
    package static let SO_SNDBUF = SocketOption(level: 1, name: 7, symbol: "SO_SNDBUF")
    package static let SO_RCVBUF = SocketOption(level: 1, name: 8, symbol: "SO_RCVBUF")
    package static let SO_KEEPALIVE = SocketOption(level: 1, name: 9, symbol: "SO_KEEPALIVE")
    package static let SO_LINGER = SocketOption(level: 1, name: 13, symbol: "SO_LINGER")
    package static let SO_PROTOCOL = SocketOption(level: 1, name: 38, symbol: "SO_PROTOCOL")
    package static let TCP_NODELAY = SocketOption(level: 6, name: 1, symbol: "TCP_NODELAY")
    package static let TCP_KEEPIDLE = SocketOption(level: 6, name: 4, symbol: "TCP_KEEPIDLE")
    package static let TCP_KEEPINTVL = SocketOption(level: 6, name: 5, symbol: "TCP_KEEPINTVL")
    package static let TCP_KEEPCNT = SocketOption(level: 6, name: 6, symbol: "TCP_KEEPCNT")
    package static let TCP_LINGER2 = SocketOption(level: 6, name: 8, symbol: "TCP_LINGER2")
    package static let TCP_DEFER_ACCEPT = SocketOption(level: 6, name: 9, symbol: "TCP_DEFER_ACCEPT")
    package static let TCP_SYNCNT = SocketOption(level: 6, name: 7, symbol: "TCP_SYNCNT")
    package static let TCP_INFO = SocketOption(level: 6, name: 11, symbol: "TCP_INFO")
    package static let TCP_USER_TIMEOUT = SocketOption(level: 6, name: 18, symbol: "TCP_USER_TIMEOUT")

    package static let all: [SocketOption] = [
        .SO_REUSEADDR, .SO_ERROR, .SO_SNDBUF, .SO_RCVBUF, .SO_KEEPALIVE, .SO_LINGER, .TCP_NODELAY, .TCP_KEEPIDLE,
        .TCP_KEEPINTVL, .TCP_KEEPCNT, .TCP_SYNCNT, .TCP_LINGER2, .TCP_INFO, .SO_PROTOCOL, .TCP_DEFER_ACCEPT,
        .TCP_USER_TIMEOUT,
    ]
}

/// Flags of send(2) and recv(2).
package struct MessageFlags: OptionSet, Hashable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let MSG_PEEK = MessageFlags(rawValue: 0x2)
    package static let MSG_DONTWAIT = MessageFlags(rawValue: 0x40)
    package static let MSG_WAITALL = MessageFlags(rawValue: 0x100)
    package static let MSG_NOSIGNAL = MessageFlags(rawValue: 0x4000)

    package var symbols: [String] {
        [
            (Self.MSG_PEEK, "MSG_PEEK"), (.MSG_DONTWAIT, "MSG_DONTWAIT"), (.MSG_WAITALL, "MSG_WAITALL"),
            (.MSG_NOSIGNAL, "MSG_NOSIGNAL"),
        ]
        .filter { contains($0.0) }.map(\.1)
    }
}

/// What a worker does with a signal.
package enum SignalDisposition: UInt8, Sendable {
    case standard
    case ignored
    /// Counted by a handler; the count comes with the next reply.
    case handled
}

/// The answer to a request.
package struct Reply: Equatable, Sendable {
    /// The call's return value.
    package var result: Int64
    /// The call's errno when it returned -1, otherwise 0.
    package var errno: Int32
    /// CLOCK_MONOTONIC around the call, in nanoseconds.
    package var entered: Int64
    package var left: Int64
    /// Signals handled since the last reply, one entry each.
    package var signals: [Int32]
    /// Bytes read, an option's value, an address.
    package var output: [UInt8]

    package init(result: Int64, errno: Int32, entered: Int64, left: Int64, signals: [Int32], output: [UInt8]) {
        self.result = result
        self.errno = errno
        self.entered = entered
        self.left = left
        self.signals = signals
        self.output = output
    }
}
