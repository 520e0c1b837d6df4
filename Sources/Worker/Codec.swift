package import Linux

/// Appends the fields of a message, little-endian, without padding.
struct MessageWriter {
    var bytes: [UInt8] = []

    mutating func put(_ value: Int64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    mutating func put(_ value: Int32) { put(Int64(value)) }
    mutating func put(_ value: [UInt8]) {
        put(Int64(value.count))
        bytes += value
    }
    mutating func put(_ address: SocketAddress) {
        put(address.ip.bytes)
        put(Int64(address.port))
    }
    mutating func put(_ option: SocketOption) {
        put(option.level)
        put(option.name)
    }
}

/// A message that is not what both ends agreed on.
package struct MalformedMessage: Error {}

/// Takes the fields of a message off again.
struct MessageReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func int64() throws(MalformedMessage) -> Int64 {
        guard rest.count >= 8 else { throw MalformedMessage() }
        var value: UInt64 = 0
        for (shift, byte) in rest.prefix(8).enumerated() { value |= UInt64(byte) << (8 * UInt64(shift)) }
        rest = rest.dropFirst(8)
        return Int64(bitPattern: value)
    }
    mutating func int32() throws(MalformedMessage) -> Int32 { Int32(truncatingIfNeeded: try int64()) }
    /// A number of bytes, which is never negative.
    mutating func count() throws(MalformedMessage) -> Int {
        let count = Int(try int64())
        guard count >= 0 else { throw MalformedMessage() }
        return count
    }
    mutating func array() throws(MalformedMessage) -> [UInt8] {
        let count = try count()
        guard rest.count >= count else { throw MalformedMessage() }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
    mutating func address() throws(MalformedMessage) -> SocketAddress {
        let ip = try array()
        guard ip.count == 4 || ip.count == 16 else { throw MalformedMessage() }
        return SocketAddress(IPAddress(bytes: ip), UInt16(truncatingIfNeeded: try int64()))
    }
    mutating func option() throws(MalformedMessage) -> SocketOption {
        let level = try int32()
        let name = try int32()
        return SocketOption.all.first { ($0.level, $0.name) == (level, name) }
            ?? SocketOption(level: level, name: name, symbol: "option \(level):\(name)")
    }
}

extension Request {
    /// The request as one message.
    package var encoded: [UInt8] {
        var out = MessageWriter()
        func op(_ code: UInt8, _ fields: (inout MessageWriter) -> Void = { _ in }) {
            out.bytes.append(code)
            fields(&out)
        }
        switch self {
        case .socket(let family, let type, let proto):
            op(1) {
                $0.put(family); $0.put(type); $0.put(proto)
            }
        case .setOption(let fd, let option, let value):
            op(2) {
                $0.put(fd); $0.put(option); $0.put(value)
            }
        case .getOption(let fd, let option, let size):
            op(3) {
                $0.put(fd); $0.put(option); $0.put(Int64(size))
            }
        case .bind(let fd, let address):
            op(4) {
                $0.put(fd); $0.put(address)
            }
        case .listen(let fd, let backlog):
            op(5) {
                $0.put(fd); $0.put(backlog)
            }
        case .accept(let fd): op(6) { $0.put(fd) }
        case .connect(let fd, let address):
            op(7) {
                $0.put(fd); $0.put(address)
            }
        case .send(let fd, let bytes, let flags):
            op(8) {
                $0.put(fd); $0.put(bytes); $0.put(flags.rawValue)
            }
        case .sendFill(let fd, let byte, let count, let flags):
            op(9) {
                $0.put(fd); $0.put(Int64(byte)); $0.put(Int64(count)); $0.put(flags.rawValue)
            }
        case .receive(let fd, let count, let flags):
            op(10) {
                $0.put(fd); $0.put(Int64(count)); $0.put(flags.rawValue)
            }
        case .write(let fd, let bytes):
            op(11) {
                $0.put(fd); $0.put(bytes)
            }
        case .read(let fd, let count):
            op(12) {
                $0.put(fd); $0.put(Int64(count))
            }
        case .shutdown(let fd, let how):
            op(13) {
                $0.put(fd); $0.put(how)
            }
        case .close(let fd): op(14) { $0.put(fd) }
        case .duplicate(let fd): op(15) { $0.put(fd) }
        case .poll(let fd): op(16) { $0.put(fd) }
        case .socketName(let fd): op(17) { $0.put(fd) }
        case .peerName(let fd): op(18) { $0.put(fd) }
        case .outputQueue(let fd): op(19) { $0.put(fd) }
        case .setNonblocking(let fd, let on):
            op(20) {
                $0.put(fd); $0.put(Int64(on ? 1 : 0))
            }
        case .setSignal(let number, let disposition):
            op(21) {
                $0.put(number); $0.put(Int64(disposition.rawValue))
            }
        case .raise(let number): op(22) { $0.put(number) }
        case .fork: op(23)
        case .exit(let code): op(24) { $0.put(code) }
        case .identify(let fd): op(25) { $0.put(fd) }
        case .receiveAfterErrno(let errno, let fd, let count, let flags):
            op(26) {
                $0.put(errno); $0.put(fd); $0.put(Int64(count)); $0.put(flags.rawValue)
            }
        case .disconnect(let fd): op(27) { $0.put(fd) }
        case .pipe: op(28)
        }
        return out.bytes
    }

