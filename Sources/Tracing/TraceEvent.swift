package import Linux
package import SockDiag

/// One event of a TCP tracepoint, stamped by the kernel.
package struct TraceEvent: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// `sock:inet_sock_set_state`.
        case transition(old: TCPState, new: TCPState)
        /// An event of the tcp group; `reason` says why a reset was sent (6.10 and later).
        case packet(Tracepoint, state: TCPState?, reason: String?)
    }

    package var time: Instant
    package var kind: Kind
    /// The kernel's (hashed) address of the socket: stable for its life, reused afterwards; 0 without a socket.
    package var socket: UInt64
    /// Process that ran, which is the caller only where the event happens inside a system call.
    ///
    /// It is numbered as in the first pid namespace, whatever namespace we live in.
    package var pid: Int32
    package var local: SocketAddress
    package var remote: SocketAddress
}

/// The tracepoints we listen to.
package enum Tracepoint: String, Sendable, CaseIterable {
    case setState = "sock/inet_sock_set_state"
    case retransmit = "tcp/tcp_retransmit_skb"
    case retransmitSynAck = "tcp/tcp_retransmit_synack"
    case sendReset = "tcp/tcp_send_reset"
    case receiveReset = "tcp/tcp_receive_reset"

    /// The event's name without its group.
    package var event: String { String(rawValue.drop { $0 != "/" }.dropFirst()) }
}

extension TraceEvent {
    /// Reads one raw record of a tracepoint; nil when it is not TCP or lacks what every kernel has.
    ///
    /// - Parameter record: the bytes of the event, common fields included.
    package init?(
        _ record: UnsafeRawBufferPointer, of tracepoint: Tracepoint, format: TracepointFormat, time: Instant, pid: Int32
    ) {
        let view = RecordView(bytes: record, format: format)
        if let proto = view.integer("protocol"), proto != Int64(SocketSymbol.IPPROTO_TCP) { return nil }
        guard let (local, remote) = view.addresses() else { return nil }
        self.time = time
        self.pid = pid
        self.local = local
        self.remote = remote
        socket = UInt64(bitPattern: view.integer("skaddr") ?? 0)
        let state = view.integer("state").flatMap { TCPState(rawValue: UInt8(truncatingIfNeeded: $0)) }
        if tracepoint == .setState {
            guard let old = view.state("oldstate"), let new = view.state("newstate") else { return nil }
            kind = .transition(old: old, new: new)
        } else {
            let reason = view.integer("reason").flatMap { format.reasons[Int32(truncatingIfNeeded: $0)] }
            kind = .packet(tracepoint, state: state, reason: reason)
        }
    }
}

/// Bounds-checked access to the fields of one record.
private struct RecordView {
    let bytes: UnsafeRawBufferPointer
    let format: TracepointFormat

    func field(_ name: String) -> [UInt8]? {
        // The text that says where fields are may say anything.
        guard let field = format.fields[name], field.offset >= 0, field.size >= 0, field.offset <= bytes.count,
            field.size <= bytes.count - field.offset
        else { return nil }
        return Array(bytes[field.offset..<field.offset + field.size])
    }

    func integer(_ name: String) -> Int64? {
        guard let bytes = field(name), bytes.count <= 8 else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | Int64($1) }
    }

    func state(_ name: String) -> TCPState? {
        integer(name).flatMap { TCPState(rawValue: UInt8(truncatingIfNeeded: $0)) }
    }

    /// Both ends, from plain fields or, in the reset events since 6.10, from whole sockaddrs.
    func addresses() -> (SocketAddress, SocketAddress)? {
        if let source = field("saddr"), let destination = field("daddr"), source.count >= 28, destination.count >= 28 {
            guard let local = socketAddress(source), let remote = socketAddress(destination) else { return nil }
            return (local, remote)
        }
        guard let sport = integer("sport"), let dport = integer("dport") else { return nil }
        // IPv4 addresses are there as mapped ones too, while `saddr` is garbage for true IPv6. Nor would the family tell:
        // before 5.17 the tcp group does not have it, and for IPv4 traffic of an IPv6 socket it is AF_INET6.
        guard let from = field("saddr_v6"), let to = field("daddr_v6"), from.count == 16, to.count == 16 else {
            return nil
        }
        return (
            SocketAddress(IPAddress(bytes: from).unmapped, UInt16(truncatingIfNeeded: sport)),
            SocketAddress(IPAddress(bytes: to).unmapped, UInt16(truncatingIfNeeded: dport))
        )
    }

    private func socketAddress(_ bytes: [UInt8]) -> SocketAddress? {
        let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        switch UInt16(bytes[0]) | UInt16(bytes[1]) << 8 {
        case 2: return SocketAddress(IPAddress(bytes: Array(bytes[4..<8])), port)
        case 10: return SocketAddress(IPAddress(bytes: Array(bytes[8..<24])).unmapped, port)
        default: return nil
        }
    }
}
