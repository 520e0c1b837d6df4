internal import Glibc
internal import Lab
internal import Linux

/// A connection between a laboratory's hosts, made by this process itself, so that no worker's time is measured.
final class TCPPair {
    /// A's end and B's end.
    let a: Descriptor
    let b: Descriptor

    /// Connects A to port 6000 of B. `laboratory` moves the wire meanwhile.
    init(in laboratory: Lab) throws {
        let address = SocketAddress(laboratory.b.ip, 6000)
        let listener = Descriptor(owning: try laboratory.b.namespace.inside { try Self.open() })
        guard address.withRaw({ bind(listener.raw, $0, $1) }) == 0, listen(listener.raw, 1) == 0 else {
            throw SystemError("listen on \(address)")
        }
        a = Descriptor(owning: try laboratory.a.namespace.inside { try Self.open() })
        guard address.withRaw({ connect(a.raw, $0, $1) }) == 0 || errno == EINPROGRESS else {
            throw SystemError("connect \(address)")
        }
        var accepted: Int32 = -1
        try laboratory.require("B accepts", seen: { "nothing" }) {
            accepted = accept(listener.raw, nil, nil)
            return accepted >= 0
        }
        b = Descriptor(owning: accepted)
    }

    private static func open() throws(SystemError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let raw = socket(AF_INET, type, 0)
        guard raw >= 0 else { throw SystemError("socket") }
        // Else the second of two bytes waits until the first is acknowledged.
        var on: Int32 = 1
        setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        return raw
    }

    /// Moves up to this many bytes from A to B, as far as both go without waiting; returns how many B has read.
    func move(_ bytes: inout [UInt8], unsent: inout Int) -> Int {
        let dontWait = Int32(MSG_DONTWAIT)
        if unsent > 0 {
            let count = send(a.raw, &bytes, min(unsent, bytes.count), dontWait)
            if count > 0 { unsent -= count }
        }
        var total = 0
        while case let count = recv(b.raw, &bytes, bytes.count, dontWait), count > 0 { total += count }
        return total
    }
}

extension SocketAddress {
    fileprivate func withRaw(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        withUnsafeMutableBytes(of: &raw.sin_addr) { $0.copyBytes(from: ip.bytes) }
        return withUnsafePointer(to: &raw) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