    /// Reads a message back. Throws when it is none.
    package init(decoding message: [UInt8]) throws(MalformedMessage) {
        guard let code = message.first else { throw MalformedMessage() }
        var field = MessageReader(message.dropFirst())
        switch code {
        case 1: self = .socket(family: try field.int32(), type: try field.int32(), protocol: try field.int32())
        case 2: self = .setOption(try field.int32(), try field.option(), try field.array())
        case 3: self = .getOption(try field.int32(), try field.option(), capacity: try field.count())
        case 4: self = .bind(try field.int32(), try field.address())
        case 5: self = .listen(try field.int32(), backlog: try field.int32())
        case 6: self = .accept(try field.int32())
        case 7: self = .connect(try field.int32(), try field.address())
        case 8: self = .send(try field.int32(), try field.array(), MessageFlags(rawValue: try field.int32()))
        case 9:
            self = .sendFill(
                try field.int32(), UInt8(truncatingIfNeeded: try field.int64()), count: try field.count(),
                MessageFlags(rawValue: try field.int32()))
        case 10:
            self = .receive(
                try field.int32(), count: try field.count(), MessageFlags(rawValue: try field.int32()))
        case 11: self = .write(try field.int32(), try field.array())
        case 12: self = .read(try field.int32(), count: try field.count())
        case 13: self = .shutdown(try field.int32(), try field.int32())
        case 14: self = .close(try field.int32())
        case 15: self = .duplicate(try field.int32())
        case 16: self = .poll(try field.int32())
        case 17: self = .socketName(try field.int32())
        case 18: self = .peerName(try field.int32())
        case 19: self = .outputQueue(try field.int32())
        case 20: self = .setNonblocking(try field.int32(), try field.int64() != 0)
        case 21:
            let number = try field.int32()
            guard let disposition = SignalDisposition(rawValue: UInt8(truncatingIfNeeded: try field.int64())) else {
                throw MalformedMessage()
            }
            self = .setSignal(number, disposition)
        case 22: self = .raise(try field.int32())
        case 23: self = .fork
        case 24: self = .exit(try field.int32())
        case 25: self = .identify(try field.int32())
        case 26:
            self = .receiveAfterErrno(
                try field.int32(), try field.int32(), count: try field.count(),
                MessageFlags(rawValue: try field.int32()))
        case 27: self = .disconnect(try field.int32())
        case 28: self = .pipe
        default: throw MalformedMessage()
        }
    }
}

extension Reply {
    /// The reply as one message.
    package var encoded: [UInt8] {
        var out = MessageWriter()
        out.put(result)
        out.put(errno)
        out.put(entered)
        out.put(left)
        out.put(Int64(signals.count))
        for signal in signals { out.put(signal) }
        out.put(output)
        return out.bytes
    }

    /// Reads a message back. Throws when it is none.
    package init(decoding message: [UInt8]) throws(MalformedMessage) {
        var field = MessageReader(message[...])
        result = try field.int64()
        errno = try field.int32()
        entered = try field.int64()
        left = try field.int64()
        signals = []
        for _ in 0..<max(0, try field.int64()) { signals.append(try field.int32()) }
        output = try field.array()
    }

    /// The address in the output of `accept`, `socketName` and `peerName`.
    package var address: SocketAddress? {
        var field = MessageReader(output[...])
        return try? field.address()
    }

    /// The output as a 32-bit value, for options that are integers.
    package var integer: Int32? {
        guard output.count >= 4 else { return nil }
        return output.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
    }
}
