internal import CMnl

/// A netlink request under construction: message header, family header, attributes.
///
/// The storage grows before each libmnl call and libmnl's checking forms write into it, so no message overflows.
package struct NetlinkMessage: Hashable, Sendable {
    /// What is asked, in words, for errors.
    package let purpose: String
    /// The whole message; its length is always the `nlmsg_len` inside it.
    package private(set) var bytes: [UInt8] = []

    /// Starts a request of a type such as `RTM_NEWLINK`; `NLM_F_REQUEST` is added to the flags.
    package init(_ purpose: String, type: Int, flags: Int32 = 0) {
        self.purpose = purpose
        grow(by: MemoryLayout<nlmsghdr>.size) { message, _ in
            mnl_nlmsg_put_header(message)
            message.pointee.nlmsg_type = UInt16(type)
            message.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST | flags)
        }
    }

    /// Appends a family header such as `struct ifinfomsg`, or a fixed struct at the start of a nested attribute.
    package mutating func put<Header: BitwiseCopyable>(header: Header) {
        let size = MemoryLayout<Header>.size
        grow(by: size) { message, _ in
            withUnsafeBytes(of: header) {
                mnl_nlmsg_put_extra_header(message, size).copyMemory(from: $0.baseAddress!, byteCount: size)
            }
        }
    }

    /// Appends an attribute of plain bytes.
    package mutating func put(_ type: Int, _ value: [UInt8]) {
        precondition(value.count <= Self.largestPayload, "an attribute's length has 16 bits")
        grow(by: Self.attributeHeader + value.count) { message, capacity in
            let fits = mnl_attr_put_check(message, capacity, UInt16(type), value.count, value)
            precondition(fits, "the storage was grown for this attribute")
        }
    }

    /// Appends an attribute that holds an integer in host order.
    package mutating func put<Value: FixedWidthInteger>(_ type: Int, _ value: Value) {
        put(type, withUnsafeBytes(of: value) { Array($0) })
    }

    /// Appends an attribute that holds a string with its terminating zero.
    package mutating func put(_ type: Int, _ value: String) { put(type, Array(value.utf8) + [0]) }

    /// Appends an attribute whose payload is whatever `body` appends; its length is measured afterwards.
    package mutating func nest(_ type: Int, _ body: (inout NetlinkMessage) -> Void) {
        let start = bytes.count
        grow(by: Self.attributeHeader) { message, capacity in
            precondition(
                mnl_attr_nest_start_check(message, capacity, UInt16(type)) != nil,
                "the storage was grown for this attribute")
        }
        body(&self)
        precondition(bytes.count - start <= Self.largestPayload, "an attribute's length has 16 bits")
        bytes.withUnsafeMutableBytes { bytes in
            let message = bytes.baseAddress!.assumingMemoryBound(to: nlmsghdr.self)
            mnl_attr_nest_end(message, (bytes.baseAddress! + start).assumingMemoryBound(to: nlattr.self))
        }
    }

    /// The message as it is sent: numbered, and with more flags.
    func stamped(sequence: UInt32, flags: Int32) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBytes { bytes in
            let message = bytes.baseAddress!.assumingMemoryBound(to: nlmsghdr.self)
            message.pointee.nlmsg_seq = sequence
            message.pointee.nlmsg_flags |= UInt16(flags)
        }
        return bytes
    }

    private static let attributeHeader = MemoryLayout<nlattr>.size
    private static let largestPayload = Int(UInt16.max) & ~3 - attributeHeader

    /// Appends zeros up to the next multiple of four and lets `body` fill them through the message header.
    private mutating func grow(by size: Int, _ body: (UnsafeMutablePointer<nlmsghdr>, _ capacity: Int) -> Void) {
        bytes.append(contentsOf: repeatElement(0, count: (size + 3) & ~3))
        bytes.withUnsafeMutableBytes { body($0.baseAddress!.assumingMemoryBound(to: nlmsghdr.self), $0.count) }
    }
}
