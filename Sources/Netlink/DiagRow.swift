internal import CMnl
internal import Linux
package import SockDiag

// A row as a message carries it.
extension DiagRow {
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
        self.init(
            family: Int32(message.idiag_family), state: state, timer: timer, retransmits: Int(message.idiag_retrans),
            expires: Int(message.idiag_expires), local: local, remote: remote, interface: message.id.idiag_if,
            cookie: UInt64(message.id.idiag_cookie.0) | UInt64(message.id.idiag_cookie.1) << 32,
            receiveQueue: Int(message.idiag_rqueue), sendQueue: Int(message.idiag_wqueue), uid: message.idiag_uid,
            inode: message.idiag_inode, shutdown: shutdown, mark: mark, info: info)
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
        case SocketSymbol.AF_INET: length = 4
        case SocketSymbol.AF_INET6: length = 16
        default: return nil
        }
        return withUnsafeBytes(of: words) {
            SocketAddress(IPAddress(bytes: Array($0.prefix(length))), UInt16(bigEndian: port))
        }
    }
}
