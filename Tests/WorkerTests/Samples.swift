import Linux
import Worker

/// One of every request, with the words it is shown in.
enum Samples {
    static let v4 = SocketAddress(IPAddress(198, 18, 0, 1), 5000)
    static let v6 = SocketAddress(IPAddress("fd74:6370::1")!, 5000)

    static let requests: [(request: Request, words: String)] = [
        (.socket(family: 2, type: 1, protocol: 6), "socket(AF_INET, SOCK_STREAM)"),
        (.socket(family: 10, type: 1, protocol: 6), "socket(AF_INET6, SOCK_STREAM)"),
        (.setOption(3, .TCP_KEEPCNT, [3, 0, 0, 0]), "setsockopt(3, TCP_KEEPCNT, 3)"),
        (.setOption(3, .SO_LINGER, [1, 0, 0, 0, 0, 0, 0, 0]), "setsockopt(3, SO_LINGER, {1, 0})"),
        (.getOption(3, .SO_ERROR, capacity: 4), "getsockopt(3, SO_ERROR)"),
        (.bind(3, v4), "bind(3, 198.18.0.1:5000)"),
        (.bind(3, v6), "bind(3, [fd74:6370::1]:5000)"),
        (.listen(3, backlog: 16), "listen(3, 16)"),
        (.accept(3), "accept(3)"),
        (.connect(4, v4), "connect(4, 198.18.0.1:5000)"),
        (.disconnect(4), "connect(4, AF_UNSPEC)"),
        (.send(4, Array("abc".utf8), []), #"send(4, "abc", 3)"#),
        (.send(4, [0x22, 0x0a], .MSG_NOSIGNAL), #"send(4, "\x22\x0a", 2, MSG_NOSIGNAL)"#),
        (
            .send(4, Array(repeating: 0x61, count: 25), []),
            #"send(4, "aaaaaaaaaaaaaaaaaaaaaaaa"..., 25)"#
        ),
        (.sendFill(4, 0x61, count: 200_000, []), "send(4, ..., 200000)"),
        (.receive(4, count: 100, [.MSG_PEEK, .MSG_DONTWAIT]), "recv(4, 100, MSG_PEEK|MSG_DONTWAIT)"),
        (
            .receiveAfterErrno(11, 4, count: 100, [.MSG_PEEK, .MSG_DONTWAIT]),
            "recv(4, 100, MSG_PEEK|MSG_DONTWAIT, errno 11 before)"
        ),
        (.write(4, Array("one".utf8)), #"write(4, "one", 3)"#),
        (.read(4, count: 100), "read(4, 100)"),
        (.shutdown(4, 0), "shutdown(4, SHUT_RD)"),
        (.shutdown(4, 1), "shutdown(4, SHUT_WR)"),
        (.shutdown(4, 2), "shutdown(4, SHUT_RDWR)"),
        (.shutdown(4, 3), "shutdown(4, 3)"),
        (.close(4), "close(4)"),
        (.duplicate(4), "dup(4)"),
        (.poll(4), "poll(4, 0 ms)"),
        (.socketName(4), "getsockname(4)"),
        (.peerName(4), "getpeername(4)"),
        (.outputQueue(4), "ioctl(4, SIOCOUTQ)"),
        (.setNonblocking(4, true), "fcntl(4, O_NONBLOCK)"),
        (.setNonblocking(4, false), "fcntl(4, blocking)"),
        (.setSignal(13, .standard), "sigaction(SIGPIPE, SIG_DFL)"),
        (.setSignal(13, .ignored), "sigaction(SIGPIPE, SIG_IGN)"),
        (.setSignal(13, .handled), "sigaction(SIGPIPE, handler)"),
        (.raise(9), "raise(SIGKILL)"),
        (.pipe, "pipe()"),
        (.fork, "fork()"),
        (.exit(7), "_exit(7)"),
        (.identify(4), "identify(4)"),
    ]

    static let replies = [
        Reply(result: 0, errno: 0, entered: 1, left: 2, signals: [], output: []),
        Reply(result: -1, errno: 32, entered: .max, left: .min, signals: [13, 13], output: []),
        Reply(result: 300, errno: 0, entered: 5, left: 6, signals: [], output: Array(repeating: 0x61, count: 300)),
        Reply(result: .min, errno: .max, entered: 0, left: 0, signals: [.max, .min], output: [0, 255]),
    ]
}
