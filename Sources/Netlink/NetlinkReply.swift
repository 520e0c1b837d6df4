internal import CMnl
package import Linux

/// A kernel answer that is not what the headers say it must be.
package struct MalformedMessage: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// One message of a datagram from the kernel. It points into the receive buffer.
package struct NetlinkReply {
    package let type: UInt16
    let flags: UInt16
    let sequence: UInt32
    let port: UInt32
    package let payload: UnsafeRawBufferPointer

    /// Which request of `count`, numbered from `first`, this answers; nil when it is an answer to somebody else.
    ///
    /// Both numbers count: a socket can still hold answers to a call that failed half-way, and anybody with the
    /// privilege can send to our port.
    func request(from first: UInt32, count: Int, port: UInt32) -> Int? {
        let position = Int(sequence &- first)
        return self.port == port && position < count ? position : nil
    }
}

/// The messages of one datagram. A length that does not fit ends the sequence.
package struct NetlinkReplies: Sequence, IteratorProtocol {
    private var upcoming: UnsafePointer<nlmsghdr>?
    private var left: Int32

    package init(_ datagram: UnsafeRawBufferPointer) {
        upcoming = datagram.baseAddress?.assumingMemoryBound(to: nlmsghdr.self)
        left = Int32(datagram.count)
    }

    package mutating func next() -> NetlinkReply? {
        // libmnl compares as int, so a length of 2 GB and more looks negative to it, and thus small enough.
        guard let message = upcoming, mnl_nlmsg_ok(message, left), message.pointee.nlmsg_len <= left else { return nil }
        upcoming = UnsafePointer(mnl_nlmsg_next(message, &left))
        return NetlinkReply(
            type: message.pointee.nlmsg_type, flags: message.pointee.nlmsg_flags, sequence: message.pointee.nlmsg_seq,
            port: message.pointee.nlmsg_pid,
            payload: UnsafeRawBufferPointer(
                start: mnl_nlmsg_get_payload(message), count: mnl_nlmsg_get_payload_len(message)))
    }
}

/// The attributes in a run of bytes. A length that does not fit ends the sequence; every type is given, known or not.
struct NetlinkAttributes: Sequence, IteratorProtocol {
    private var rest: UnsafeRawBufferPointer

    /// Reads attributes from an offset on, which may lie behind the end.
    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
        rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(offset))
    }

    mutating func next() -> (type: Int, payload: UnsafeRawBufferPointer)? {
        guard let start = rest.baseAddress else { return nil }
        let attribute = start.assumingMemoryBound(to: nlattr.self)
        guard mnl_attr_ok(attribute, Int32(rest.count)) else { return nil }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst((Int(mnl_attr_get_len(attribute)) + 3) & ~3))
        let payload = UnsafeRawBufferPointer(
            start: mnl_attr_get_payload(attribute), count: Int(mnl_attr_get_payload_len(attribute)))
        return (Int(mnl_attr_get_type(attribute)), payload)
    }
}

/// The verdict in an `NLMSG_ERROR` or `NLMSG_DONE`, with the kernel's words where it had some (NETLINK_EXT_ACK).
package struct NetlinkVerdict {
    /// Nil for success.
    package let errno: Errno?
    package let detail: String?

    /// Reads the verdict, `Errno.EBADMSG.rawValue` when it is cut short; nil when the message is of another type.
    package init?(_ reply: NetlinkReply) {
        guard reply.type == UInt16(NLMSG_ERROR) || reply.type == UInt16(NLMSG_DONE) else { return nil }
        let code = reply.payload.integer(Int32.self, at: 0) ?? -Errno.EBADMSG.rawValue
        errno = code < 0 ? Errno(rawValue: 0 &- code) : nil
        guard reply.flags & UInt16(NLM_F_ACK_TLVS) != 0 else {
            detail = nil
            return
        }
        var attributes = MemoryLayout<Int32>.size
        if reply.type == UInt16(NLMSG_ERROR) {
            // The request comes back whole unless NLM_F_CAPPED says that its header is all.
            let returned = reply.payload.integer(UInt32.self, at: attributes) ?? 0
            let capped = reply.flags & UInt16(NLM_F_CAPPED) != 0
            attributes += capped ? MemoryLayout<nlmsghdr>.size : (Int(returned) + 3) & ~3
        }
        detail =
            NetlinkAttributes(reply.payload, from: attributes)
            .first { $0.type == Int(NLMSGERR_ATTR_MSG.rawValue) }?.payload.string
    }
}

extension UnsafeRawBufferPointer {
    /// The integer in host order at an offset; nil when it does not lie within the bytes.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value? {
        structure(type, at: offset)
    }

    /// The C struct at an offset; nil when it does not lie within the bytes.
    func structure<Value: BitwiseCopyable>(_ type: Value.Type, at offset: Int = 0) -> Value? {
        guard offset >= 0, offset + MemoryLayout<Value>.size <= count else { return nil }
        return loadUnaligned(fromByteOffset: offset, as: type)
    }

    /// The string up to its terminating zero, or to the end.
    var string: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}
