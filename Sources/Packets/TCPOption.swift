/// A block of sequence space in a SACK option (RFC 2018): from `left` up to but not including `right`.
package struct SACKBlock: Hashable, Sendable, CustomStringConvertible {
    /// The first sequence number of the block.
    package var left: UInt32
    /// The first sequence number after it.
    package var right: UInt32

    /// Takes both edges.
    package init(_ left: UInt32, _ right: UInt32) {
        self.left = left
        self.right = right
    }

    /// Both edges as relative numbers, such as `0:1`.
    package var description: String { "\(relativeNumber(left)):\(relativeNumber(right))" }
}

extension [SACKBlock] {
    /// Whether the first block reports a duplicate (RFC 2883, 4): it begins below the acknowledgement, or lies within
    /// the second block.
    package func reportDuplicate(acknowledgement: UInt32) -> Bool {
        guard let first else { return false }
        if first.left.precedes(acknowledgement) { return true }
        guard count > 1 else { return false }
        return !first.left.precedes(self[1].left) && !self[1].right.precedes(first.right)
    }
}

extension UInt32 {
    /// Whether this sequence number comes before another, modulo 2^32 (RFC 9293, 3.4).
    func precedes(_ other: UInt32) -> Bool { Int32(bitPattern: self &- other) < 0 }
}

/// A relative number as people write it: what lies before the origin is negative.
func relativeNumber(_ number: UInt32) -> String { "\(Int32(bitPattern: number))" }

/// An option of a TCP header.
package enum TCPOption: Hashable, Sendable, CustomStringConvertible {
    /// Maximum segment size (RFC 9293, 3.7.1).
    case mss(Int)
    /// Window scale, as a shift count (RFC 7323).
    case windowScale(Int)
    /// Selective acknowledgements are welcome (RFC 2018).
    case sackPermitted
    /// Selective acknowledgement (RFC 2018), with absolute sequence numbers.
    case sack([SACKBlock])
    /// Timestamps (RFC 7323).
    case timestamps(value: UInt32, echo: UInt32)
    /// Anything else, and known kinds with a length they do not have.
    case other(kind: UInt8, bytes: [UInt8])

    private enum Kind {
        static let end: UInt8 = 0
        static let noOperation: UInt8 = 1
        static let mss: UInt8 = 2
        static let windowScale: UInt8 = 3
        static let sackPermitted: UInt8 = 4
        static let sack: UInt8 = 5
        static let timestamps: UInt8 = 8
    }

    /// The most that fits between the fixed header and the largest data offset.
    static let spaceInHeader = 40

    /// In words, such as `mss 1460` or `sack 5:9`.
    package var description: String {
        switch self {
        case .mss(let size): "mss \(size)"
        case .windowScale(let shift): "wscale \(shift)"
        case .sackPermitted: "sackOK"
        case .sack(let blocks): "sack " + blocks.map { "\($0.left):\($0.right)" }.joined(separator: ",")
        case .timestamps(let value, let echo): "ts \(value) ecr \(echo)"
        case .other(let kind, let bytes): "option \(kind) (\(bytes.count) bytes)"
        }
    }

    // MARK: Reading

    /// Reads options up to the first that makes no sense, as receivers do; padding is left out.
    static func parse(_ bytes: RawSpan) -> [TCPOption] {
        var options: [TCPOption] = []
        var offset = 0
        while offset < bytes.byteCount {
            let kind = bytes.uint8(at: offset)
            if kind == Kind.end { break }
            if kind == Kind.noOperation {
                offset += 1
                continue
            }
            guard offset + 1 < bytes.byteCount else { break }
            let length = Int(bytes.uint8(at: offset + 1))
            guard length >= 2, offset + length <= bytes.byteCount else { break }
            options.append(TCPOption(kind: kind, bytes, offset + 2..<offset + length))
            offset += length
        }
        return options
    }

    private init(kind: UInt8, _ bytes: RawSpan, _ content: Range<Int>) {
        let start = content.lowerBound
        switch (kind, content.count) {
        case (Kind.mss, 2): self = .mss(Int(bytes.uint16(at: start)))
        case (Kind.windowScale, 1): self = .windowScale(Int(bytes.uint8(at: start)))
        case (Kind.sackPermitted, 0): self = .sackPermitted
        case (Kind.timestamps, 8):
            self = .timestamps(value: bytes.uint32(at: start), echo: bytes.uint32(at: start + 4))
        case (Kind.sack, let count) where count > 0 && count % 8 == 0:
            self = .sack(
                stride(from: start, to: content.upperBound, by: 8).map { offset in
                    SACKBlock(bytes.uint32(at: offset), bytes.uint32(at: offset + 4))
                })
        default: self = .other(kind: kind, bytes: bytes.array(content))
        }
    }

    // MARK: Writing

    /// The option list of a header, padded with no-operations as Linux does it (`tcp_options_write`).
    ///
    /// Every option ends on a word boundary; "SACK permitted" and the timestamps after it share three words. What no
    /// longer fits into 40 bytes is left out.
    static func encode(_ options: [TCPOption]) -> [UInt8] {
        var list: [UInt8] = []
        for (index, option) in options.enumerated() {
            let bytes = option.encoded
            var aligned = bytes.count
            if option == .sackPermitted, options.dropFirst(index + 1).first?.isTimestamps == true { aligned += 10 }
            // The timestamps after "SACK permitted" end on a boundary by themselves.
            let padding = option.isPadding ? 0 : (4 - (list.count + aligned) % 4) % 4
            guard list.count + padding + bytes.count <= spaceInHeader else { continue }
            list += Array(repeating: Kind.noOperation, count: padding) + bytes
        }
        while list.count % 4 != 0 { list.append(Kind.noOperation) }
        return list
    }

    private var isTimestamps: Bool {
        if case .timestamps = self { true } else { false }
    }

    private var isPadding: Bool {
        if case .other(let kind, _) = self { kind <= Kind.noOperation } else { false }
    }

    private var encoded: [UInt8] {
        var bytes: [UInt8]
        switch self {
        case .mss(let size):
            bytes = [Kind.mss, 4]
            bytes.append16(UInt16(truncatingIfNeeded: size))
        case .windowScale(let shift): bytes = [Kind.windowScale, 3, UInt8(truncatingIfNeeded: shift)]
        case .sackPermitted: bytes = [Kind.sackPermitted, 2]
        case .sack(let blocks):
            bytes = [Kind.sack, UInt8(truncatingIfNeeded: 2 + 8 * blocks.count)]
            for block in blocks {
                bytes.append32(block.left)
                bytes.append32(block.right)
            }
        case .timestamps(let value, let echo):
            bytes = [Kind.timestamps, 10]
            bytes.append32(value)
            bytes.append32(echo)
        case .other(let kind, _) where isPadding: bytes = [kind]
        case .other(let kind, let content): bytes = [kind, UInt8(truncatingIfNeeded: 2 + content.count)] + content
        }
        return bytes
    }
}
