import Glibc
import Linux
import Netlink

/// Two namespaces joined by a veth pair, each with an IPv4 and an IPv6 address and its neighbour.
struct Pair {
    struct Host {
        let namespace: NetworkNamespace
        let route: RouteSocket
        let diagnostics: SocketDiagnostics
        let end: LinkEnd
        let number: UInt8

        init(_ number: UInt8) throws {
            let namespace = try NetworkNamespace()
            self.namespace = namespace
            (route, diagnostics) = try namespace.inside { (try RouteSocket(), try SocketDiagnostics()) }
            end = LinkEnd(name: "v", index: 2, mac: MACAddress(bytes: [2, 0, 0, 0, 0, number]), mtu: 1400)
            self.number = number
        }

        func address(v6: Bool) -> IPAddress {
            v6 ? IPAddress(bytes: [0xfd] + Array(repeating: 0, count: 14) + [number]) : IPAddress(10, 0, 0, number)
        }

        func configure(neighbour: Host) throws {
            try route.perform([
                .linkUp(1), .linkUp(2),
                .address(address(v6: false), prefixLength: 24, on: 2),
                .address(address(v6: true), prefixLength: 64, on: 2),
                .neighbour(neighbour.address(v6: false), neighbour.end.mac, on: 2),
                .neighbour(neighbour.address(v6: true), neighbour.end.mac, on: 2),
            ])
        }
    }

    let left: Host
    let right: Host

    init() throws {
        left = try Host(1)
        right = try Host(2)
        try left.route.perform([.veth(left.end, peer: right.end, in: right.namespace)])
        try left.configure(neighbour: right)
        try right.configure(neighbour: left)
        for host in [left, right] {
            try host.route.waitUntilReady(2, addresses: [host.address(v6: false), host.address(v6: true)])
        }
    }
}

/// A TCP connection from left to right, port 7000; the server has not accepted it.
final class Connection {
    private let listener: Int32
    private var client: Int32

    init(_ pair: Pair, v6: Bool, deferAccept: Bool = false) throws {
        let server = SocketAddress(pair.right.address(v6: v6), 7000)
        listener = try pair.right.namespace.inside { try listen(server) }
        if deferAccept {
            var seconds: Int32 = 30
            setsockopt(listener, Int32(IPPROTO_TCP), TCP_DEFER_ACCEPT, &seconds, 4)
        }
        client = try pair.left.namespace.inside {
            let client = socket(server.ip.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard client >= 0 else { throw SystemError("socket") }
            guard server.withRaw({ connect(client, $0, $1) }) == 0 else { throw SystemError("connect \(server)") }
            return client
        }
    }

    deinit {
        close(listener)
        closeClient()
    }

    func accept() throws -> Int32 {
        let accepted = Glibc.accept(listener, nil, nil)
        guard accepted >= 0 else { throw SystemError("accept") }
        return accepted
    }

    func send(_ text: String) { _ = Glibc.send(client, text, text.utf8.count, 0) }

    func closeClient() {
        if client >= 0 { close(client) }
        client = -1
    }
}

/// A listening socket in the calling thread's namespace.
func listen(_ address: SocketAddress) throws -> Int32 {
    let listener = socket(address.ip.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw SystemError("socket") }
    guard address.withRaw({ bind(listener, $0, $1) }) == 0, Glibc.listen(listener, 8) == 0 else {
        throw SystemError("listen on \(address)")
    }
    return listener
}

extension SocketAddress {
    func withRaw(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { bytes in
            bytes.storeBytes(of: UInt16(ip.family), as: UInt16.self)
            bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            bytes[(ip.isV6 ? 8 : 4)...].copyBytes(from: ip.bytes)
            return body(bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(ip.isV6 ? 28 : 16))
        }
    }
}
